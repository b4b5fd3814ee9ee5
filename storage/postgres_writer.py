"""Group commit: writes that come while others are being saved are saved together in the next transaction."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import cast

import psycopg
from psycopg.errors import (
    DeadlockDetected,
    IntegrityError,
    LockNotAvailable,
    QueryCanceled,
    ReadOnlySqlTransaction,
    SerializationFailure,
)
from psycopg.rows import TupleRow

from storage.database import AlreadyThere, Parameters, Row

MOST_TOGETHER = 100
FIRST_PAUSE = 0.02
LONGEST_PAUSE = 0.5
MOST_HELD_UP = 3
LOCK_PATIENCE_MILLISECONDS = 300
PASSING = (DeadlockDetected, LockNotAvailable, QueryCanceled, SerializationFailure)
AWAY = (psycopg.OperationalError, ReadOnlySqlTransaction)  # read-only: the standby, or what was the primary before

logger = logging.getLogger(__name__)

type Connection = psycopg.AsyncConnection[TupleRow]


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    statements: Sequence[str]
    parameters: Parameters
    order: str
    result: asyncio.Future[list[list[Row]]]

    def tell(self, outcome: list[list[Row]] | Exception) -> None:
        if self.result.done():
            return
        if isinstance(outcome, Exception):
            self.result.set_exception(outcome)
        else:
            self.result.set_result(outcome)


class Writer:
    """A job is tried until somebody is told or nobody waits for it any more.

    One that a lock of others holds up does not hold up the rest: from then on it is tried by itself, between them.
    """

    def __init__(self, conninfo: str, *, patience: float) -> None:
        self._conninfo = conninfo
        self._patience = patience
        self._jobs: list[_Job] = []
        self._held_up: list[_Job] = []
        self._has_jobs = asyncio.Event()
        self._connection: Connection | None = None

    async def write(self, statements: Sequence[str], parameters: Parameters, *, order: str) -> list[list[Row]]:
        job = _Job(statements, parameters, order, asyncio.get_running_loop().create_future())
        self._jobs.append(job)
        self._has_jobs.set()
        return await job.result

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await self._disconnect()

    async def _run(self) -> None:
        pause = FIRST_PAUSE
        while True:
            await self._has_jobs.wait()
            jobs: list[_Job] = []
            try:
                async with asyncio.timeout(2 * self._patience):
                    await self._save_held_up()
                    jobs = self._take()
                    await self._save(jobs)
                pause = FIRST_PAUSE
            except (psycopg.Error, TimeoutError, OSError) as error:
                logger.warning("Writes are tried again: %s", type(error).__name__)
                await self._disconnect()
                self._jobs[:0] = [job for job in jobs if job not in self._held_up]
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
            if self._held_up and not self._jobs:
                await asyncio.sleep(FIRST_PAUSE)
            if self._jobs or self._held_up:
                self._has_jobs.set()

    def _take(self) -> list[_Job]:
        """In one order for all processes, so that they do not wait for each other in a circle."""
        wanted = [job for job in self._jobs if not job.result.done()]
        self._jobs = wanted[MOST_TOGETHER:]
        if not self._jobs:
            self._has_jobs.clear()
        return sorted(wanted[:MOST_TOGETHER], key=lambda job: job.order)

    async def _save(self, jobs: Sequence[_Job]) -> None:
        if not jobs:
            return
        connection = await self._connected()
        try:
            outcomes = await _transaction(connection, jobs)
        except psycopg.Error as error:
            lost = isinstance(error, AWAY) and not isinstance(error, PASSING)
            if lost or connection.closed:
                raise
            await connection.rollback()
            if len(jobs) > 1:
                await self._save_each(jobs)
            elif isinstance(error, PASSING):
                if jobs[0] not in self._held_up:
                    logger.warning("A write is held up: %s", type(error).__name__)
                self._held_up.append(jobs[0])
            else:
                jobs[0].tell(AlreadyThere() if isinstance(error, IntegrityError) else error)
            return
        for job, outcome in zip(jobs, outcomes, strict=True):
            job.tell(outcome)

    async def _save_each(self, jobs: Sequence[_Job]) -> None:
        """Leaves the rest for later when many are held up, as by a lock on a table."""
        most = len(self._held_up) + MOST_HELD_UP
        for number, job in enumerate(jobs, start=1):
            await self._save([job])
            if len(self._held_up) == most:
                self._jobs[:0] = jobs[number:]
                return

    async def _save_held_up(self) -> None:
        """Until one of them is held up again, so that the others wait for one at most."""
        for _ in range(len(self._held_up)):
            job, before = self._held_up[0], len(self._held_up)
            if not job.result.done():
                await self._save([job])
            self._held_up.pop(0)
            if len(self._held_up) == before:
                return

    async def _connected(self) -> Connection:
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True)
        return self._connection

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error):
                await connection.close()


async def _transaction(connection: Connection, jobs: Sequence[_Job]) -> list[list[list[Row]]]:
    """All statements go out before the first answer is waited for."""
    first = jobs[0]
    if len(jobs) == len(first.statements) == 1:
        return [[await _rows(await connection.execute(first.statements[0], first.parameters))]]
    async with connection.pipeline():
        await connection.execute("BEGIN")
        cursors = [
            [await connection.execute(statement, job.parameters) for statement in job.statements] for job in jobs
        ]
        await connection.execute("COMMIT")
    return [[await _rows(cursor) for cursor in each] for each in cursors]


async def _rows(cursor: psycopg.AsyncCursor[TupleRow]) -> list[Row]:
    return cast(list[Row], await cursor.fetchall()) if cursor.description else []
