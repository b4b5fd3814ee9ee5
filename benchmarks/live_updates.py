"""What following costs and keeps: `python -m benchmarks.live_updates [resume|idle|latency|waiting|cancel]`.

The agents are a double that does what a message says. Bars: 200 streams, cut and resumed, get every update exactly
once and in order; 1,000 idle streams cost at most 64 MiB with the p99 of /health/live below 100 ms; an update is at
its reader within 20 ms (p95); 500 waiting requests cost less than 1 s of CPU in 20 s; of 100 messages cancelled at
random moments each ends cancelled or was final, and stays what it is.
"""

import asyncio
import json
import random
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, AsyncExitStack
from datetime import datetime
from itertools import count
from statistics import median, quantiles

from benchmarks.event_stream import event_stream
from benchmarks.http_client import Connection
from benchmarks.servers import Server, started

FINAL = {"completed", "failed", "cancelled"}
_numbers = count()


def scripted(**environment: str) -> AbstractContextManager[Server]:
    return started(["-m", "tests.doubles.scripted_planner"], environment, ready="/health/ready")


async def accepted(connection: Connection, conversation_id: str | None = None, **script: float) -> str:
    conversation_id = conversation_id or f"conversation-{next(_numbers)}"
    answer = await connection.post_message(conversation_id, json.dumps(script))
    assert answer.status == 201, answer
    return str(answer.json()["message_id"])


async def resume(server: Server) -> None:
    connection = await Connection.open(server.port)
    ids = [await accepted(connection, steps=20, every=0.1, deltas=3) for _ in range(200)]
    cuts = sum(await asyncio.gather(*(_followed(server, message_id) for message_id in ids)))
    print(f"resume: 200 streams, cut {cuts} times: every update exactly once, in order")


async def _followed(server: Server, message_id: str) -> int:
    """How often the stream was cut before it was done."""
    seen: list[int] = []
    cuts = 0
    while True:
        patience = random.randint(1, 12)
        async with event_stream(server.port, f"/messages/{message_id}/events", after=str((seen or [0])[-1])) as events:
            async for event in events:
                if event.name == "update":
                    assert event.id == str(event.data["sequence"])
                    seen.append(event.data["sequence"])
                if event.name == "done":
                    assert seen == list(range(1, 23)), seen
                    return cuts
                patience -= 1
                if not patience:
                    break
        cuts += 1


async def idle(server: Server) -> None:
    connection = await Connection.open(server.port)
    ids = [await accepted(connection, f"idle-{number}", hang=600) for number in range(50)]
    before = server.memory_mib()
    async with AsyncExitStack() as stack:
        for number in range(1_000):
            path = f"/messages/{ids[number % 50]}/events" if number % 2 else f"/conversations/idle-{number % 50}/events"
            await stack.enter_async_context(event_stream(server.port, path))
        cpu = server.cpu_seconds()
        times = await _timed(lambda: connection.get("/health/live"), seconds=20)
        grown, cpu = server.memory_mib() - before, server.cpu_seconds() - cpu
    p99 = 1000 * quantiles(times, n=100)[98]
    print(f"idle: 1,000 streams {grown:.1f} MiB, {cpu:.2f} s of CPU in 20 s, /health/live p99 {p99:.1f} ms")


async def _timed(call: Callable[[], Awaitable[object]], *, seconds: float) -> list[float]:
    times = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        begun = time.perf_counter()
        await call()
        times.append(time.perf_counter() - begun)
        await asyncio.sleep(0.02)
    return times


async def latency(server: Server) -> None:
    connection = await Connection.open(server.port)
    ids = [await accepted(connection, steps=40, every=0.1) for _ in range(50)]

    async def follow(message_id: str) -> list[float]:
        async with event_stream(server.port, f"/messages/{message_id}/events") as events:
            return [
                time.time() - datetime.fromisoformat(event.data["processed_at"]).timestamp()
                async for event in events
                if event.name == "update" and event.data["sequence"] > 10
            ]

    delays = [1000 * delay for found in await asyncio.gather(*map(follow, ids)) for delay in found]
    print(f"latency: {len(delays)} updates, median {median(delays):.1f} ms, p95 {quantiles(delays, n=20)[18]:.1f} ms")


async def waiting(server: Server) -> None:
    connection = await Connection.open(server.port)
    message_id = await accepted(connection, steps=1, hang=600)
    connections = [await Connection.open(server.port) for _ in range(500)]
    cpu = server.cpu_seconds()
    answers = await asyncio.gather(
        *(waiter.get(f"/messages/{message_id}/updates?after=2", prefer="wait=20") for waiter in connections)
    )
    cpu = server.cpu_seconds() - cpu
    assert all((answer.status, answer.body) == (200, b"[]") for answer in answers)
    print(f"waiting: 500 requests for 20 s, {cpu:.2f} s of CPU")


async def cancel(server: Server) -> None:
    connection = await Connection.open(server.port)
    ids = [await accepted(connection, steps=10, every=0.1, deltas=3) for _ in range(100)]
    ends = await asyncio.gather(*(_cancelled(server, message_id) for message_id in ids))
    await asyncio.sleep(2)  # longer than any of them would have taken, so that late answers would show
    for message_id in ids:
        updates: list[Mapping[str, str]] = (await connection.get(f"/messages/{message_id}/updates")).json()
        assert [update["status"] in FINAL for update in updates] == [False] * (len(updates) - 1) + [True], updates
        assert (await connection.get(f"/messages/{message_id}/status")).json()["status"] == updates[-1]["status"]
    slowest = 1000 * max(seconds for _, seconds in ends)
    cancelled = sum(status == 200 for status, _ in ends)
    print(
        f"cancel: {cancelled} cancelled, {100 - cancelled} final before, none changed later, slowest {slowest:.0f} ms"
    )


async def _cancelled(server: Server, message_id: str) -> tuple[int, float]:
    connection = await Connection.open(server.port)
    await asyncio.sleep(random.uniform(0, 1.2))
    begun = time.perf_counter()
    answer = await connection.post(f"/messages/{message_id}/cancel")
    assert answer.status in {200, 409}, answer
    assert answer.status == 409 or answer.json()["status"] == "cancelled"
    return answer.status, time.perf_counter() - begun


MEASUREMENTS = {"resume": resume, "idle": idle, "latency": latency, "waiting": waiting, "cancel": cancel}


def main(names: list[str]) -> None:
    for name in names or MEASUREMENTS:
        with scripted(SHUTDOWN_GRACE="0", MAX_CONCURRENT_MESSAGES="500") as server:
            asyncio.run(MEASUREMENTS[name](server))


if __name__ == "__main__":
    main(sys.argv[1:])
