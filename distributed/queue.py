"""Any process takes any conversation: one drain job each, in a queue that the database keeps."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import psycopg
from procrastinate import App, JobContext
from psycopg_pool import PoolTimeout

from distributed import places
from distributed.connector import PatientConnector
from distributed.conversations import conversation_of, name_of
from distributed.jobs import Jobs
from distributed.rescue import Rescue, heartbeat
from distributed.signals import Signals
from distributed.wakes import QUEUE, Wakes
from models.conversation import ConversationKey
from models.errors import StoreUnavailable
from models.message import Message, Place
from process.places import Durations
from process.worker import Worker
from storage.database import Database
from storage.postgres import Pool

MESSAGES_IN_A_ROW = 10  # then the other conversations have their turn, or when these took long
TURN_SECONDS = 1.0
COUNT_SECONDS = 1.0
RECOUNT_SECONDS = 0.05  # at the soonest, when the queue seems to be full
GIVING_UP_SECONDS = 1.0
LOOK_SECONDS = 0.5  # word of a job is lost when it comes while the one before it is fetched

logger = logging.getLogger(__name__)


class DistributedQueue:
    def __init__(
        self,
        database: Database,
        pool: Pool,
        worker: Worker,
        signals: Signals,
        *,
        concurrency: int,
        lease: float,
        grace: float,
        works: bool,
    ) -> None:
        """`works`: this process answers messages itself; `grace`: seconds that they have to finish at its end."""
        self._database = database
        self._pool = pool
        self._worker = worker
        self._signals = signals
        self._concurrency = concurrency
        self._lease = lease
        self._grace = grace
        self._works = works
        self._wakes = Wakes(pool)
        self._running: set[int] = set()
        self._connector = PatientConnector()
        self._jobs = Jobs(self._connector)
        self._rescue = Rescue(pool, self._wakes, self._jobs.workers, lease=lease, running=self._running)
        self._durations = Durations()
        self._waiting = places.Waiting()  # as counted last, and those that came here since
        self._counting = asyncio.Lock()
        self._counted_at = 0.0
        self._employment: asyncio.Task[None] | None = None
        self._is_stopping = False
        self._entered: list[str] = []
        self.at_work = 0

    @property
    def waiting(self) -> int:
        return self._waiting.messages

    @property
    def oldest_waiting_seconds(self) -> float:
        return max(0.0, time.time() - self._waiting.since) if self._waiting.since else 0.0

    @property
    def is_idle(self) -> bool:
        return not self.at_work

    async def has_room(self, most: int) -> bool:
        if self.waiting >= most:
            await self._recount()
        return self.waiting < most

    async def next_place(self, conversation: ConversationKey) -> Place:
        before = await places.open_in(self._database, conversation)
        return places.place(before, self._waiting.messages, hands=self._concurrency, each=self._durations.usual)

    async def place(self, message: Message) -> Place | None:
        found = await places.before(self._database, message)
        return None if found is None else places.place(*found, hands=self._concurrency, each=self._durations.usual)

    def enter(self, message: Message) -> None:
        self._entered.append(name_of(message.conversation))
        self._waiting.messages += 1

    def wake(self) -> None:
        names, self._entered = self._entered, []
        self._wakes.add(names)

    async def leave(self, message: Message) -> None:
        self._signals.stop(message.id)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._signals.exchanging())
            await stack.enter_async_context(self._wakes.sending())
            tasks = [asyncio.create_task(self._count())]
            if self._works:
                tasks.append(asyncio.create_task(self._rescue.run()))
                self._employment = asyncio.create_task(self._work())
                self._employment.add_done_callback(_tell_of_its_end)
            try:
                yield
            finally:
                await self.drain(self._grace)
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def drain(self, grace: float) -> None:
        """Take nothing new; what is not finished in time is left to others. Called again it waits no more."""
        is_again, self._is_stopping = self._is_stopping, True
        if not await self._has_ended(within=0 if is_again else grace + 2):
            self._connector.give_up()
            await self._has_ended(within=GIVING_UP_SECONDS)
        if is_again:
            return
        with suppress(psycopg.Error, PoolTimeout, TimeoutError):
            async with asyncio.timeout(1):
                self.wake()
                await self._wakes.send()

    async def _has_ended(self, *, within: float) -> bool:
        if self._employment is None or self._employment.done():
            return True
        self._employment.cancel()
        await asyncio.wait([self._employment], timeout=within)
        return self._employment.done()

    async def _work(self) -> None:
        app = App(connector=self._connector)
        app.job_manager = self._jobs
        app.task(name=QUEUE, queue=QUEUE, pass_context=True)(self._drain)
        await self._worker.ready()  # until then another process may take them
        async with app.open_async(self._pool), self._jobs.beating(heartbeat(self._lease)):
            while not self._is_stopping:
                try:
                    await app.run_worker_async(
                        queues=[QUEUE],
                        concurrency=self._concurrency,
                        install_signal_handlers=False,
                        fetch_job_polling_interval=LOOK_SECONDS,
                        shutdown_graceful_timeout=self._grace,
                        update_heartbeat_interval=heartbeat(self._lease),
                        stalled_worker_timeout=self._lease,
                    )
                except Exception as error:  # as when others took this process for lost and struck it off
                    logger.warning("work is begun again after %s", type(error.__cause__ or error).__name__)
                    await asyncio.sleep(1)

    async def _drain(self, context: JobContext, conversation: str) -> None:
        job = context.job
        assert job.id is not None
        self._running.add(job.id)
        try:
            await self._answer_some(job.id, conversation)
        except StoreUnavailable:
            logger.warning("a conversation is put off until the database is back")
        finally:
            self._running.discard(job.id)

    async def _answer_some(self, job_id: int, name: str) -> None:
        """Messages that come meanwhile have a job of their own, after this one."""
        conversation = conversation_of(name)
        is_over = False
        turn_ends = time.monotonic() + TURN_SECONDS
        for _ in range(MESSAGES_IN_A_ROW):
            following = () if self._is_stopping else await places.next_of(self._database, conversation, job_id)
            if following:
                await self._answer(following[0])
            is_over = len(following) < 2
            if is_over or time.monotonic() > turn_ends:
                break
        if self._is_stopping or not is_over:
            self._wakes.add([name])

    async def _answer(self, message: Message) -> None:
        self.at_work += 1
        try:
            with self._durations.measured():
                await self._worker.process(message.id, after=message.attempt)
        finally:
            self.at_work -= 1

    async def _count(self) -> None:
        while True:
            with suppress(StoreUnavailable):
                await self._recount()
            await asyncio.sleep(COUNT_SECONDS)

    async def _recount(self) -> None:
        """One for all who ask in the same moment."""
        async with self._counting:
            if time.monotonic() - self._counted_at >= RECOUNT_SECONDS:
                self._waiting = await places.waiting(self._database)
                self._counted_at = time.monotonic()


def _tell_of_its_end(employment: asyncio.Task[None]) -> None:
    if not employment.cancelled() and (error := employment.exception()) is not None:
        logger.error("this process takes no work any more", exc_info=error)
