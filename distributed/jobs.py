"""How a drain job ends: with word to the job that waited for it, which procrastinate would leave to its next look."""

from procrastinate import jobs
from procrastinate.manager import JobManager

from distributed.wakes import QUEUE

# The channel and the words of procrastinate's own trigger, which speaks only when a job is put into the queue.
_FINISH = f"""
WITH gone AS (DELETE FROM procrastinate_jobs WHERE id = %(job)s AND status = 'doing' RETURNING lock)
SELECT pg_notify('procrastinate_queue_v1#{QUEUE}', '{{"type": "job_inserted", "job_id": 0}}')
FROM gone JOIN procrastinate_jobs AS waiting ON waiting.queueing_lock = gone.lock AND waiting.status = 'todo'"""  # noqa: S608 - our own words


class Jobs(JobManager):
    async def finish_job(self, job: jobs.Job, status: jobs.Status, delete_job: bool) -> None:
        """Harmless when others took the job over."""
        await self.connector.execute_query_async(_FINISH, job=job.id)
