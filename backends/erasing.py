"""Forgets a customer, beside the processes that are running: whoever works on a message that is gone stops."""

from contextlib import AbstractAsyncContextManager, suppress

from config.settings import Settings
from models.errors import ConversationNotFound
from models.principal import Principal
from storage import reads
from storage.database import Database
from storage.postgres import PostgresOptions, open_postgres
from storage.rows import words
from storage.sql import SqlStore
from storage.sqlite import open_sqlite

PATIENCE_SECONDS = 10


async def erase_customer(settings: Settings, owner: Principal) -> int:
    """How many conversations were forgotten, with all their messages."""
    async with _database(settings) as database:
        store = SqlStore(database)
        where = {"tenant": owner.tenant, "customer_id": owner.customer_id}
        erased = 0
        for row in await database.read(reads.CONVERSATIONS, where):
            with suppress(ConversationNotFound):
                await store.erase((owner, words(row[0])))
                erased += 1
        return erased


def _database(settings: Settings) -> AbstractAsyncContextManager[Database]:
    if settings.store.kind == "sqlite":
        return open_sqlite(settings.store.url.removeprefix("sqlite:///"))
    return open_postgres(PostgresOptions(url=settings.store.url, patience=PATIENCE_SECONDS))
