"""Locks that somebody else holds in PostgreSQL hold up the writes that want them, and no others."""

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest

from storage.postgres import PostgresDatabase
from storage.sql import SqlStore
from tests.config import START_SECONDS
from tests.unit.store_world import ANNA, DONE, World, database_url, opened_database
from tests.waiting import eventually


@pytest.fixture
async def database() -> AsyncIterator[PostgresDatabase]:
    async with opened_database("postgres") as database:
        assert isinstance(database, PostgresDatabase)
        yield database


@pytest.fixture
def world(database: PostgresDatabase) -> World:
    """As patient as a request."""
    world = World()
    world.store = SqlStore(database, now=world.clock)
    return world


async def held_up(caplog: pytest.LogCaptureFixture, at_least: int) -> None:
    def look() -> bool:
        return sum("held up" in record.message for record in caplog.records) >= at_least

    await asyncio.to_thread(eventually, look, "writes to be held up", within=START_SECONDS)


async def test_locked_conversations_hold_up_only_their_own_writes(
    database: PostgresDatabase, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    patient = SqlStore(database.patient(START_SECONDS))
    for number in range(5):
        await world.add(f"m{number}", f"c{number}")
        await world.finish(f"m{number}")
    async with await psycopg.AsyncConnection.connect(database_url()) as holder:
        await holder.execute("SELECT 1 FROM messages FOR NO KEY UPDATE")
        async with asyncio.TaskGroup() as group:
            erasing = [group.create_task(patient.erase((ANNA, f"c{number}"))) for number in range(5)]
            await held_up(caplog, 1)
            for number in range(3):
                adding = (world.add(f"free-{number}-{each}", f"free-{each % 7}") for each in range(42))
                await asyncio.gather(*adding)
            assert not any(task.done() for task in erasing)
            await holder.rollback()
    assert len(await world.list_ids(conversation_id="free-1")) == 18
    assert await world.list_ids(conversation_id="c0") == []


async def test_locked_table_holds_up_all_and_loses_none(
    database: PostgresDatabase, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.store = SqlStore(database.patient(START_SECONDS), now=world.clock)
    async with await psycopg.AsyncConnection.connect(database_url()) as holder:
        await holder.execute("LOCK TABLE updates IN SHARE MODE")
        async with asyncio.TaskGroup() as group:
            for number in range(60):
                group.create_task(world.add(f"m{number}", f"c{number % 7}"))
            await held_up(caplog, 4)
            await holder.rollback()
    assert len(await world.list_ids()) == 60
    await world.store.append("m1", DONE)
    assert [update.sequence for update in await world.store.updates("m1")] == [1, 2]
