"""Tells who asked for it, at their own address, that a message is final; tried again for days until it is heard."""

import asyncio
import logging
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import Protocol

from models.clock import utc_now
from models.delivery import Deliveries, Delivery, DeliveryState, Owed, host_of
from models.errors import (
    CallbacksOff,
    InvalidCallback,
    MessageNotFound,
    NothingToDeliver,
    StoreUnavailable,
    TooManyCallbacks,
)
from models.message import Message
from models.principal import Principal
from process.announcements import Announcements
from storage.base import DeliveryLog, MessageStore

HOUR = 3600
PAUSES = (5, 300, 1800, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR)  # ten tries
JITTER = 0.2
LOOK_SECONDS = 1.0
WATCH_SECONDS = 30.0
GRACE_SECONDS = 5.0
LATE_SECONDS = 0.005  # a timer may ring a little before the clock says so

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
        log: DeliveryLog,
        announcements: Announcements,
        send: Send | None,
        *,
        concurrency: int = 16,
        max_pending: int = 10_000,
        pauses: Sequence[float] = PAUSES,
        lease: float = 60,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        """Refused when there is nothing to send them with; `lease`: seconds that one try takes at most."""
        self._store = store
        self._log = log
        self._announcements = announcements
        self._send = send
        self._concurrency = concurrency
        self._max_pending = max_pending
        self._pauses = pauses
        self._lease = lease
        self._look_seconds = look_seconds
        self._watched: dict[str, asyncio.Task[None]] = {}
        self._tries: set[asyncio.Task[None]] = set()
        self._tries_of: Counter[str] = Counter()
        self._pending = 0
        self._wake = asyncio.Event()

    def check(self, url: str) -> None:
        """Raises `CallbacksOff`, `InvalidCallback`, `TooManyCallbacks`."""
        if self._send is None:
            raise CallbacksOff
        if not self._send.allows(url):
            raise InvalidCallback
        self._check_room()

    def watch(self, message_id: str) -> None:
        """Deliver as soon as the message is final; what nobody watches is found by the next look."""
        task = asyncio.create_task(self._wait_for(message_id))
        self._watched[message_id] = task
        task.add_done_callback(lambda _: self._watched.pop(message_id, None))

    async def deliveries(self, message_id: str, owner: Principal) -> Deliveries:
        message = await self._store.get(message_id, owner)
        if message.callback_url is None:
            return Deliveries(message_id, None, ())
        return await self._log.deliveries(message_id)

    async def redeliver(self, message_id: str, owner: Principal) -> Deliveries:
        """Another try now, whatever came of those before; raises `NothingToDeliver`, `TooManyCallbacks`."""
        message = await self._store.get(message_id, owner)
        if message.callback_url is None or not message.status.is_final:
            raise NothingToDeliver
        if (await self._log.deliveries(message_id)).state is not DeliveryState.PENDING:
            self._check_room()
        await self._log.redeliver(message_id)
        self._wake.set()
        return await self.deliveries(message_id, owner)

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[None]:
        """At the end every callback that is due is tried, if there is time for it."""
        if self._send is None:
            yield
            return
        looking = asyncio.create_task(self._run())
        try:
            yield
        finally:
            await _end([looking, *self._watched.values()])
            with suppress(TimeoutError, StoreUnavailable):
                async with asyncio.timeout(GRACE_SECONDS):
                    while await self._look() or self._tries:
                        if self._tries:  # else they ended while the store was asked
                            await asyncio.wait(self._tries, return_when=asyncio.FIRST_COMPLETED)
            await _end(self._tries)

    async def _wait_for(self, message_id: str) -> None:
        with (
            suppress(MessageNotFound),  # forgotten or erased
            self._announcements.listening(message_id, hears_deltas=False) as news,
        ):
            is_final = False
            while not is_final:
                news.take()
                with suppress(StoreUnavailable):
                    is_final = (await self._store.get(message_id)).status.is_final
                if not is_final:
                    await news.wait(WATCH_SECONDS)
        self._wake.set()

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            try:
                await self._look()
            except StoreUnavailable:
                logger.warning("callbacks wait until the store is back")
            except Exception:
                logger.exception("callbacks are looked for again")
            with suppress(TimeoutError):
                async with asyncio.timeout(self._look_seconds):
                    await self._wake.wait()

    async def _look(self) -> int:
        """Begins as many of the tries that are due as there are hands for; returns how many."""
        begun = 0
        while hands := self._concurrency - len(self._tries):
            # a host has at most as many hands as are free, so that one which is slow leaves some to the others
            busy = {host for host, tries in self._tries_of.items() if tries >= hands}
            most = max((tries for host, tries in self._tries_of.items() if host not in busy), default=0)
            limit = max(1, (hands - most) // 2)
            until = utc_now() + timedelta(seconds=self._lease)
            found = await self._log.claim(until=until, limit=limit, busy=busy)
            for owed in found:
                self._begin(owed)
            begun += len(found)
            if len(found) < limit:
                break
        self._pending = await self._log.pending(at_most=self._max_pending)
        return begun

    def _begin(self, owed: Owed) -> None:
        host = host_of(owed.message)
        self._tries_of[host] += 1
        task = asyncio.create_task(self._attempt(owed))
        self._tries.add(task)
        task.add_done_callback(partial(self._tried, host))

    async def _attempt(self, owed: Owed) -> None:
        message = owed.message
        assert message.callback_url is not None
        assert self._send is not None
        delivery = await self._send(message, message.callback_url)
        pause = None if delivery.is_over else self._pause_after(owed.attempt)
        if pause is None and not delivery.is_delivered:
            logger.warning("the callback of message %s is given up", message.id)
        again_at = None if pause is None else utc_now() + timedelta(seconds=pause)
        while True:
            try:
                await self._log.log_delivery(owed, delivery, again_at=again_at)
                break
            except StoreUnavailable:
                await asyncio.sleep(LOOK_SECONDS)
        if pause is not None and pause < self._look_seconds:
            asyncio.get_running_loop().call_later(pause + LATE_SECONDS, self._wake.set)

    def _pause_after(self, attempt: int) -> float | None:
        if attempt > len(self._pauses):
            return None
        return self._pauses[attempt - 1] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - no secret

    def _tried(self, host: str, task: asyncio.Task[None]) -> None:
        self._tries.discard(task)
        self._tries_of[host] -= 1
        if not self._tries_of[host]:
            del self._tries_of[host]
        self._wake.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("a callback broke", exc_info=error)

    def _check_room(self) -> None:
        if len(self._watched) + self._pending >= self._max_pending:
            raise TooManyCallbacks


async def _end(tasks: Iterable[asyncio.Task[None]]) -> None:
    ended = list(tasks)
    for task in ended:
        task.cancel()
    await asyncio.gather(*ended, return_exceptions=True)
