"""How many messages are accepted a second, against a bare FastAPI application: `python -m benchmarks.accept`.

Answering is put off (MESSAGE_PROCESSING_DELAY), so that accepting alone is measured. Bar: at least half. The same in
CPU of the servers, which a busy machine disturbs less.
"""

import asyncio
import sys
import time
from itertools import count
from statistics import median

from benchmarks.http_client import Connection
from benchmarks.servers import Server, semker, started

CONNECTIONS = 16
REQUESTS = 4_000
ROUNDS = 5
BAR = 0.5

_numbers = count()


def measure(server: Server) -> tuple[float, float]:
    """Accepted a second, and microseconds of CPU for each."""
    cpu = server.cpu_seconds()
    return asyncio.run(per_second(server)), 1e6 * (server.cpu_seconds() - cpu) / REQUESTS


async def per_second(server: Server) -> float:
    connections = [await Connection.open(server.port) for _ in range(CONNECTIONS)]

    async def send(connection: Connection) -> None:
        for _ in range(REQUESTS // CONNECTIONS):
            answer = await connection.post_message(f"conversation-{next(_numbers)}", "What is my current bill?")
            assert answer.status == 201, answer

    begun = time.perf_counter()
    await asyncio.gather(*(send(connection) for connection in connections))
    elapsed = time.perf_counter() - begun
    for connection in connections:
        connection.close()
    return REQUESTS / elapsed


def main() -> int:
    bare = started(
        ["-m", "uvicorn", "benchmarks.bare_app:app", "--port", "{port}", "--no-access-log"], {}, ready="/health/ready"
    )
    ours = semker(MESSAGE_PROCESSING_DELAY="600", MAX_QUEUED_MESSAGES="1000000", SHUTDOWN_GRACE="0")
    with bare as ceiling, ours as service:
        ratios, of_cpu = [], []
        for _ in range(ROUNDS):
            (most, least_cpu), (accepted, cpu) = measure(ceiling), measure(service)
            ratios.append(accepted / most)
            of_cpu.append(least_cpu / cpu)
            print(
                f"bare {most:6.0f}/s {least_cpu:4.0f} us   semker {accepted:6.0f}/s {cpu:4.0f} us   "
                f"ratio {ratios[-1]:.2f}, of CPU {of_cpu[-1]:.2f}"
            )
    print(f"median ratio {median(ratios):.2f} (bar {BAR:.2f}), of CPU {median(of_cpu):.2f}")
    return 0 if median(ratios) >= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
