"""What a database can do to a store: lose an answer, go away, come back, grow."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from models.errors import StoreUnavailable
from models.message import MessageStatus, Progress
from models.page import MessageFilter
from storage.database import Database, Dialect, Parameters, Row, Statements
from storage.postgres import PostgresOptions, open_postgres
from storage.sql import SqlStore
from tests.doubles.postgres import away, read_only
from tests.unit.store_world import ANNA, DONE, THINKING, TURNS, World, database_url, opened_database

PATIENCE = 2.0


class Forgetful:
    """A database whose writes come through twice: the first answer is lost."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.is_forgetful = True

    @property
    def dialect(self) -> Dialect:
        return self._database.dialect

    async def read(self, statement: str, parameters: Parameters) -> list[Row]:
        return await self._database.read(statement, parameters)

    async def write(self, statements: Statements, parameters: Parameters, *, order: str) -> list[list[Row]]:
        if self.is_forgetful:
            await self._database.write(statements, parameters, order=order)
        return await self._database.write(statements, parameters, order=order)


@pytest.fixture(params=["sqlite", "postgres"])
async def forgetful(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    world = World()
    async with opened_database(request.param) as database:
        world.store = SqlStore(Forgetful(database), now=world.clock, announce=world.announce)
        yield world


async def test_write_whose_answer_was_lost_is_saved_once(forgetful: World) -> None:
    await forgetful.add("m1")
    assert (await forgetful.store.begin("m1", after=0)).attempt == 1
    assert (await forgetful.store.append("m1", THINKING, attempt=1)).sequence == 2
    assert (await forgetful.store.append("m1", DONE, TURNS, attempt=1)).sequence == 3
    assert [update.sequence for update in await forgetful.store.updates("m1")] == [1, 2, 3]
    assert list(await forgetful.store.turns(ANNA, "c", limit=9)) == list(TURNS)
    assert await forgetful.list_ids() == ["m1"]
    assert await forgetful.list_ids(status=MessageStatus.COMPLETED) == ["m1"]


async def test_forgetting_whose_answer_was_lost_is_done_once(forgetful: World) -> None:
    for message_id in ("m1", "m2", "m3"):
        await forgetful.add(message_id, f"conversation of {message_id}")
    await forgetful.finish("m1")
    forgetful.now += timedelta(hours=1)
    await forgetful.store.sweep(forgetful.now)
    await forgetful.store.erase((ANNA, "conversation of m2"))
    assert await forgetful.list_ids() == ["m3"]


async def test_database_that_is_away_is_told_and_comes_back() -> None:
    url = database_url()
    async with open_postgres(PostgresOptions(url=url, pool_size=2, patience=PATIENCE)) as database:
        world = World()
        world.store = SqlStore(database, now=world.clock)
        await world.add("before", "away")
        with away(url):
            with pytest.raises(StoreUnavailable):
                await world.add("meanwhile", "away")
            with pytest.raises(StoreUnavailable):
                await world.store.get("before")
        await world.add("after", "away")
        assert (await world.store.get("before")).id == "before"


async def test_database_that_takes_no_writes_is_away_for_them() -> None:
    url = database_url()
    async with open_postgres(PostgresOptions(url=url, pool_size=2, patience=PATIENCE)) as database:
        world = World()
        world.store = SqlStore(database, now=world.clock)
        await world.add("before", "read only")
        with read_only(url):
            with pytest.raises(StoreUnavailable):
                await world.add("meanwhile", "read only")
            assert (await world.store.get("before")).id == "before"
        await world.add("after", "read only")


async def test_patient_caller_waits_for_the_database() -> None:
    url = database_url()
    async with open_postgres(PostgresOptions(url=url, pool_size=2, patience=30)) as database:
        world = World()
        world.store = SqlStore(database, now=world.clock)
        await world.add("m1", "patience")
        with away(url):
            waiting = asyncio.create_task(world.store.append("m1", DONE))
            await asyncio.sleep(0.2)
            assert not waiting.done()
        assert (await waiting).sequence == 2
        assert len(await world.store.updates("m1")) == 2


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_writes_of_one_moment_are_saved_together_and_fail_alone(kind: str) -> None:
    world = World()
    async with opened_database(kind) as database:
        world.store = SqlStore(database, now=world.clock)
        await asyncio.gather(*(world.add(f"m{number}", f"c{number % 7}") for number in range(100)))
        bad = world.store.append("m1", Progress(result="\0 is no text for PostgreSQL"))
        good = [world.store.append(f"m{number}", DONE) for number in range(2, 100)]
        results = await asyncio.gather(bad, *good, return_exceptions=True)
        assert not [result for result in results[1:] if isinstance(result, BaseException)]
        assert (await world.store.page(MessageFilter(owner=ANNA, status=MessageStatus.COMPLETED), limit=1)).total == 98
