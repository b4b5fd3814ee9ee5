"""Processes are killed, paused and cut off under load, and nothing accepted may be lost or told twice.

`python -m benchmarks.chaos sqlite|postgres [--faults 50] [--rate 80]`. SQLite: one process, killed again and again.
PostgreSQL: two API processes and two workers, killed, paused beyond their lease, and the database crashed.
Bars: every fault that is counted is 0.
"""

import argparse
import asyncio
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count

from benchmarks.chaos_checks import FACTS, judge, open_messages
from benchmarks.databases import temporary_postgres
from benchmarks.http_client import Connection
from benchmarks.servers import ROOT, free_port

LEASE_SECONDS = 3
CONVERSATIONS = 60
SETTLING_SECONDS = 60
REQUEST_SECONDS = 6
STARTING_SECONDS = 15

type Fault = Callable[[], None]


@dataclass
class Member:
    """A process that is started again whenever it is gone."""

    role: str
    environment: dict[str, str]
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = {**os.environ, **self.environment, "SERVER_PORT": str(self.port), "SERVER_HOST": "127.0.0.1"}
        command = [sys.executable, "-m", "benchmarks.chaos_service", self.role]
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)

    def send(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    def kill(self) -> None:
        self.send(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()

    def start_if_gone(self) -> None:
        if self.process is None or self.process.poll() is not None:
            self.start()

    def pause(self) -> None:
        self.send(signal.SIGSTOP)
        time.sleep(LEASE_SECONDS + 2)
        self.send(signal.SIGCONT)


@contextmanager
def running(members: list[Member]) -> Iterator[None]:
    try:
        for member in members:
            member.start()
        yield
    finally:
        for member in members:
            member.kill()


@dataclass
class Load:
    """Customers that write at a steady rate to any API process, and remember what was accepted."""

    ports: list[int]
    rate: float
    accepted: dict[str, float] = field(default_factory=dict)
    refused: int = 0
    unanswered: int = 0
    _numbers: Iterator[int] = field(default_factory=count)

    async def run(self, until: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as customers:
            while not until.is_set():
                customers.create_task(self._send(f"conversation-{random.randrange(CONVERSATIONS)}"))
                await asyncio.sleep(random.expovariate(self.rate))

    async def _send(self, conversation_id: str) -> None:
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                connection = await Connection.open(random.choice(self.ports))
                try:
                    answer = await connection.post_message(conversation_id, f"message {next(self._numbers)}")
                finally:
                    connection.close()
        except (OSError, EOFError, TimeoutError):
            self.unanswered += 1
            return
        if answer.status == 201:
            self.accepted[answer.json()["message_id"]] = time.monotonic()
        else:
            self.refused += 1


async def storm(load: Load, members: list[Member], faults: list[Fault], longest_pause: float) -> None:
    over = asyncio.Event()
    writing = asyncio.create_task(load.run(over))
    await asyncio.sleep(3)
    for fault in faults:
        await listening(load.ports)
        await asyncio.sleep(random.uniform(0.2, longest_pause))
        await asyncio.to_thread(fault)
        for member in members:
            member.start_if_gone()
    await asyncio.sleep(1)
    over.set()
    await writing


async def listening(ports: list[int]) -> None:
    """A process that is only being started cannot be harmed much."""
    with suppress(TimeoutError):
        async with asyncio.timeout(STARTING_SECONDS):
            for port in ports:
                while not await is_open(port):  # noqa: ASYNC110 - a port tells nobody
                    await asyncio.sleep(0.1)


async def is_open(port: int) -> bool:
    try:
        (await Connection.open(port)).close()
    except OSError:
        return False
    return True


def settle(url: str) -> float:
    """Seconds until nothing was open any more, or the longest that is waited."""
    begun = time.monotonic()
    while time.monotonic() - begun < SETTLING_SECONDS:
        with suppress(Exception):
            if not open_messages(url):
                break
        time.sleep(0.2)
    return time.monotonic() - begun


def survive(url: str, members: list[Member], faults: list[Fault], arguments: argparse.Namespace) -> bool:
    load = Load([member.port for member in members if member.role == "api"], arguments.rate)
    with running(members):
        asyncio.run(storm(load, members, faults, arguments.pause))
        settled = settle(url)
    print(f"{len(faults)} faults, {len(load.accepted)} accepted, {load.refused} refused, {load.unanswered} unanswered")
    print(f"settled {settled:.1f} s after the last fault")
    found = judge(url, load.accepted.keys())
    for name, number in found.items():
        print(f"  {name:<28}{number:>7}{'' if name in FACTS or not number else '   MISSED'}")
    return not any(number for name, number in found.items() if name not in FACTS)


def on_sqlite(arguments: argparse.Namespace) -> bool:
    with tempfile.TemporaryDirectory() as directory:
        url = f"sqlite:///{directory}/semker.db"
        member = Member("api", {**_SETTINGS, "DATABASE_URL": url})
        return survive(url, [member], [member.kill] * arguments.faults, arguments)


def on_postgres(arguments: argparse.Namespace) -> bool:
    with temporary_postgres() as postgres:
        environment = {**_SETTINGS, "DATABASE_URL": postgres.url, "LEASE_SECONDS": str(LEASE_SECONDS)}
        members = [Member(role, environment) for role in ("api", "api", "worker", "worker")]
        kills: list[Fault] = [random.choice(members).kill for _ in range(arguments.faults)]
        pauses: list[Fault] = [random.choice(members).pause for _ in range(arguments.faults // 10)]
        crashes: list[Fault] = [postgres.crash_and_start] * (arguments.faults // 10)
        faults = kills + pauses + crashes
        random.shuffle(faults)
        return survive(postgres.url, members, faults, arguments)


_SETTINGS = {
    "LOG_LEVEL": "ERROR",
    "MAX_QUEUED_MESSAGES": "100000",
    "MAX_ATTEMPTS": "5",
    "TELEMETRY_ENABLED": "false",
    "SHUTDOWN_GRACE": "2",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mode", choices=("sqlite", "postgres"))
    parser.add_argument("--faults", type=int, default=50)
    parser.add_argument("--rate", type=float, default=80, help="messages a second")
    parser.add_argument("--pause", type=float, default=2.0, help="most seconds between two faults")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    survived = on_sqlite(arguments) if arguments.mode == "sqlite" else on_postgres(arguments)
    return 0 if survived else 1


if __name__ == "__main__":
    sys.exit(main())
