"""What one process tells all others, ids only, maybe lost: there is news of a message; the work on one is over."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from uuid import uuid4

import psycopg
from psycopg_pool import PoolTimeout
from pydantic import TypeAdapter

from distributed.conversations import conversation_of, name_of
from models.conversation import ConversationKey
from storage.base import Announce
from storage.postgres import Pool

CHANNEL = "semker"
MOST_TOGETHER = 20  # a notification is at most 8,000 bytes
PAUSE_SECONDS = 0.5
GATHERING_SECONDS = 0.01
PENDING_AT_MOST = 10_000
_NOTIFY = "SELECT pg_notify(%s, payload) FROM unnest(%s::text[]) AS payload"
TELL = f"SELECT pg_notify('{CHANNEL}', :payload)"

logger = logging.getLogger(__name__)

type News = tuple[str, str]
"""A message's id with its conversation's name, or with nothing when the work on it is over."""

_SAID: TypeAdapter[tuple[str, list[News]]] = TypeAdapter(tuple[str, list[News]])


class Signals:
    def __init__(self, pool: Pool, conninfo: str, *, announce: Announce, stop: Callable[[str], None]) -> None:
        self._pool = pool
        self._conninfo = conninfo
        self._announce = announce
        self._stop = stop
        self._me = uuid4().hex[:8]
        self._news: dict[News, None] = {}
        self._has_news = asyncio.Event()

    def announce(self, message_id: str, conversation: ConversationKey) -> None:
        """Here at once, elsewhere soon."""
        self._announce(message_id, conversation)
        self._tell((message_id, name_of(conversation)))

    def stop(self, message_id: str) -> None:
        self._stop(message_id)
        self._tell((message_id, ""))

    @asynccontextmanager
    async def exchanging(self) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(self._send()), asyncio.create_task(self._listen())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _tell(self, news: News) -> None:
        if len(self._news) < PENDING_AT_MOST:
            self._news[news] = None
        self._has_news.set()

    async def _send(self) -> None:
        while True:
            await self._has_news.wait()
            await asyncio.sleep(GATHERING_SECONDS)
            self._has_news.clear()
            news, self._news = list(self._news), {}
            payloads = _payloads(self._me, news)
            try:
                async with self._pool.connection() as connection:
                    await connection.execute(_NOTIFY, (CHANNEL, payloads))
            except (psycopg.Error, PoolTimeout) as error:
                logger.warning("announcements were lost: %s", type(error).__name__)
                await asyncio.sleep(PAUSE_SECONDS)

    async def _listen(self) -> None:
        while True:
            try:
                connection = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True)
                async with connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    async for notification in connection.notifies():
                        self._hear(notification.payload)
            except (psycopg.Error, OSError) as error:
                logger.warning("listening is tried again: %s", type(error).__name__)
            await asyncio.sleep(PAUSE_SECONDS)

    def _hear(self, payload: str) -> None:
        """Anybody who may use the database may say something here."""
        try:
            speaker, news = _SAID.validate_json(payload)
            conversations = [conversation_of(name) if name else None for _, name in news]
        except ValueError:
            logger.warning("an announcement was not understood")
            return
        if speaker == self._me:
            return
        for (message_id, _), conversation in zip(news, conversations, strict=True):
            if conversation is None:
                self._stop(message_id)
            else:
                self._announce(message_id, conversation)


def erasure(conversation: ConversationKey, open_messages: Sequence[str]) -> list[str]:
    """Payloads of one who only tells: there is news of the conversation, and the work on these messages is over."""
    name = name_of(conversation)
    news = [("", name), *((message_id, name) for message_id in open_messages)]
    return _payloads("", [*news, *((message_id, "") for message_id in open_messages)])


def _payloads(speaker: str, news: Sequence[News]) -> list[str]:
    parts = [news[start : start + MOST_TOGETHER] for start in range(0, len(news), MOST_TOGETHER)]
    return [json.dumps([speaker, part]) for part in parts]
