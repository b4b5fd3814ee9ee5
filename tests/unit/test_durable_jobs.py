"""Drain jobs in a real queue: which one is next, with few and with thousands that wait."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import psycopg
import pytest
from procrastinate.jobs import Job, Status

from distributed.connector import PatientConnector
from distributed.jobs import Jobs
from distributed.wakes import QUEUE, Wakes
from storage.migrating import migrate
from storage.postgres import Pool, PostgresOptions, open_pool
from tests.doubles.postgres import new_database

MANY = 3_000
CHANNEL = f"procrastinate_queue_v1#{QUEUE}"  # where procrastinate's workers listen


class Desk:
    """A worker's view of the queue."""

    def __init__(self, jobs: Jobs, pool: Pool, worker: int) -> None:
        self._jobs = jobs
        self._wakes = Wakes(pool)
        self._worker = worker

    async def wake(self, *names: str) -> None:
        self._wakes.add(names)
        await self._wakes.send()

    async def take(self) -> Job | None:
        return await self._jobs.fetch_job([QUEUE], self._worker)

    async def finish(self, job: Job | None) -> None:
        assert job is not None
        await self._jobs.finish_job(job, Status.SUCCEEDED, delete_job=False)


@pytest.fixture(scope="module")
def url() -> str:
    url = new_database()
    migrate(url)
    return url


@pytest.fixture
def heard(url: str) -> Iterator[Callable[[], int]]:
    """How often all workers were told to look."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'LISTEN "{CHANNEL}"'.encode())
        yield lambda: len(list(connection.notifies(timeout=0.5)))


async def is_held_up(rival: psycopg.AsyncConnection) -> bool:
    """Whether somebody waits for a lock of this connection."""
    cursor = await rival.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    )
    row = await cursor.fetchone()
    return row is not None and row[0] > 0


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Desk]:
    async with open_pool(PostgresOptions(url=url), size=2) as pool:
        async with pool.connection() as connection:
            await connection.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")
        connector = PatientConnector()
        await connector.open_async(pool)
        jobs = Jobs(connector)
        yield Desk(jobs, pool, await jobs.register_worker())


def name_of(job: Job | None) -> str | None:
    return None if job is None else job.lock


async def test_conversation_has_one_job_at_work_and_one_that_waits(url: str) -> None:
    async with opened(url) as desk:
        await desk.wake("a")
        first = await desk.take()
        assert name_of(first) == "a"
        for _ in range(3):
            await desk.wake("a")
        await desk.wake("b")
        assert name_of(await desk.take()) == "b"
        assert await desk.take() is None
        await desk.finish(first)
        assert name_of(await desk.take()) == "a"
        assert await desk.take() is None


async def test_job_that_waited_for_another_one_is_told_of_when_it_ends(url: str, heard: Callable[[], int]) -> None:
    async with opened(url) as desk:
        await desk.wake("a")
        first = await desk.take()
        await desk.wake("a")
        assert heard() == 2
        await desk.finish(first)
        assert heard() == 1
        await desk.finish(await desk.take())
        await desk.finish(first)  # again: others took it over
        assert heard() == 0


async def test_job_that_comes_while_the_one_before_it_ends_is_told_of(url: str, heard: Callable[[], int]) -> None:
    """Whoever looks when it comes finds nothing: the other one has not ended yet."""
    async with opened(url) as desk, await psycopg.AsyncConnection.connect(url) as rival:
        await desk.wake("a")
        first = await desk.take()
        await rival.execute("SELECT 1 FROM procrastinate_jobs FOR UPDATE")
        ending = asyncio.create_task(desk.finish(first))
        while not await is_held_up(rival):  # noqa: ASYNC110 - only the database knows
            await asyncio.sleep(0.01)
        await desk.wake("a")
        assert (heard(), await desk.take()) == (2, None)
        await rival.rollback()
        await ending
        assert heard() == 1
        assert name_of(await desk.take()) == "a"


async def test_next_job_is_the_oldest_and_found_at_once_among_thousands(url: str) -> None:
    async with opened(url) as desk:
        names = [f"conversation-{number:05}" for number in range(MANY)]
        for start in range(0, MANY, 500):
            await desk.wake(*names[start : start + 500])
        begun = time.monotonic()
        taken = [name_of(await desk.take()) for _ in range(20)]
        assert taken == names[:20]
        assert time.monotonic() - begun < 3, "all jobs that wait are looked at"
