"""Two processes with one PostgreSQL: what must happen once happens once, whoever is faster."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg

from models.claim import Claim
from models.errors import ConversationBusy
from models.message import Message, MessageStatus
from models.page import MessageFilter
from storage.database import Value
from storage.postgres import PostgresOptions, for_psycopg, open_postgres
from storage.postgres_writes import add
from storage.sql import SqlStore
from tests.unit.store_world import ANNA, DONE, RECEIVED, START, TURNS, database_url, opened_database
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


async def test_what_was_said_is_erased_although_a_message_comes_in_this_moment() -> None:
    coming: dict[str, Value] = {"id": "m2", "tenant": ANNA.tenant, "customer_id": ANNA.customer_id}
    coming |= {"conversation_id": "c", "status": MessageStatus.RECEIVED}
    coming |= dict.fromkeys(("scopes", "text", "progress", "write"), "")
    coming |= dict.fromkeys(("now", "received_at", "attempt", "slot"), 0)
    coming |= dict.fromkeys(("traceparent", "claim_key", "claim_digest", "callback_url"))
    async with opened_database("postgres") as database, two_sessions() as (adding, looking):
        store = SqlStore(database, now=lambda: START)
        await store.add(message("m1"), RECEIVED)
        await store.append("m1", DONE, TURNS)
        await adding.execute(for_psycopg(add[0]), coming)
        erasing = asyncio.create_task(store.erase((ANNA, "c")))
        await until_somebody_waits(looking)
        await adding.commit()
        await erasing
        assert await store.turns(ANNA, "c", limit=9) == ()
        page = await store.page(MessageFilter(owner=ANNA, conversation_id="c"), limit=9)
        assert [each.id for each in page.messages] == ["m2"]
        assert page.total == 1


@asynccontextmanager
async def two_sessions() -> AsyncIterator[tuple[psycopg.AsyncConnection, psycopg.AsyncConnection]]:
    async with (
        await psycopg.AsyncConnection.connect(database_url()) as one,
        await psycopg.AsyncConnection.connect(database_url(), autocommit=True) as other,
    ):
        yield one, other


async def until_somebody_waits(session: psycopg.AsyncConnection) -> None:
    async with asyncio.timeout(10):
        while True:
            cursor = await session.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if (found := await cursor.fetchone()) and found[0]:
                return
