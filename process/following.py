"""For readers who follow: what the store holds first, then what comes, every update once and in order.

A reader listens before it looks, and looks by sequence, so that nothing is lost or repeated in between.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Hashable, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass
from enum import StrEnum

from models.conversation import ConversationKey
from models.errors import ConversationNotFound, MessageNotFound, ShuttingDown
from models.message import MessageStatus, Update
from process.announcements import Announcements, Listener, LiveDelta
from process.seats import Seats
from storage.base import UPDATES_AT_ONCE, MessageStore


class Parting(StrEnum):
    """Why a stream ends before its time; the reader comes back and goes on after the last update that it got."""

    TIME = "time"
    SLOW = "slow"
    ERASED = "erased"
    SHUTDOWN = "shutdown"


@dataclass(frozen=True, slots=True)
class Done:
    message_id: str
    status: MessageStatus


@dataclass(frozen=True, slots=True)
class Beat:
    """Nothing new for a while; told so that nobody on the way takes the connection for dead."""


type Event = Update | LiveDelta | Done | Beat | Parting
type Look = Callable[[int], Awaitable[Sequence[Update]]]


class Following:
    def __init__(
        self,
        store: MessageStore,
        announcements: Announcements,
        seats: Seats,
        *,
        max_seconds: float,
        look_seconds: float = 5,
        beat_seconds: float = 15,
    ) -> None:
        """`look_seconds`: how late an update is when its announcement was lost."""
        self._store = store
        self._announcements = announcements
        self._seats = seats
        self._max_seconds = max_seconds
        self._look_seconds = look_seconds
        self._beat_seconds = beat_seconds

    def close(self) -> None:
        """End all streams and waits, for a shutdown; later ones are refused."""
        self._announcements.close()

    async def wait_for_updates(
        self, message_id: str, *, after: int, seconds: float, client: Hashable
    ) -> Sequence[Update]:
        """Those after `after` as soon as there are any; none when the message is final or the time is over."""
        end = _now() + seconds
        with self._seated(message_id, client, hears_deltas=False) as news:
            while True:
                news.take()
                message = await self._store.get(message_id)
                updates = await self._store.updates(message_id, after=after)
                if updates or message.status.is_final or news.is_closed or _now() >= end:
                    return updates
                await news.wait(min(end - _now(), self._look_seconds))

    @asynccontextmanager
    async def message(self, message_id: str, *, after: int, client: Hashable) -> AsyncIterator[AsyncGenerator[Event]]:
        """Updates with `sequence` > `after` and what is said meanwhile; the last event is `Done` or a `Parting`."""
        with self._seated(message_id, client) as news:
            async with aclosing(self._of_message(news, message_id, after)) as events:
                yield events

    @asynccontextmanager
    async def conversation(
        self, conversation: ConversationKey, *, after: int, client: Hashable
    ) -> AsyncIterator[AsyncGenerator[Event]]:
        """The same for all messages of a conversation, by `position`, with a `Done` for each; ends with a `Parting`."""
        with self._seated(conversation, client) as news:
            async with aclosing(self._of_conversation(news, conversation, after)) as events:
                yield events

    @contextmanager
    def _seated(
        self, topic: str | ConversationKey, client: Hashable, *, hears_deltas: bool = True
    ) -> Iterator[Listener]:
        if self._announcements.is_closed:
            raise ShuttingDown
        with (
            self._seats.taken(client),
            self._announcements.listening(topic, hears_deltas=hears_deltas) as news,
        ):
            yield news

    async def _of_message(self, news: Listener, message_id: str, after: int) -> AsyncGenerator[Event]:
        async def look(seen: int) -> Sequence[Update]:
            return await self._store.updates(message_id, after=seen)

        try:
            message = await self._store.get(message_id)
            after = min(after, len(await look(0))) if after else 0  # else the end would never come
            if message.status.is_final and not await look(after):
                yield Done(message_id, message.status)
                return
        except MessageNotFound:
            yield Parting.ERASED
            return
        events = self._events(news, look, after, position=lambda update: update.sequence, still_open={message_id})
        async with aclosing(events):
            async for event in events:
                yield event
                if isinstance(event, Done):
                    return

    async def _of_conversation(
        self, news: Listener, conversation: ConversationKey, after: int
    ) -> AsyncGenerator[Event]:
        async def look(seen: int) -> Sequence[Update]:
            return await self._store.conversation_updates(conversation, after=seen)

        still_open = {message.id for message in await self._store.open_messages(conversation)}
        events = self._events(news, look, after, position=lambda update: update.position, still_open=still_open)
        async with aclosing(events):
            async for event in events:
                yield event

    async def _events(
        self, news: Listener, look: Look, after: int, *, position: Callable[[Update], int], still_open: set[str]
    ) -> AsyncGenerator[Event]:
        end = _now() + self._max_seconds
        last_told = _now()
        news.announce()  # there may be something already
        while True:
            has_news, deltas = news.take()
            try:
                updates = await look(after) if has_news else ()
            except (MessageNotFound, ConversationNotFound):
                yield Parting.ERASED
                return
            for update in updates:
                after = position(update)
                still_open.add(update.message_id)
                yield update
                if update.status.is_final:
                    still_open.discard(update.message_id)
                    yield Done(update.message_id, update.status)
            for live in deltas:
                if live.message_id in still_open:
                    yield live
            if len(updates) >= UPDATES_AT_ONCE:
                news.announce()  # there may be more
            if parting := _parting(news, end):
                yield parting
                return
            if updates or deltas:
                last_told = _now()
            elif _now() - last_told >= self._beat_seconds:
                last_told = _now()
                yield Beat()
            await news.wait(min(end - _now(), self._look_seconds))


def _parting(news: Listener, end: float) -> Parting | None:
    if news.is_closed:
        return Parting.SHUTDOWN
    if news.is_overrun:
        return Parting.SLOW
    return Parting.TIME if _now() >= end else None


def _now() -> float:
    return asyncio.get_running_loop().time()
