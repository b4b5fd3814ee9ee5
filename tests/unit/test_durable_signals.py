"""What processes tell each other over the database, where others may speak too."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import pytest

from distributed.signals import CHANNEL, Signals
from models.conversation import ConversationKey
from models.principal import Principal
from storage.postgres import Pool, PostgresOptions, open_pool
from tests.doubles.postgres import new_database
from tests.waiting import settled

CONVERSATION = Principal("default", "anna"), "thread"
FOREIGN = ["", "hello", "7", "{}", "[1, 2]", '["x", [["id", 5]]]', '["x", [["id", "no conversation"]]]', '["x"]']


class Ear:
    def __init__(self, pool: Pool, conninfo: str) -> None:
        self.news: list[tuple[str, ConversationKey]] = []
        self.stops: list[str] = []
        self.signals = Signals(
            pool,
            conninfo,
            announce=lambda message_id, conversation: self.news.append((message_id, conversation)),
            stop=self.stops.append,
        )


@asynccontextmanager
async def two(url: str) -> AsyncIterator[tuple[Ear, Ear]]:
    options = PostgresOptions(url=url)
    async with open_pool(options, size=2) as pool:
        one, other = Ear(pool, options.conninfo()), Ear(pool, options.conninfo())
        async with one.signals.exchanging(), other.signals.exchanging():
            yield one, other


async def heard(one: Ear, other: Ear, message_id: str) -> None:
    """Told again and again, because nobody knows when the other begins to listen."""
    async with asyncio.timeout(10):
        while (message_id, CONVERSATION) not in other.news:
            one.signals.announce(message_id, CONVERSATION)
            await asyncio.sleep(0.05)


async def test_what_nobody_understands_is_told_and_what_comes_after_it_is_heard(
    caplog: pytest.LogCaptureFixture,
) -> None:
    url = new_database()
    async with two(url) as (one, other):
        await heard(one, other, "first")
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as stranger:
            with caplog.at_level(logging.WARNING):
                for payload in FOREIGN:
                    await stranger.execute("SELECT pg_notify(%s, %s)", (CHANNEL, payload))
                one.signals.announce("second", CONVERSATION)
                one.signals.stop("second")
                await settled(lambda: other.stops == ["second"])
        assert ("second", CONVERSATION) in other.news
        assert len([record for record in caplog.records if "not understood" in record.message]) >= len(FOREIGN)
        assert "hello" not in caplog.text
