"""Messages that a customer sends one after the other, faster than they are answered, are answered as one."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from models.errors import MessageIsFinal, MessageNotFound
from models.message import Details, Message, MessageStatus, Progress
from process import recording
from storage.base import MessageStore


class Merging:
    def __init__(self, store: MessageStore, *, window: float, max_length: int) -> None:
        """`window`: seconds between two messages that may be one; 0 keeps all apart. `max_length`: of their text."""
        self._store = store
        self._window = timedelta(seconds=window)
        self._max_length = max_length

    async def followers(self, message: Message) -> Sequence[Message]:
        """Those that wait behind the message and are answered with it; until then they stay as they are."""
        if not self._window:
            return ()
        found: list[Message] = []
        last, length = message, len(message.text)
        for other in await self._store.open_messages(message.conversation):
            if other.id == message.id:
                continue
            length += len("\n") + len(other.text)
            if other.received_at - last.received_at > self._window or length > self._max_length:
                break
            found.append(other)
            last = other
        return found

    async def remaining(self, message: Message, followers: Sequence[Message]) -> Sequence[Message]:
        """Those that nobody cancelled meanwhile: what is cancelled leaves nothing in the history."""
        if not followers:
            return ()
        still_open = {other.id for other in await self._store.open_messages(message.conversation)}
        return [follower for follower in followers if follower.id in still_open]

    async def complete(self, message: Message, followers: Sequence[Message], answer: Progress) -> None:
        """After an answer to all of them; who was cancelled meanwhile stays so."""
        details: Details = {"kind": "merged", "answered_by": message.id}
        pointer = Progress(
            status=MessageStatus.COMPLETED,
            result="Answered together with your message before.",
            agent_name=answer.agent_name,
            details=details,
        )
        for follower in followers:
            with suppress(MessageIsFinal, MessageNotFound):
                recording.saved(follower, await self._store.append(follower.id, pointer))


def joined(message: Message, followers: Sequence[Message]) -> Message:
    return replace(message, text="\n".join([message.text, *(follower.text for follower in followers)]))
