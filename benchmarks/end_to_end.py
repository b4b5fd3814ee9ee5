"""Server CPU per answered message, and whether memory stays flat: `python -m benchmarks.end_to_end [messages]`.

The embedded model and the bundled tool servers in process, 16 clients that send and poll. Bars: at most 6 ms of
server CPU per message over 500 messages; memory flat over 20,000 messages with MAX_STORED_MESSAGES=1000.
"""

import asyncio
import sys
import time
from itertools import count

from benchmarks.http_client import Connection, answered
from benchmarks.servers import Server, semker

CLIENTS = 16
WARM_UP = 100
QUESTION = "What is my current bill?"

_numbers = count()


async def answer_messages(server: Server, messages: int) -> None:
    async def client() -> None:
        connection = await Connection.open(server.port)
        for _ in range(messages // CLIENTS):
            status = await answered(connection, f"conversation-{next(_numbers)}", QUESTION, every=0.1)
            assert status["status"] == "completed", status
            assert "£45.50" in status["result"], status
        connection.close()

    await asyncio.gather(*(client() for _ in range(CLIENTS)))


def measure(server: Server, messages: int) -> str:
    cpu, begun = server.cpu_seconds(), time.perf_counter()
    asyncio.run(answer_messages(server, messages))
    cpu, elapsed = server.cpu_seconds() - cpu, time.perf_counter() - begun
    answered_messages = messages // CLIENTS * CLIENTS
    return (
        f"{answered_messages} messages: {1000 * cpu / answered_messages:.2f} ms of server CPU each, "
        f"{answered_messages / elapsed:.0f}/s, {server.memory_mib():.1f} MiB"
    )


def main(messages: int) -> None:
    with semker(MAX_STORED_MESSAGES="1000") as server:
        asyncio.run(answer_messages(server, WARM_UP))
        for _ in range(max(1, messages // 500)):
            print(measure(server, min(messages, 500)))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
