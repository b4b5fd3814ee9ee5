"""Forgets a customer, beside the processes that are running: whoever works on a message that is gone stops."""

import asyncio
import json
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path

from config.settings import Settings
from distributed.conversations import name_of
from distributed.signals import TELL, erasure
from models.conversation import ConversationKey
from models.errors import ConversationNotFound
from models.principal import Principal
from storage import migrating, reads
from storage.database import Database
from storage.postgres import PostgresOptions, open_postgres
from storage.rows import words
from storage.schema import NoDatabase, check
from storage.sql import SqlStore
from storage.sqlite import open_sqlite

PATIENCE_SECONDS = 10

# A message that comes in this moment loses its wake-up with it, and is found by the rescue loop.
_FORGET_JOB = ("DELETE FROM procrastinate_jobs WHERE queueing_lock = :name AND status = 'todo'",)


async def erase_customer(settings: Settings, owner: Principal, conversation_id: str | None = None) -> int:
    """How many conversations were forgotten, with all of their messages; without an id all that the customer has.

    Raises `StoreUnavailable`, `NoDatabase`, `WrongSchema`.
    """
    if settings.store.kind == "sqlite" and not _file(settings).is_file():  # asking for its schema would make one
        raise NoDatabase("There is no SQLite file at the path that DATABASE_URL names.")
    check(await asyncio.to_thread(migrating.version, settings.store.url))
    async with _database(settings) as database:
        customer = {"tenant": owner.tenant, "customer_id": owner.customer_id}
        names = [words(row[0]) for row in await database.read(reads.CONVERSATIONS, customer)]
        erased = 0
        for name in names if conversation_id is None else [conversation_id]:
            erased += await _erase(database, (owner, name), has_jobs=settings.store.kind == "postgresql")
        counts = {"customers": json.dumps([[owner.tenant, owner.customer_id]])}
        await database.write(database.dialect.merge_counts, counts, order="")
        return erased


async def _erase(database: Database, conversation: ConversationKey, *, has_jobs: bool) -> int:
    store = SqlStore(database)
    with suppress(ConversationNotFound):
        open_messages = [message.id for message in await store.open_messages(conversation)]
        await store.erase(conversation)
        if has_jobs:
            await database.write(_FORGET_JOB, {"name": name_of(conversation)}, order="")
            for payload in erasure(conversation, open_messages):
                await database.write((TELL,), {"payload": payload}, order="")
        return 1
    return 0


def _database(settings: Settings) -> AbstractAsyncContextManager[Database]:
    if settings.store.kind == "sqlite":
        return open_sqlite(str(_file(settings)))
    return open_postgres(PostgresOptions(url=settings.store.url, patience=PATIENCE_SECONDS))


def _file(settings: Settings) -> Path:
    return Path(settings.store.url.removeprefix("sqlite:///"))
