"""Seconds from the start of the process to liveness, readiness and the first answer: `python -m benchmarks.startup`.

The message is posted as soon as the process is alive, before the agents are loaded. Bar: alive within 1.5 s.
"""

import asyncio
import time

from benchmarks.http_client import Connection, answered
from benchmarks.servers import started, wait_for

RUNS = 5


def main() -> None:
    for _ in range(RUNS):
        begun = time.perf_counter()
        with started(["start_server.py"], {}, ready="/health/live") as server:
            alive = time.perf_counter() - begun
            status = asyncio.run(_first_answer(server.port))
            first = time.perf_counter() - begun
            assert "£45.50" in status, status
            wait_for(f"{server.url}/health/ready")
            print(f"alive {alive:.2f} s   first answer {first:.2f} s")


async def _first_answer(port: int) -> str:
    connection = await Connection.open(port)
    status = await answered(connection, "first", "What is my current bill?", every=0.02)
    connection.close()
    return str(status["result"])


if __name__ == "__main__":
    main()
