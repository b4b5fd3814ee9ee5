"""The answer to a worker's fetch is lost on its way: the database takes a job for begun that nobody works on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from distributed.connector import PatientConnector
from distributed.jobs import Jobs
from distributed.rescue import Rescue
from distributed.wakes import QUEUE, Wakes
from storage.migrating import migrate
from storage.postgres import PostgresOptions, open_pool
from tests.doubles.postgres import new_database

LEASE = 60.0  # nobody is taken for lost meanwhile


@dataclass(frozen=True, slots=True)
class Place:
    jobs: Jobs
    wakes: Wakes
    running: set[int]


@asynccontextmanager
async def rescued() -> AsyncIterator[Place]:
    url = new_database()
    await asyncio.to_thread(migrate, url)
    async with open_pool(PostgresOptions(url=url), size=2) as pool:
        connector = PatientConnector()
        await connector.open_async(pool)
        jobs, wakes, running = Jobs(connector), Wakes(pool), set[int]()
        async with wakes.sending():
            rescue = asyncio.create_task(Rescue(pool, wakes, jobs.workers, lease=LEASE, running=running).run())
            try:
                yield Place(jobs, wakes, running)
            finally:
                rescue.cancel()
                await asyncio.gather(rescue, return_exceptions=True)


async def test_job_whose_first_fetch_was_not_heard_of_is_given_out_again() -> None:
    async with rescued() as place, asyncio.timeout(10):
        worker = await place.jobs.register_worker()
        place.wakes.add(["worked-on", "unheard"])
        await place.wakes.send()
        known, lost = [await place.jobs.fetch_job([QUEUE], worker) for _ in range(2)]
        assert known is not None
        assert lost is not None
        assert known.id is not None
        place.running.add(known.id)
        while (again := await place.jobs.fetch_job([QUEUE], worker)) is None:  # noqa: ASYNC110 - as a worker looks
            await asyncio.sleep(0.05)
        assert (again.lock, again.id == lost.id) == (lost.lock, False)
        assert await place.jobs.fetch_job([QUEUE], worker) is None
