"""Tells who asked for it, at their own address, that a message is final; tried again for days until it is heard."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Protocol

from models.delivery import Deliveries, Delivery, DeliveryState
from models.errors import CallbacksOff, InvalidCallback, MessageNotFound, NothingToDeliver, TooManyCallbacks
from models.message import Message
from models.principal import Principal
from process.announcements import Announcements
from storage.base import DeliveryLog, MessageStore

HOUR = 3600
PAUSES = (5, 300, 1800, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR)  # ten tries
JITTER = 0.2
LOOK_SECONDS = 5.0
GRACE_SECONDS = 5.0

logger = logging.getLogger(__name__)


class Send(Protocol):
    """One try; never raises for what the other side does."""

    def allows(self, url: str) -> bool:
        """Whether the address is one that may be called at all, as far as it tells by itself."""

    async def __call__(self, message: Message, url: str) -> Delivery: ...


class Callbacks:
    def __init__(
        self,
        store: MessageStore,
        log: DeliveryLog | None,
        announcements: Announcements,
        send: Send | None,
        *,
        concurrency: int = 16,
        max_pending: int = 10_000,
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        """Refused when there is nowhere to log them or nothing to send them with."""
        self._store = store
        self._log = log
        self._announcements = announcements
        self._send = send
        self._hands = asyncio.Semaphore(concurrency)
        self._max_pending = max_pending
        self._pauses = pauses
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._untried: set[str] = set()
        self._all_tried = asyncio.Event()
        self._all_tried.set()

    def check(self, url: str) -> None:
        """Raises `CallbacksOff`, `InvalidCallback`, `TooManyCallbacks`."""
        if self._log is None or self._send is None:
            raise CallbacksOff
        if not self._send.allows(url):
            raise InvalidCallback
        if len(self._tasks) >= self._max_pending:
            raise TooManyCallbacks

    def watch(self, message_id: str) -> None:
        """Deliver when the message is final."""
        self._untried.add(message_id)
        self._all_tried.clear()
        task = asyncio.create_task(self._run(message_id))
        self._tasks[message_id] = task
        task.add_done_callback(lambda _: self._forget(message_id, task))

    async def deliveries(self, message_id: str, owner: Principal) -> Deliveries:
        message = await self._store.get(message_id, owner)
        if message.callback_url is None or self._log is None:
            return Deliveries(message_id, None, ())
        tries = tuple(await self._log.deliveries(message_id))
        return Deliveries(message_id, self._state(message_id, tries), tries)

    async def redeliver(self, message_id: str, owner: Principal) -> Deliveries:
        """Another try now, whatever came of those before; raises `NothingToDeliver`, `TooManyCallbacks`."""
        message = await self._store.get(message_id, owner)
        if message.callback_url is None or not message.status.is_final:
            raise NothingToDeliver
        if self._is_pending(message_id):
            self._announcements.announce(message_id, message.conversation)  # ends its pause
        elif len(self._tasks) >= self._max_pending:
            raise TooManyCallbacks
        else:
            self.watch(message_id)
        return await self.deliveries(message_id, owner)

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[None]:
        """At the end every callback has had its first try, if there is time for it."""
        try:
            yield
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(GRACE_SECONDS):
                    await self._all_tried.wait()
            tasks = list(self._tasks.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, message_id: str) -> None:
        pauses = iter(self._pauses)
        with (
            suppress(MessageNotFound),  # forgotten or erased
            self._announcements.listening(message_id, hears_deltas=False) as news,
        ):
            while True:
                news.take()
                message = await self._store.get(message_id)
                if not message.status.is_final:
                    await news.wait(LOOK_SECONDS)
                    continue
                if (await self._attempt(message)).is_over:
                    return
                pause = next(pauses, None)
                if pause is None:
                    logger.warning("the callback of message %s is given up", message_id)
                    return
                await news.wait(pause * random.uniform(1 - JITTER, 1 + JITTER))  # noqa: S311 - no secret

    async def _attempt(self, message: Message) -> Delivery:
        assert message.callback_url is not None
        assert self._send is not None
        assert self._log is not None
        async with self._hands:
            delivery = await self._send(message, message.callback_url)
        await self._log.log_delivery(message.id, delivery)
        self._tried(message.id)
        return delivery

    def _state(self, message_id: str, tries: Sequence[Delivery]) -> DeliveryState:
        if tries and tries[-1].is_delivered:
            return DeliveryState.DELIVERED
        return DeliveryState.PENDING if self._is_pending(message_id) else DeliveryState.GIVEN_UP

    def _is_pending(self, message_id: str) -> bool:
        return message_id in self._tasks and not self._tasks[message_id].done()

    def _tried(self, message_id: str) -> None:
        self._untried.discard(message_id)
        if not self._untried:
            self._all_tried.set()

    def _forget(self, message_id: str, task: asyncio.Task[None]) -> None:
        if self._tasks.get(message_id) is task:  # else another delivery has begun meanwhile
            del self._tasks[message_id]
            self._tried(message_id)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("the callback of message %s broke", message_id, exc_info=error)
