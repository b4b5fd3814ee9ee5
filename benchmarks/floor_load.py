"""Messages sent and polled as clients do, and what they cost the server."""

import asyncio
import json
import urllib.request
from collections.abc import Iterable
from itertools import count
from pathlib import Path

from benchmarks.http_client import Connection, answered
from benchmarks.servers import Server

QUESTION = "What is my current bill?"
POLL_SECONDS = 0.25

_numbers = count()


def new_conversation() -> str:
    return f"conversation-{next(_numbers)}"


def cpu_ms(server: Server) -> float:
    """Of all threads, to the nanosecond, unlike the ticks of /proc/<pid>/stat."""
    tasks = Path(f"/proc/{server.process.pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e6


def counts(url: str) -> dict[str, int]:
    with urllib.request.urlopen(f"{url}/counts", timeout=5) as response:
        content: dict[str, int] = json.load(response)
    return content


async def send_all(server: Server, conversations: Iterable[str], clients: int) -> None:
    """One message in each; every client sends its next one when its last is answered."""
    waiting = iter(conversations)

    async def client() -> None:
        connection = await Connection.open(server.port)
        for conversation in waiting:
            status = await answered(connection, conversation, QUESTION, every=POLL_SECONDS)
            assert status["status"] == "completed", status
            assert "£45.50" in status["result"], status
        connection.close()

    await asyncio.gather(*(client() for _ in range(clients)))


async def read_status(server: Server, reads: int, clients: int) -> None:
    """Of one finished message, again and again."""
    connection = await Connection.open(server.port)
    status = await answered(connection, new_conversation(), QUESTION, every=POLL_SECONDS)
    path = f"/messages/{status['message_id']}/status"
    connection.close()

    async def client() -> None:
        connection = await Connection.open(server.port)
        for _ in range(reads // clients):
            await connection.get(path)
        connection.close()

    await asyncio.gather(*(client() for _ in range(clients)))
