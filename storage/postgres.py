"""PostgreSQL: reads over a pool; writes over one connection, those of the same moment in one transaction."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import cast

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from models.errors import StoreUnavailable
from storage import postgres_writes
from storage.database import Dialect, Parameters, Row, Statements
from storage.postgres_writer import LOCK_PATIENCE_MILLISECONDS, Writer

type Pool = AsyncConnectionPool[psycopg.AsyncConnection[TupleRow]]

FIRST_PAUSE = 0.02
LONGEST_PAUSE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresOptions:
    """Times in seconds; `patience` is how long a call waits for a database that does not answer."""

    url: str
    pool_size: int = 8
    statement_timeout: float = 5
    patience: float = 3

    def conninfo(self, *settings: str) -> str:
        """`settings` are the session's, as `name=value`."""
        milliseconds = int(self.statement_timeout * 1000)
        limits = (f"statement_timeout={milliseconds}", f"idle_in_transaction_session_timeout={milliseconds}")
        options = " ".join(f"-c {setting}" for setting in (*limits, *settings))
        return make_conninfo(
            self.url, options=options, application_name="semker", connect_timeout=max(2, int(self.patience))
        )


class PostgresDatabase:
    dialect: Dialect = postgres_writes

    def __init__(self, pool: Pool, writer: Writer, patience: float) -> None:
        self._pool = pool
        self._writer = writer
        self._patience = patience

    def patient(self, seconds: float) -> "PostgresDatabase":
        """The same connections for a caller that waits longer or shorter."""
        return PostgresDatabase(self._pool, self._writer, seconds)

    async def read(self, statement: str, parameters: Parameters) -> list[Row]:
        if any(isinstance(value, str) and "\0" in value for value in parameters.values()):
            return []  # no text here has one, and PostgreSQL refuses to be asked for it
        pause = FIRST_PAUSE
        try:
            async with asyncio.timeout(self._patience):
                while True:
                    with suppress(psycopg.OperationalError, PoolTimeout):
                        async with self._pool.connection() as connection:
                            cursor = await connection.execute(for_psycopg(statement), parameters)
                            return cast(list[Row], await cursor.fetchall())
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, LONGEST_PAUSE)
        except TimeoutError:
            raise StoreUnavailable from None

    async def write(self, statements: Statements, parameters: Parameters, *, order: str) -> list[list[Row]]:
        try:
            async with asyncio.timeout(self._patience):
                return await self._writer.write([for_psycopg(text) for text in statements], parameters, order=order)
        except TimeoutError:
            raise StoreUnavailable from None


@asynccontextmanager
async def open_postgres(options: PostgresOptions) -> AsyncIterator[PostgresDatabase]:
    """Raises `StoreUnavailable` when there is no database."""
    conninfo = options.conninfo(f"lock_timeout={LOCK_PATIENCE_MILLISECONDS}")
    writer = Writer(conninfo, patience=options.statement_timeout)
    async with open_pool(options, size=options.pool_size) as pool, writer.writing():
        yield PostgresDatabase(pool, writer, options.patience)


@asynccontextmanager
async def open_pool(options: PostgresOptions, *settings: str, size: int) -> AsyncIterator[Pool]:
    pool: Pool = AsyncConnectionPool(
        options.conninfo(*settings),
        configure=_commit_each,
        min_size=1,
        max_size=size,
        timeout=options.patience,
        reconnect_timeout=LONGEST_PAUSE,
        open=False,
    )
    try:
        await pool.open(wait=True, timeout=max(5, options.patience))
    except PoolTimeout:
        await pool.close()
        raise StoreUnavailable from None
    try:
        yield pool
    finally:
        await pool.close()


async def _commit_each(connection: psycopg.AsyncConnection[TupleRow]) -> None:
    await connection.set_autocommit(True)


@cache
def for_psycopg(statement: str) -> str:
    return re.sub(r"(?<!:):([a-z_]+)", r"%(\1)s", statement)
