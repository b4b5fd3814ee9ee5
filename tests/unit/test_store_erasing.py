"""A customer is erased: no table holds a word of theirs, nor who they were; others keep everything."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from backends.erasing import erase_customer
from config.settings import Settings
from config.store import StoreSettings
from distributed.conversations import name_of
from distributed.wakes import Wakes
from models.claim import Claim
from models.conversation import Role, Turn
from models.delivery import Delivery
from models.errors import MessageNotFound, StoreUnavailable
from models.message import ErrorCode, Message, MessageStatus, Progress
from models.page import MessageFilter
from models.principal import Principal
from storage.database import Database
from storage.migrating import migrate
from storage.postgres import PostgresOptions, open_pool, open_postgres
from storage.schema import WrongSchema
from storage.sql import SqlStore
from storage.sql_outbox import SqlOutbox
from storage.sqlite import open_sqlite
from tests.doubles.postgres import new_database
from tests.unit.store_world import RECEIVED, START

CANARY = "canary"
CUSTOMER = Principal(tenant="default", customer_id=f"{CANARY}-customer")
NEIGHBOUR = Principal(tenant="default", customer_id="neighbour")
SAID = (Turn(Role.USER, f"{CANARY} asks"), Turn(Role.ASSISTANT, f"{CANARY} is answered"))
DONE = Progress(
    status=MessageStatus.COMPLETED,
    result=f"{CANARY} in a result",
    agent_name="BillingAgent",
    details={"kind": "answer", "of": f"{CANARY} in details"},
)
ENDS = (DONE, Progress.failed(ErrorCode.TOOL_ERROR, {"text": CANARY}), None)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    url = new_database() if request.param == "postgresql" else f"sqlite:///{tmp_path}/semker.db"
    migrate(url)
    return url


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    if url.startswith("sqlite"):
        async with open_sqlite(url.removeprefix("sqlite:///")) as file:
            yield file
    else:
        async with open_postgres(PostgresOptions(url=url, pool_size=2)) as server:
            yield server


def settings(url: str) -> Settings:
    return Settings(store=StoreSettings(database_url=SecretStr(url)))


def everything(url: str) -> dict[str, str]:
    """What each table holds, as text."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file:
            names = [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {name: repr(file.execute(f"SELECT * FROM {name}").fetchall()) for name in names}
    with psycopg.connect(url) as server:
        names = [name for (name,) in server.execute("SELECT relname FROM pg_stat_user_tables")]
        return {name: repr(server.execute(f"TABLE {name}".encode()).fetchall()) for name in names}


def holding(url: str, word: str) -> set[str]:
    return {name for name, content in everything(url).items() if word in content}


async def fill(database: Database, owner: Principal, name: str) -> None:
    """Two conversations with one message that was answered, one that failed and one that is worked on."""
    store, outbox = SqlStore(database, now=lambda: START), SqlOutbox(database, now=lambda: START)
    for number in range(6):
        message = Message(
            id=f"{name}-{number}",
            conversation_id=f"{name}-conversation-{number // 3}",
            owner=owner,
            text=f"{name} in a text",
            status=MessageStatus.RECEIVED,
            received_at=START,
            callback_url=f"https://{name}.example/hook",
        )
        claim = Claim(f"{name}-key-{number}", "digest", START - timedelta(days=1))
        await store.add(message, RECEIVED, claim=claim)
        await store.begin(message.id)
        await store.append(message.id, Progress(result=f"looks for {name}"))
        if end := ENDS[number % 3]:
            await store.append(message.id, end, SAID if end is DONE else ())
    later = START + timedelta(hours=1)
    for owed in await outbox.claim(until=later, limit=9):
        await outbox.log_delivery(owed, Delivery(attempted_at=START, error=f"{name} is away"), again_at=later)


def store_at(database: Database, now: datetime) -> SqlStore:
    return SqlStore(database, now=lambda: now)


async def wake(url: str, owner: Principal, conversation_id: str) -> None:
    if url.startswith("postgresql"):
        async with open_pool(PostgresOptions(url=url), size=1) as pool:
            wakes = Wakes(pool)
            wakes.add([name_of((owner, conversation_id))])
            await wakes.send()


async def test_no_table_holds_a_word_of_an_erased_customer(url: str) -> None:
    async with opened(url) as database:
        await fill(database, CUSTOMER, CANARY)
    await wake(url, CUSTOMER, f"{CANARY}-conversation-0")
    tables = {"conversations", "messages", "updates", "turns", "outbox", "deliveries", "counts"}
    assert holding(url, CANARY) >= tables | ({"procrastinate_jobs"} if url.startswith("postgresql") else set())
    assert await erase_customer(settings(url), CUSTOMER) == 2
    assert holding(url, CANARY) == set()
    assert await erase_customer(settings(url), CUSTOMER) == 0


async def test_others_keep_everything(url: str) -> None:
    async with opened(url) as database:
        await fill(database, NEIGHBOUR, "neighbour")
        before = everything(url)
        await fill(database, CUSTOMER, CANARY)
    await erase_customer(settings(url), CUSTOMER)
    assert everything(url) == before


async def test_one_conversation_of_a_customer_is_erased(url: str) -> None:
    gone, stays = f"{CANARY}-conversation-0", f"{CANARY}-conversation-1"
    async with opened(url) as database:
        await fill(database, CUSTOMER, CANARY)
        assert await erase_customer(settings(url), CUSTOMER, gone) == 1
        assert holding(url, gone) == set()
        store = SqlStore(database)
        assert list(await store.turns(CUSTOMER, stays, limit=9)) == list(SAID)
        for status, total in ((None, 3), (MessageStatus.COMPLETED, 1), (MessageStatus.FAILED, 1)):
            page = await store.page(MessageFilter(owner=CUSTOMER, status=status), limit=9)
            assert page.total == len(page.messages) == total
        assert await erase_customer(settings(url), CUSTOMER, gone) == 0


async def test_who_works_on_an_erased_message_saves_nothing_more(url: str) -> None:
    async with opened(url) as database:
        await fill(database, CUSTOMER, CANARY)
        await erase_customer(settings(url), CUSTOMER)
        for progress in (Progress(result=CANARY), DONE):
            with pytest.raises(MessageNotFound):
                await SqlStore(database).append(f"{CANARY}-2", progress, SAID, attempt=1)
        assert holding(url, CANARY) == set()


async def test_sweep_leaves_no_word_either(url: str) -> None:
    async with opened(url) as database:
        await fill(database, CUSTOMER, CANARY)
        store = SqlStore(database, now=lambda: START)
        for number in (2, 5):
            await store.append(f"{CANARY}-{number}", DONE, SAID)
        assert await store.sweep(START + timedelta(days=1)) == 6
    assert holding(url, CANARY) == set()


async def test_sweep_keeps_counts_of_what_is_left_in_one_place(url: str) -> None:
    async with opened(url) as database:
        for owner in (CUSTOMER, NEIGHBOUR):
            for number in range(6):  # each from a process of its own
                now = START + timedelta(hours=number % 2)
                store = store_at(database, now)
                message = Message(
                    id=f"{owner.customer_id}-{number}",
                    conversation_id="c",
                    owner=owner,
                    text="",
                    status=MessageStatus.RECEIVED,
                    received_at=now,
                )
                await store.add(message, RECEIVED)
                await store.append(message.id, DONE)
        assert await store.sweep(START + timedelta(minutes=1)) == 6
        for owner in (CUSTOMER, NEIGHBOUR):
            for status in (None, MessageStatus.COMPLETED):
                assert (await store.page(MessageFilter(owner=owner, status=status), limit=9)).total == 3
            where = {"customer": owner.customer_id}
            assert len(await database.read("SELECT * FROM counts WHERE customer_id = :customer", where)) == 2


async def test_database_that_is_not_there_or_not_ours_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        await erase_customer(settings(f"sqlite:///{tmp_path}/nowhere/semker.db"), CUSTOMER)
    with pytest.raises(WrongSchema, match=r"run `python main.py migrate` first"):
        await erase_customer(settings(new_database()), CUSTOMER)
