"""A store under test, its clock and what it announced. A new store is one more factory in STORES."""

import atexit
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any

import psycopg
import pytest

from models.conversation import ConversationKey, Role, Turn
from models.message import ErrorCode, Message, MessageStatus, Progress, Update
from models.page import MessageFilter
from models.principal import Principal
from storage.base import MessageStore
from storage.database import Database
from storage.memory import MemoryStore
from storage.migrating import migrate
from storage.postgres import PostgresOptions, open_postgres
from storage.sql import SqlStore
from storage.sqlite import open_sqlite
from tests.doubles.postgres import new_database

ANNA = Principal(tenant="default", customer_id="anna")
BEN = Principal(tenant="default", customer_id="ben")
OTHER_ANNA = Principal(tenant="other", customer_id="anna")
START = datetime(2026, 11, 23, 10, tzinfo=UTC)

RECEIVED = Progress(status=MessageStatus.RECEIVED, result="Received")
THINKING = Progress(result="Thinking", agent_name="PlannerAgent", details={"kind": "plan", "agents": ["Billing"]})
DONE = Progress(status=MessageStatus.COMPLETED, result="£45.50", agent_name="BillingAgent", input_required=True)
FAILED = Progress.failed(ErrorCode.TOOL_ERROR, {"kind": "failure"})
CANCELLED = Progress(status=MessageStatus.CANCELLED, result="Cancelled")
TURNS = (Turn(Role.USER, "bill?"), Turn(Role.ASSISTANT, "£45.50"))


class World:
    """A store with a clock that stands still until it is moved, and what it announced."""

    def __init__(self) -> None:
        self.now = START
        self.announced: list[tuple[str, ConversationKey]] = []
        self.store: MessageStore

    def clock(self) -> datetime:
        return self.now

    def announce(self, message_id: str, conversation: ConversationKey) -> None:
        self.announced.append((message_id, conversation))

    async def add(self, message_id: str, conversation_id: str = "c", owner: Principal = ANNA) -> Message:
        message = Message(
            id=message_id,
            conversation_id=conversation_id,
            owner=owner,
            text=f"text of {message_id}",
            status=MessageStatus.RECEIVED,
            received_at=self.now,
        )
        await self.store.add(message, RECEIVED)
        return message

    async def finish(self, message_id: str, progress: Progress = DONE, turns: Sequence[Turn] = ()) -> Update:
        await self.store.begin(message_id)
        return await self.store.append(message_id, progress, turns)

    async def list_ids(self, owner: Principal = ANNA, **filters: Any) -> list[str]:
        page = await self.store.page(MessageFilter(owner=owner, **filters), limit=100)
        assert page.total == len(page.messages)
        assert page.next is None
        return [message.id for message in page.messages]


@asynccontextmanager
async def memory(world: World, max_messages: int) -> AsyncIterator[MessageStore]:
    yield MemoryStore(max_messages=max_messages, now=world.clock, announce=world.announce)


@cache
def _empty_file() -> str:
    directory = tempfile.mkdtemp(prefix="semker-sqlite-")
    atexit.register(shutil.rmtree, directory)
    migrate(f"sqlite:///{directory}/semker.db")
    return f"{directory}/semker.db"


@cache
def database_url() -> str:
    """One PostgreSQL database for all of these tests."""
    url = new_database()
    migrate(url)
    return url


@asynccontextmanager
async def opened_database(kind: str) -> AsyncIterator[Database]:
    """Empty; "sqlite" or "postgres"."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as directory:
            async with open_sqlite(shutil.copy(_empty_file(), directory)) as file:
                yield file
    else:
        with psycopg.connect(database_url(), autocommit=True) as connection:
            connection.execute("TRUNCATE conversations, messages, updates, turns, counts, outbox, deliveries")
        async with open_postgres(PostgresOptions(url=database_url(), pool_size=2)) as server:
            yield server


@asynccontextmanager
async def sqlite(world: World, max_messages: int) -> AsyncIterator[MessageStore]:
    async with opened_database("sqlite") as database:
        yield SqlStore(database, now=world.clock, announce=world.announce)


@asynccontextmanager
async def postgres(world: World, max_messages: int) -> AsyncIterator[MessageStore]:
    async with opened_database("postgres") as database:
        yield SqlStore(database, now=world.clock, announce=world.announce)


type OpenStore = Callable[[World, int], AbstractAsyncContextManager[MessageStore]]
STORES: tuple[OpenStore, ...] = (memory, sqlite, postgres)
BOUNDED: tuple[OpenStore, ...] = (memory,)  # those that forget the oldest when there are too many


@pytest.fixture(params=STORES, ids=lambda store: store.__name__)
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    world = World()
    async with request.param(world, 1_000) as world.store:
        yield world


@pytest.fixture(params=BOUNDED, ids=lambda store: store.__name__)
async def small(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """Room for three messages."""
    world = World()
    async with request.param(world, 3) as world.store:
        yield world
