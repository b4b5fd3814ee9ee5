"""Callbacks in this process's memory."""

from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from uuid import uuid4

from models.delivery import Deliveries, Delivery, DeliveryState, Owed, host_of, state_after
from models.message import Message
from storage.base import DELIVERIES_PER_MESSAGE


@dataclass(slots=True)
class _Entry:
    message: Message
    next_try_at: datetime | None
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    claim: str | None = None
    tries: deque[Delivery] = field(default_factory=lambda: deque(maxlen=DELIVERIES_PER_MESSAGE))


class MemoryOutbox:
    """No method awaits anything, so each is atomic on the event loop."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._entries: dict[str, _Entry] = {}
        self._pending: dict[str, _Entry] = {}

    def owe(self, message: Message) -> None:
        """A message that has become final."""
        self._entries[message.id] = self._pending[message.id] = _Entry(message, self._now())

    def forget(self, message_id: str) -> None:
        self._entries.pop(message_id, None)
        self._pending.pop(message_id, None)

    async def claim(self, *, until: datetime, limit: int, busy: Collection[str] = ()) -> Sequence[Owed]:
        now, claim = self._now(), uuid4().hex
        due = (entry for entry in self._pending.values() if entry.next_try_at is None or entry.next_try_at <= now)
        claimed = list(islice((entry for entry in due if host_of(entry.message) not in busy), limit))
        for entry in claimed:
            entry.attempts, entry.claim, entry.next_try_at = entry.attempts + 1, claim, until
        return tuple(Owed(entry.message, entry.attempts, claim) for entry in claimed)

    async def log_delivery(self, owed: Owed, delivery: Delivery, *, again_at: datetime | None) -> None:
        entry = self._entries.get(owed.message.id)
        if entry is None:
            return
        entry.tries.append(delivery)
        if entry.claim == owed.claim:
            entry.claim, entry.next_try_at, entry.state = None, again_at, state_after(delivery, again_at)
            if entry.state is not DeliveryState.PENDING:
                del self._pending[owed.message.id]

    async def deliveries(self, message_id: str) -> Deliveries:
        entry = self._entries.get(message_id)
        if entry is None:
            return Deliveries(message_id, DeliveryState.PENDING, ())
        return Deliveries(message_id, entry.state, tuple(entry.tries))

    async def redeliver(self, message_id: str) -> None:
        entry = self._entries.get(message_id)
        if entry is None or entry.claim is not None:
            return
        if entry.state is not DeliveryState.PENDING:
            entry.attempts = 0
        entry.state, entry.next_try_at = DeliveryState.PENDING, self._now()
        self._pending[message_id] = entry

    async def pending(self, *, at_most: int) -> int:
        return min(len(self._pending), at_most)
