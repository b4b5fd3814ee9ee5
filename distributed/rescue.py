"""Looks once a second for work that nobody does: of workers that are lost, and of wake-ups that are."""

import asyncio
import logging
import time
from collections.abc import Collection, Sequence

import psycopg
from psycopg_pool import PoolTimeout

from distributed.conversations import SQL_NAME
from distributed.wakes import QUEUE, Wakes
from storage.postgres import Pool

LOOK_SECONDS = 1.0
LATE_SECONDS = 2.0  # a wake-up that has not become a job by then is lost

_CLOSE_LOST = """
DELETE FROM procrastinate_jobs WHERE status = 'doing' AND queue_name = %(queue)s AND (
    worker_id IS NULL OR worker_id IN (
        SELECT id FROM procrastinate_workers WHERE last_heartbeat < now() - make_interval(secs => %(lease)s)))
RETURNING lock"""

_MINE = "SELECT id FROM procrastinate_jobs WHERE status = 'doing' AND worker_id = ANY(%(workers)s)"

_CLOSE = "DELETE FROM procrastinate_jobs WHERE id = ANY(%(jobs)s) AND status = 'doing' RETURNING lock"

_FORGOTTEN = f"""
SELECT {SQL_NAME} FROM conversations JOIN (
    SELECT DISTINCT conversation FROM messages WHERE final IS NULL AND received_at < %(before)s
) AS waiting ON waiting.conversation = conversations.number
WHERE NOT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE queueing_lock = {SQL_NAME} AND status = 'todo')
AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE lock = {SQL_NAME} AND status = 'doing')
LIMIT 500"""  # noqa: S608 - our own words

logger = logging.getLogger(__name__)


class Rescue:
    def __init__(
        self, pool: Pool, wakes: Wakes, workers: Sequence[int], *, lease: float, running: Collection[int]
    ) -> None:
        """Under the ids of `workers` this process takes jobs, and it works on those that are `running`, at any time."""
        self._pool = pool
        self._wakes = wakes
        self._workers = workers
        self._lease = lease
        self._running = running
        self._suspects: set[int] = set()
        self._trusting_until = 0.0

    async def run(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self._look()
            except (psycopg.Error, PoolTimeout) as error:
                # while the database was away nobody's heart could beat: give everybody time for the next beat
                self._trusting_until = time.monotonic() + 2 * heartbeat(self._lease)
                logger.warning("the rescue is tried again: %s", type(error).__name__)

    async def _look(self) -> None:
        if time.monotonic() >= self._trusting_until:
            lost = await self._ask(_CLOSE_LOST, queue=QUEUE, lease=self._lease)
            if lost:
                logger.warning("%d conversations are taken over from a lost worker", len(lost))
            self._wakes.add(lost)
        self._wakes.add(await self._close_forgotten_jobs())
        before = int((time.time() - LATE_SECONDS) * 1_000_000)
        self._wakes.add(await self._ask(_FORGOTTEN, before=before))

    async def _close_forgotten_jobs(self) -> Sequence[str]:
        """Those that the database takes for ours and that we know nothing of, seen twice: an answer was lost."""
        mine = set(await self._ask(_MINE, workers=list(self._workers))) if self._workers else set()
        unknown = mine - set(self._running)
        forgotten, self._suspects = unknown & self._suspects, unknown
        return await self._ask(_CLOSE, jobs=list(forgotten)) if forgotten else ()

    async def _ask(self, statement: str, **parameters: object) -> list:  # type: ignore[type-arg]
        async with self._pool.connection() as connection:
            cursor = await connection.execute(statement, parameters)
            return [row[0] for row in await cursor.fetchall()]


def heartbeat(lease: float) -> float:
    return lease / 5
