"""SQLite in two threads: one writes, and saves what has come together in one commit; one reads, as of that moment."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread

from models.errors import StoreUnavailable
from storage import sqlite_writes
from storage.database import AlreadyThere, Dialect, Parameters, Row, Statements

MOST_TOGETHER = 200
BUSY_SECONDS = 5

logger = logging.getLogger(__name__)

type Outcome = list[list[Row]] | Exception


@dataclass(frozen=True, slots=True)
class _Job:
    statements: Statements
    parameters: Parameters
    result: asyncio.Future[list[list[Row]]]


class SqliteDatabase:
    """An answer means that it is on the disk."""

    dialect: Dialect = sqlite_writes

    def __init__(self, path: str) -> None:
        self._loop = asyncio.get_running_loop()
        self._reader = _Desk(path, _read, self._loop)
        self._writer = _Desk(path, _save, self._loop)

    async def read(self, statement: str, parameters: Parameters) -> list[Row]:
        (rows,) = await self._reader.ask((statement,), parameters)
        return rows

    async def write(self, statements: Statements, parameters: Parameters, *, order: str) -> list[list[Row]]:
        return await self._writer.ask(statements, parameters)

    async def close(self) -> None:
        await asyncio.gather(self._reader.close(), self._writer.close())


@asynccontextmanager
async def open_sqlite(path: str) -> AsyncIterator[SqliteDatabase]:
    await asyncio.to_thread(_prepare, path)
    database = SqliteDatabase(path)
    try:
        yield database
    finally:
        await database.close()


def _prepare(path: str) -> None:
    """Readers do not wait for the writer from now on; the file remembers it."""
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


class _Desk:
    """A thread with a connection of its own, and what it is asked for."""

    def __init__(
        self,
        path: str,
        work: Callable[[sqlite3.Connection, Sequence[_Job]], Sequence[Outcome]],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._work = work
        self._loop = loop
        self._path = path
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    async def ask(self, statements: Statements, parameters: Parameters) -> list[list[Row]]:
        result: asyncio.Future[list[list[Row]]] = self._loop.create_future()
        self._jobs.put(_Job(statements, parameters, result))
        return await result

    async def close(self) -> None:
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        with closing(sqlite3.connect(self._path, isolation_level=None, timeout=BUSY_SECONDS)) as connection:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            while jobs := self._next():
                outcomes = self._work(connection, jobs)
                self._loop.call_soon_threadsafe(_tell, jobs, outcomes)

    def _next(self) -> list[_Job]:
        """What has come, as soon as something has; nothing at the end."""
        jobs: list[_Job] = []
        job = self._jobs.get()
        while job is not None:
            jobs.append(job)
            if self._jobs.empty() or len(jobs) == MOST_TOGETHER:
                return jobs
            job = self._jobs.get()
        self._jobs.put(None)
        return jobs


def _tell(jobs: Sequence[_Job], outcomes: Sequence[Outcome]) -> None:
    for job, outcome in zip(jobs, outcomes, strict=True):
        if job.result.done():
            continue
        if isinstance(outcome, Exception):
            job.result.set_exception(outcome)
        else:
            job.result.set_result(outcome)


def _read(connection: sqlite3.Connection, jobs: Sequence[_Job]) -> list[Outcome]:
    return [_attempt(connection, job) for job in jobs]


def _save(connection: sqlite3.Connection, jobs: Sequence[_Job]) -> list[Outcome]:
    """All in one transaction, or each in its own when one of them fails."""
    outcomes = _transaction(connection, jobs)
    if len(jobs) == 1 or not any(isinstance(outcome, Exception) for outcome in outcomes):
        return outcomes
    return [outcome for job in jobs for outcome in _transaction(connection, [job])]


def _transaction(connection: sqlite3.Connection, jobs: Sequence[_Job]) -> list[Outcome]:
    try:
        connection.execute("BEGIN IMMEDIATE")
        outcomes = [_attempt(connection, job) for job in jobs]
        failed = any(isinstance(outcome, Exception) for outcome in outcomes)
        connection.execute("ROLLBACK" if failed else "COMMIT")
    except sqlite3.Error as error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        return [_failure(error)] * len(jobs)
    return outcomes


def _attempt(connection: sqlite3.Connection, job: _Job) -> Outcome:
    try:
        return [list(connection.execute(statement, job.parameters)) for statement in job.statements]
    except sqlite3.Error as error:
        return _failure(error)


def _failure(error: sqlite3.Error) -> Exception:
    if isinstance(error, sqlite3.IntegrityError):
        return AlreadyThere()
    if isinstance(error, sqlite3.OperationalError):
        logger.error("SQLite: %s", error)
        return StoreUnavailable()
    return error
