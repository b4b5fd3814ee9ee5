"""Two processes with one PostgreSQL: what must happen once happens once, whoever is faster."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from models.claim import Claim
from models.errors import ConversationBusy
from models.message import Message
from models.page import MessageFilter
from storage.postgres import PostgresOptions, open_postgres
from storage.sql import SqlStore
from tests.unit.store_world import ANNA, RECEIVED, START, database_url, opened_database
from tests.unit.test_store_idempotency import CLAIM, message

ROUNDS = 15


@asynccontextmanager
async def two_stores() -> AsyncIterator[tuple[SqlStore, SqlStore]]:
    """Each with connections of its own."""
    async with (
        opened_database("postgres") as one,
        open_postgres(PostgresOptions(url=database_url(), pool_size=2)) as other,
    ):
        yield SqlStore(one, now=lambda: START), SqlStore(other, now=lambda: START)


async def test_same_request_at_two_processes_is_one_message() -> None:
    async with two_stores() as stores:
        for number in range(ROUNDS):
            claim = Claim(f"key-{number}", CLAIM.digest, CLAIM.since)
            adding = (
                store.add(message(f"{number}-{name}-{index}"), RECEIVED, claim=claim)
                for index in range(5)
                for name, store in zip("ab", stores, strict=True)
            )
            assert len({each.id for each in await asyncio.gather(*adding)}) == 1
        page = await stores[0].page(MessageFilter(owner=ANNA), limit=100)
        assert page.total == len(page.messages) == ROUNDS


async def test_conversation_is_taken_by_one_of_two_processes() -> None:
    async with two_stores() as stores:
        for number in range(ROUNDS):
            adding = (
                store.add(message(f"{number}-{name}-{index}", f"c{number}"), RECEIVED, alone=True)
                for index in range(5)
                for name, store in zip("ab", stores, strict=True)
            )
            outcomes = await asyncio.gather(*adding, return_exceptions=True)
            (taken,) = [outcome for outcome in outcomes if isinstance(outcome, Message)]
            refused = [outcome for outcome in outcomes if isinstance(outcome, ConversationBusy)]
            assert {error.message_id for error in refused} == {taken.id}
            assert len(refused) == 9
        page = await stores[1].page(MessageFilter(owner=ANNA), limit=100)
        assert page.total == len(page.messages) == ROUNDS
