"""The service behind the routes: accepts messages, has them worked on in order, and tells what became of them."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from models.claim import Claim, digest_of
from models.clock import utc_now
from models.conversation import ConversationKey, Turn
from models.errors import (
    CallbacksOff,
    ConversationBusy,
    InvalidMessage,
    MessageIsFinal,
    MessageNotFound,
    QueueFull,
    ShuttingDown,
    StoreUnavailable,
)
from models.message import Details, Message, MessageStatus, Place, Progress, Update
from models.page import MessageFilter, Page
from models.principal import Principal
from models.submission import Accepted, IfBusy, Submission
from process import recording
from process.callbacks import Callbacks
from process.queue import Queue
from storage.base import MessageStore
from telemetry.tracing import current_traceparent

CANCELLED = Progress(status=MessageStatus.CANCELLED, result="Cancelled at your request.")
MAINTENANCE_SECONDS = 1.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    max_message_length: int
    max_queued_messages: int
    message_ttl: float
    key_ttl: float = 86_400


@dataclass(frozen=True, slots=True)
class Conversation:
    messages: Sequence[Message]
    turns: Sequence[Turn]
    position: int


class MessageProcessor:
    def __init__(self, store: MessageStore, queue: Queue, limits: Limits, callbacks: Callbacks | None = None) -> None:
        self._store = store
        self._queue = queue
        self._limits = limits
        self._callbacks = callbacks
        self.is_draining = False
        self.has_store = True

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work and maintenance while open."""
        async with self._queue.working():
            maintenance = asyncio.create_task(self._maintain())
            try:
                yield
            finally:
                self.is_draining = True
                maintenance.cancel()
                await asyncio.gather(maintenance, return_exceptions=True)

    async def submit(self, submission: Submission) -> Accepted:
        """Accept a message: stored and in its place; what was accepted before is told again, whatever the load.

        Raises `QueueFull`, `ShuttingDown`, `InvalidMessage`, `KeyReused`, `ConversationBusy`.
        """
        claim = self._claim(submission)
        earlier = await self._store.claimed(submission.owner, claim) if claim else None
        if earlier is not None:
            recording.accepted(earlier)
            return Accepted(earlier, is_replay=True)
        await self._check(submission)
        message = Message(
            id=str(uuid4()),
            conversation_id=submission.conversation_id,
            owner=submission.owner,
            text=submission.text,
            status=MessageStatus.RECEIVED,
            received_at=utc_now(),
            traceparent=current_traceparent(),
            callback_url=submission.callback_url,
        )
        recording.accepted(message)
        stored = await self._save(message, claim, submission.if_busy)
        if stored.id != message.id:
            return Accepted(stored, is_replay=True)
        self._queue.enter(message)
        if message.callback_url is not None and self._callbacks is not None:
            self._callbacks.watch(message.id)
        return Accepted(message)

    async def _save(self, message: Message, claim: Claim | None, if_busy: IfBusy) -> Message:
        while True:
            received = _received(await self._queue.next_place(message.conversation))
            try:
                return await self._store.add(message, received, claim=claim, alone=if_busy is not IfBusy.ENQUEUE)
            except ConversationBusy:
                if if_busy is not IfBusy.REPLACE:
                    raise
                await self._cancel_open(message.conversation)

    def _claim(self, submission: Submission) -> Claim | None:
        if submission.key is None:
            return None
        digest = digest_of(submission.conversation_id, submission.text, submission.callback_url)
        return Claim(submission.key, digest, utc_now() - timedelta(seconds=self._limits.key_ttl))

    async def _check(self, submission: Submission) -> None:
        if self.is_draining:
            raise ShuttingDown
        if len(submission.text) > self._limits.max_message_length:
            raise InvalidMessage(f"message: at most {self._limits.max_message_length} characters are allowed")
        if not await self._queue.has_room(self._limits.max_queued_messages):
            raise QueueFull
        if submission.callback_url is not None:
            if self._callbacks is None:
                raise CallbacksOff
            self._callbacks.check(submission.callback_url)

    async def wake(self) -> None:
        """The background task of the request that brought a message: work begins when the answer is sent."""
        self._queue.wake()

    async def get(self, message_id: str, owner: Principal) -> Message:
        return await self._store.get(message_id, owner)

    async def place(self, message: Message) -> Place | None:
        """None when the message is not waiting."""
        return await self._queue.place(message)

    async def cancel(self, message_id: str, owner: Principal) -> Message:
        """End a message now, whether it waits or is worked on; raises `MessageIsFinal` unless it is already cancelled.

        The status is the decision, so that whoever works on the message need only be told that it is over.
        """
        message = await self._store.get(message_id, owner)
        if message.status is not MessageStatus.CANCELLED:
            recording.saved(message, await self._store.append(message_id, CANCELLED))
        await self._queue.leave(message)
        return await self._store.get(message_id, owner)

    async def erase(self, owner: Principal, conversation_id: str) -> None:
        """Cancel what is open in a conversation and forget all of it; raises `ConversationNotFound`."""
        conversation = owner, conversation_id
        await self._cancel_open(conversation)
        await self._store.erase(conversation)

    async def _cancel_open(self, conversation: ConversationKey) -> None:
        for message in await self._store.open_messages(conversation):
            with suppress(MessageIsFinal, MessageNotFound):  # answered or erased in between
                await self.cancel(message.id, message.owner)

    async def updates(self, message_id: str, owner: Principal, *, after: int = 0) -> Sequence[Update]:
        await self._store.get(message_id, owner)
        return await self._store.updates(message_id, after=after)

    async def last_update(self, message: Message) -> Update:
        """Of a message that was got for its owner."""
        return await self._store.last_update(message.id)

    async def page(self, query: MessageFilter, *, limit: int, cursor: str | None = None) -> Page:
        return await self._store.page(query, limit=limit, cursor=cursor)

    async def conversation(self, owner: Principal, conversation_id: str, *, limit: int) -> Conversation:
        """With the newest `limit` messages and turns; raises `ConversationNotFound`."""
        position = await self._store.position((owner, conversation_id))  # first: what comes later is followed from it
        query = MessageFilter(owner=owner, conversation_id=conversation_id)
        page = await self._store.page(query, limit=limit)
        return Conversation(page.messages, await self._store.turns(owner, conversation_id, limit=limit), position)

    async def position(self, owner: Principal, conversation_id: str) -> int:
        return await self._store.position((owner, conversation_id))

    @property
    def waiting(self) -> int:
        return self._queue.waiting

    @property
    def oldest_waiting_seconds(self) -> float:
        return self._queue.oldest_waiting_seconds

    @property
    def at_work(self) -> int:
        return self._queue.at_work

    @property
    def is_idle(self) -> bool:
        return self._queue.is_idle

    async def drain(self, grace: float) -> None:
        """Refuse new messages and finish accepted ones, in `grace` seconds at most."""
        self.is_draining = True
        await self._queue.drain(grace)

    async def _maintain(self) -> None:
        while True:
            await asyncio.sleep(MAINTENANCE_SECONDS)
            try:
                await self._store.sweep(utc_now() - timedelta(seconds=self._limits.message_ttl))
                self._queue.wake()  # a background task can be lost with its connection
                self.has_store = True
            except StoreUnavailable:
                self.has_store = False
            except Exception:
                self.has_store = False
                logger.exception("maintenance failed and is tried again")


def _received(place: Place) -> Progress:
    details: Details = {
        "kind": "place",
        "before_in_conversation": place.before_in_conversation,
        "before_in_queue": place.before_in_queue,
        "estimated_wait_seconds": place.estimated_wait_seconds,
    }
    return Progress(status=MessageStatus.RECEIVED, result="Message received and sent to the agent.", details=details)
