"""Processes are killed, paused and cut off under load, and nothing accepted may be lost or told twice.

`python -m benchmarks.chaos sqlite|postgres [--kills 100] [--messages 10000] [--minutes 11]`

SQLite: one process, killed again and again. PostgreSQL: two API processes and two workers, killed at random and paused
beyond their lease, and the database crashed every 5 to 40 s. Over as soon as there were enough kills and messages;
failed when the time is over before that. Bars: every fault that is counted is 0.
"""

import argparse
import asyncio
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from benchmarks.chaos_checks import FACTS, judge, open_messages
from benchmarks.chaos_load import Load
from benchmarks.chaos_members import Member, running
from benchmarks.databases import Postgres, temporary_postgres

LEASE_SECONDS = 3
SETTLING_SECONDS = 60
LOOK_SECONDS = 0.1

_SETTINGS = {
    "LOG_LEVEL": "ERROR",
    "MAX_QUEUED_MESSAGES": "100000",
    "MAX_ATTEMPTS": "5",
    "TELEMETRY_ENABLED": "false",
    "SHUTDOWN_GRACE": "2",
}


@dataclass
class Storm:
    """Harm of several kinds, each at its own random times."""

    members: Sequence[Member]
    postgres: Postgres | None = None
    done: Counter[str] = field(default_factory=Counter)

    async def rage(self) -> None:
        async with asyncio.TaskGroup() as harm:
            harm.create_task(self._keep())
            harm.create_task(self._again("kills", self._kill, 0.2, 3))
            if self.postgres is not None:
                harm.create_task(self._again("pauses", self._pause, 5, 20))
                harm.create_task(self._again("database crashes", self._crash, 5, 40))

    async def _again(self, name: str, act: Callable[[], Awaitable[bool]], shortest: float, longest: float) -> None:
        while True:
            await asyncio.sleep(random.uniform(shortest, longest))
            self.done[name] += await act()

    async def _keep(self) -> None:
        while True:
            for member in self.members:
                member.start_if_gone()
            await asyncio.sleep(LOOK_SECONDS)

    async def _chosen(self) -> Member | None:
        begun = [member for member in self.members if await _works(member)]
        return random.choice(begun) if begun else None

    async def _kill(self) -> bool:
        member = await self._chosen()
        if member is not None:
            await asyncio.to_thread(member.kill)
        return member is not None

    async def _pause(self) -> bool:
        """Beyond its lease, so that others take over; then it goes on as if nothing had been."""
        member = await self._chosen()
        if member is not None:
            member.send(signal.SIGSTOP)
            await asyncio.sleep(LEASE_SECONDS + 2)
            member.send(signal.SIGCONT)
        return member is not None

    async def _crash(self) -> bool:
        assert self.postgres is not None
        await asyncio.to_thread(self.postgres.crash_and_start)
        return True


async def _works(member: Member) -> bool:
    if member.role == "worker" or not member.has_begun:
        return member.has_begun
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", member.port)
    except OSError:
        return False
    writer.close()
    return True


async def survive(storm: Storm, load: Load, arguments: argparse.Namespace) -> bool:
    """Whether there was enough of everything in the time."""
    ends = time.monotonic() + 60 * arguments.minutes - SETTLING_SECONDS
    writing, raging = asyncio.create_task(load.run()), asyncio.create_task(storm.rage())
    is_enough = False
    while not is_enough and time.monotonic() < ends and not (writing.done() or raging.done()):
        await asyncio.sleep(LOOK_SECONDS)
        is_enough = storm.done["kills"] >= arguments.kills and len(load.accepted) >= arguments.messages
    for task in (raging, writing):
        task.cancel()
    for member in storm.members:
        member.send(signal.SIGCONT)
        member.start_if_gone()
    outcomes = await asyncio.gather(raging, writing, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome
    return is_enough


async def settle(url: str) -> float:
    """Seconds until nothing was open any more, or the longest that is waited."""
    begun = time.monotonic()
    while time.monotonic() - begun < SETTLING_SECONDS:
        with suppress(Exception):
            if not await asyncio.to_thread(open_messages, url):
                break
        await asyncio.sleep(LOOK_SECONDS)
    return time.monotonic() - begun


async def measure(url: str, storm: Storm, arguments: argparse.Namespace) -> bool:
    load = Load([member.port for member in storm.members if member.role == "api"], arguments.rate)
    begun = time.monotonic()
    with running(storm.members):
        is_enough = await survive(storm, load, arguments)
        settled = await settle(url)
    harm = ", ".join(f"{number} {name}" for name, number in storm.done.items())
    print(f"{harm} in {time.monotonic() - begun:.0f} s")
    print(f"{len(load.accepted)} accepted; requests refused {load.refused}, without an answer {load.unanswered}")
    print(f"settled {settled:.1f} s after the last harm")
    found = judge(url, load.accepted)
    for name, number in found.items():
        print(f"  {name:<28}{number:>7}{'' if name in FACTS or not number else '   MISSED'}")
    is_kept = not any(number for name, number in found.items() if name not in FACTS)
    print("SURVIVED" if is_kept and is_enough else "BROKEN" if not is_kept else "NOT ENOUGH in the time")
    return is_kept and is_enough


def on_sqlite(arguments: argparse.Namespace) -> bool:
    with tempfile.TemporaryDirectory() as directory:
        url = f"sqlite:///{directory}/semker.db"
        storm = Storm([Member("api", {**_SETTINGS, "DATABASE_URL": url})])
        return asyncio.run(measure(url, storm, arguments))


def on_postgres(arguments: argparse.Namespace) -> bool:
    with temporary_postgres() as postgres:
        environment = {**_SETTINGS, "DATABASE_URL": postgres.url, "LEASE_SECONDS": str(LEASE_SECONDS)}
        storm = Storm([Member(role, environment) for role in ("api", "api", "worker", "worker")], postgres)
        return asyncio.run(measure(postgres.url, storm, arguments))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mode", choices=("sqlite", "postgres"))
    parser.add_argument("--kills", type=int, default=100, help="at least")
    parser.add_argument("--messages", type=int, default=10_000, help="accepted, at least")
    parser.add_argument("--rate", type=float, default=60, help="messages a second")
    parser.add_argument("--minutes", type=float, default=11, help="at most, settling included")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    survived = on_sqlite(arguments) if arguments.mode == "sqlite" else on_postgres(arguments)
    return 0 if survived else 1


if __name__ == "__main__":
    sys.exit(main())
