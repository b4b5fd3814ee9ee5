"""DATABASE_URL=postgresql://...: durable, and shared by any number of processes that take or answer messages."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import psycopg

from backends.base import Backend, Employ
from config.settings import Settings
from distributed.queue import DistributedQueue
from distributed.signals import Signals
from lifecycle import refuse
from models.errors import StoreUnavailable
from process.announcements import Announcements
from process.worker import Worker
from storage.postgres import Pool, PostgresDatabase, PostgresOptions, open_pool, open_postgres
from storage.schema import WrongSchema, check
from storage.sql import SqlStore
from storage.sql_outbox import SqlOutbox

QUEUE_CONNECTIONS = 4
REQUEST_PATIENCE_SECONDS = 3
START_SECONDS = 15
# what is lost with a database's last moment is made up for: a wake-up by the rescue loop, an announcement by a look
LAX = "synchronous_commit=off"


@asynccontextmanager
async def open_backend(
    settings: Settings, announcements: Announcements, employ: Employ, *, works: bool
) -> AsyncIterator[Backend]:
    store = settings.store
    options = PostgresOptions(
        url=store.url,
        pool_size=store.database_pool_size,
        statement_timeout=store.database_statement_timeout,
        patience=REQUEST_PATIENCE_SECONDS,
    )
    async with AsyncExitStack() as stack:
        try:
            check(await _version(options))
            database = await stack.enter_async_context(open_postgres(options))
            pool = await stack.enter_async_context(open_pool(options, LAX, size=QUEUE_CONNECTIONS))
        except WrongSchema as error:
            refuse(str(error))
        except (StoreUnavailable, TimeoutError):
            refuse("The database of DATABASE_URL cannot be reached.")
        yield _backend(settings, options, database, pool, announcements, employ, works=works)


def _backend(
    settings: Settings,
    options: PostgresOptions,
    database: PostgresDatabase,
    pool: Pool,
    announcements: Announcements,
    employ: Employ,
    *,
    works: bool,
) -> Backend:
    def stop(message_id: str) -> None:
        worker.stop(message_id)

    signals = Signals(pool, options.conninfo(), announce=announcements.announce, stop=stop)
    patient = database.patient(2 * settings.store.lease_seconds)
    worker: Worker = employ(SqlStore(patient, announce=signals.announce), max_attempts=settings.store.max_attempts)
    queue = DistributedQueue(
        database,
        pool,
        worker,
        signals,
        concurrency=settings.processing.max_concurrent_messages,
        lease=settings.store.lease_seconds,
        grace=settings.server.shutdown_grace,
        works=works,
    )
    return Backend(SqlStore(database, announce=signals.announce), queue, SqlOutbox(database))


async def _version(options: PostgresOptions) -> str | None:
    """Waits for a database that is being started; raises `TimeoutError`."""
    async with asyncio.timeout(START_SECONDS):
        while True:
            with suppress(psycopg.OperationalError):
                return await _read_version(options)
            await asyncio.sleep(0.5)


async def _read_version(options: PostgresOptions) -> str | None:
    async with await psycopg.AsyncConnection.connect(options.conninfo()) as connection:
        cursor = await connection.execute("SELECT to_regclass('alembic_version') IS NOT NULL")
        row = await cursor.fetchone()
        if row is None or not row[0]:
            return None
        found = await (await connection.execute("SELECT version_num FROM alembic_version")).fetchone()
        return str(found[0]) if found else None
