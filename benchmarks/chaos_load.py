"""Customers that write at a steady rate to any API process, and remember what was accepted."""

import asyncio
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from uuid import uuid4

from benchmarks.http_client import Answer, Connection

CONVERSATIONS = 60
REQUEST_SECONDS = 6
TRIES = 4
PAUSE_SECONDS = 0.5


@dataclass
class Load:
    """Who gets no answer asks again with the same key, maybe another process; some never get one."""

    ports: Sequence[int]
    rate: float
    accepted: set[str] = field(default_factory=set)
    refused: int = 0
    unanswered: int = 0
    _numbers: Iterator[int] = field(default_factory=count)

    async def run(self) -> None:
        """Until it is cancelled; then what was sent is waited for."""
        async with asyncio.TaskGroup() as customers:
            try:
                while True:
                    customers.create_task(self._send(f"conversation-{random.randrange(CONVERSATIONS)}"))
                    await asyncio.sleep(random.expovariate(self.rate))
            except asyncio.CancelledError:
                return

    async def _send(self, conversation_id: str) -> None:
        text, key = f"message {next(self._numbers)}", str(uuid4())
        for _ in range(TRIES):
            answer = await _posted(random.choice(self.ports), conversation_id, text, key)
            if answer is not None and answer.status == 201:
                self.accepted.add(answer.json()["message_id"])
                return
            self.refused += answer is not None
            self.unanswered += answer is None
            await asyncio.sleep(PAUSE_SECONDS)


async def _posted(port: int, conversation_id: str, text: str, key: str) -> Answer | None:
    try:
        async with asyncio.timeout(REQUEST_SECONDS):
            connection = await Connection.open(port)
            try:
                return await connection.post_message(conversation_id, text, **{"idempotency-key": key})
            finally:
                connection.close()
    except (OSError, EOFError, TimeoutError):
        return None
