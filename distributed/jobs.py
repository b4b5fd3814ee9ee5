"""How drain jobs are begun and ended, for a queue where thousands may wait.

procrastinate compares every job that waits with every other one, because jobs of a lock have an order; ours need none,
since at most one of a conversation waits. And it tells nobody that a lock is free: who ends a job does it here.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from distributed.connector import PatientConnector
from distributed.wakes import QUEUE

_FETCH = """
WITH next AS (
    SELECT id FROM procrastinate_jobs AS waiting WHERE status = 'todo' AND NOT EXISTS (
        SELECT 1 FROM procrastinate_jobs AS doing WHERE doing.lock = waiting.lock AND doing.status = 'doing')
    ORDER BY priority DESC, id LIMIT 1 FOR UPDATE OF waiting SKIP LOCKED
)
UPDATE procrastinate_jobs AS job SET status = 'doing', worker_id = %(worker)s FROM next WHERE job.id = next.id
RETURNING job.id, status, task_name, priority, lock, queueing_lock, args, scheduled_at, queue_name, attempts,
    worker_id"""

# The channel and the words of procrastinate's own trigger, which speaks only when a job is put into the queue. It is
# looked for after the commit, since whoever hears of one that comes before it cannot take it yet.
_FINISH = f"""
BEGIN;
DELETE FROM procrastinate_jobs WHERE id = %(job)s AND status = 'doing';
COMMIT;
SELECT pg_notify('procrastinate_queue_v1#{QUEUE}', '{{"type": "job_inserted", "job_id": 0}}')
FROM procrastinate_jobs WHERE queueing_lock = %(lock)s AND status = 'todo'"""  # noqa: S608 - our own words

logger = logging.getLogger(__name__)


class Jobs(JobManager):
    connector: PatientConnector

    def __init__(self, connector: PatientConnector) -> None:
        super().__init__(connector)
        self.workers: list[int] = []
        """Under these ids this process takes jobs, and took them before."""

    async def register_worker(self) -> int:
        worker = await super().register_worker()
        self.workers.append(worker)
        return worker

    @asynccontextmanager
    async def beating(self, every: float) -> AsyncIterator[None]:
        """procrastinate's own heart stops when a worker is told to end, before it waits for its last jobs."""
        heart = asyncio.create_task(self._beat(every))
        try:
            yield
        finally:
            heart.cancel()
            await asyncio.gather(heart, return_exceptions=True)

    async def _beat(self, every: float) -> None:
        while True:
            await asyncio.sleep(every)
            try:
                for worker in self.workers[-1:]:
                    await self.update_heartbeat(worker)
            except (ConnectorException, TimeoutError) as error:
                logger.warning("a heartbeat is missed: %s", type(error.__cause__ or error).__name__)

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        """There is only one queue."""
        found = await self.connector.execute_query_all_async(_FETCH, worker=worker_id)
        return Job.from_row(found[0]) if found else None

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """Harmless when others took the job over."""
        await self.connector.execute_script_async(_FINISH, job=job.id, lock=job.lock)
