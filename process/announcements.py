"""Wakes who waits for news of a message or a conversation.

The store stays the truth: an announcement says that there is something to read, never what, so that it may also come
from another process, come twice or get lost. Only the pieces of an answer that is being written travel here.
"""

import asyncio
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from models.conversation import ConversationKey
from models.message import Delta, Message

MAX_PENDING_CHARACTERS = 64 * 1024


@dataclass(frozen=True, slots=True)
class LiveDelta:
    message_id: str
    delta: Delta

    def continues_with(self, message_id: str, delta: Delta) -> bool:
        return (self.message_id, self.delta.agent_name) == (message_id, delta.agent_name)


class Listener:
    """What came for one reader since it last took; a reader that does not take is cut off, not waited for."""

    __slots__ = ("_characters", "_deltas", "_has_news", "_woken", "hears_deltas", "is_closed", "is_overrun")

    def __init__(self, *, hears_deltas: bool = True) -> None:
        self.hears_deltas = hears_deltas
        self._woken = asyncio.Event()
        self._deltas: list[LiveDelta] = []
        self._characters = 0
        self._has_news = False
        self.is_overrun = False
        self.is_closed = False

    def announce(self) -> None:
        self._has_news = True
        self._woken.set()

    def close(self) -> None:
        self.is_closed = True
        self._woken.set()

    def tell(self, message_id: str, delta: Delta) -> None:
        """Pieces of one text that were not taken yet become one."""
        if not self.hears_deltas:
            return
        self._characters += len(delta.text) or 1
        if self._characters > MAX_PENDING_CHARACTERS:
            self.is_overrun = True
            self._deltas.clear()
        elif self._deltas and self._deltas[-1].continues_with(message_id, delta):
            text = self._deltas.pop().delta.text + delta.text
            self._deltas.append(LiveDelta(message_id, Delta(text, delta.agent_name)))
        else:
            self._deltas.append(LiveDelta(message_id, delta))
        self._woken.set()

    def take(self) -> tuple[bool, Sequence[LiveDelta]]:
        """Whether there is news, and the deltas; a reader looks into the store after this, not before."""
        taken = self._has_news, self._deltas
        self._has_news, self._deltas, self._characters = False, [], 0
        self._woken.clear()
        return taken

    async def wait(self, seconds: float) -> None:
        """Until something came or the time is over."""
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            self._has_news = True  # an announcement may have been lost: look


class Announcements:
    def __init__(self) -> None:
        self._listeners: dict[Hashable, set[Listener]] = {}
        self.is_closed = False

    def announce(self, message_id: str, conversation: ConversationKey) -> None:
        for listener in self._of(message_id, conversation):
            listener.announce()

    def tell(self, message: Message, delta: Delta) -> None:
        for listener in self._of(message.id, message.conversation):
            listener.tell(message.id, delta)

    def is_followed(self, message: Message) -> bool:
        """Whether anybody reads along right now, so that pieces of an answer are worth telling."""
        return any(listener.hears_deltas for listener in self._of(message.id, message.conversation))

    @contextmanager
    def listening(self, topic: str | ConversationKey, *, hears_deltas: bool = True) -> Iterator[Listener]:
        """`topic` is a message's id or a conversation."""
        listener = Listener(hears_deltas=hears_deltas)
        if self.is_closed:
            listener.close()
        self._listeners.setdefault(topic, set()).add(listener)
        try:
            yield listener
        finally:
            self._listeners[topic].discard(listener)
            if not self._listeners[topic]:
                del self._listeners[topic]

    def close(self) -> None:
        """Ends every wait, now and later, so that nobody holds up a shutdown."""
        self.is_closed = True
        for listeners in self._listeners.values():
            for listener in listeners:
                listener.close()

    def _of(self, message_id: str, conversation: ConversationKey) -> Iterator[Listener]:
        yield from self._listeners.get(message_id, ())
        yield from self._listeners.get(conversation, ())
