"""Puts drain jobs into the queue, after the commit of what they are for and many at once."""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

import psycopg
from psycopg_pool import PoolTimeout

from storage.postgres import Pool

QUEUE = "drain"
PAUSE_SECONDS = 0.2

# A job that waits already is enough: it reads what is open when it begins.
_DEFER = f"""
INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args)
SELECT '{QUEUE}', '{QUEUE}', name, name, jsonb_build_object('conversation', name) FROM unnest(%s::text[]) AS name
ON CONFLICT (queueing_lock) WHERE status = 'todo' DO NOTHING"""  # noqa: S608 - our own words

logger = logging.getLogger(__name__)


class Wakes:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._names: set[str] = set()
        self._has_names = asyncio.Event()

    def add(self, names: Collection[str]) -> None:
        """To be woken soon."""
        self._names |= set(names)
        if self._names:
            self._has_names.set()

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def send(self) -> None:
        """What is to be woken, now."""
        names, self._names = self._names, set()
        self._has_names.clear()
        try:
            await self._defer(sorted(names))
        except (psycopg.OperationalError, PoolTimeout):
            self.add(names)
            raise

    async def _run(self) -> None:
        while True:
            await self._has_names.wait()
            try:
                await self.send()
            except (psycopg.Error, PoolTimeout) as error:
                logger.warning("conversations are woken later: %s", type(error).__name__)
                await asyncio.sleep(PAUSE_SECONDS)

    async def _defer(self, names: list[str]) -> None:
        if not names:
            return
        async with self._pool.connection() as connection:
            await connection.execute(_DEFER, (names,))
