"""This process works on every message of its store, in lanes; what was left open by a process before is taken up."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from models.conversation import ConversationKey
from models.errors import StoreUnavailable
from models.message import ErrorCode, Message, Place, Progress
from process import recording
from process.lanes import Lanes
from process.worker import Worker
from storage.base import MessageStore

RETRY_SECONDS = 1.0

logger = logging.getLogger(__name__)


class LocalQueue:
    def __init__(self, store: MessageStore, worker: Worker, *, concurrency: int, resumes: bool = False) -> None:
        """`resumes`: what a process leaves open is taken up by the next one; otherwise it ends `failed`.

        What can be taken up later does not fail because this process's worker is long in getting ready.
        """
        self._store = store
        self._worker = worker
        self._lanes = Lanes(self._process, concurrency=concurrency)
        self._resumes = resumes

    @property
    def waiting(self) -> int:
        return self._lanes.waiting

    @property
    def oldest_waiting_seconds(self) -> float:
        return self._lanes.oldest_waiting_seconds

    @property
    def at_work(self) -> int:
        return self._lanes.at_work

    @property
    def is_idle(self) -> bool:
        return self._lanes.is_idle

    async def has_room(self, most: int) -> bool:
        return self._lanes.waiting < most

    async def next_place(self, conversation: ConversationKey) -> Place:
        return self._lanes.next_place(conversation)

    async def place(self, message: Message) -> Place | None:
        return self._lanes.place(message.conversation, message.id)

    def enter(self, message: Message) -> None:
        self._lanes.enter(message.conversation, message.id)

    def wake(self) -> None:
        self._lanes.wake()

    async def leave(self, message: Message) -> None:
        self._lanes.leave(message.conversation, message.id)
        self._worker.stop(message.id)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        for message in await self._store.open_messages():
            self.enter(message)
        self._lanes.wake()
        try:
            yield
        finally:
            await self._lanes.stop()
            await self._close()

    async def drain(self, grace: float) -> None:
        try:
            async with asyncio.timeout(grace):
                await self._lanes.wait_until_idle()
        except TimeoutError:
            await self._close()

    async def _process(self, message_id: str) -> None:
        """The message keeps its place while the store is away, so that what came later stays behind it."""
        if self._resumes:
            await self._worker.ready()
        while True:
            try:
                for merged in await self._worker.process(message_id):
                    self._lanes.leave(merged.conversation, merged.id)
                return
            except StoreUnavailable:
                logger.warning("message %s waits for the store", message_id)
                await asyncio.sleep(RETRY_SECONDS)

    async def _close(self) -> None:
        if self._resumes:
            return
        interrupted = await self._store.open_messages()
        for message in interrupted:
            failure = Progress.failed(ErrorCode.WORKER_LOST, recording.failure_details(message))
            recording.saved(message, await self._store.append(message.id, failure))
        if interrupted:
            logger.warning("%d messages were interrupted by the shutdown", len(interrupted))
