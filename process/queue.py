"""How accepted messages come to be worked on: in this process (local_queue.py), or by any process that works."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from models.conversation import ConversationKey
from models.message import Message, Place


class Queue(Protocol):
    """One message at a time per conversation, oldest first; conversations take turns."""

    @property
    def waiting(self) -> int:
        """Messages that were accepted and not begun, as far as this process knows."""

    @property
    def oldest_waiting_seconds(self) -> float: ...

    @property
    def at_work(self) -> int:
        """Messages that this process works on."""

    @property
    def is_idle(self) -> bool:
        """Nothing is left to do for this process."""

    async def has_room(self, most: int) -> bool:
        """Whether fewer than `most` messages wait; an estimate never refuses, it is counted first."""

    async def next_place(self, conversation: ConversationKey) -> Place:
        """The place that `enter` would give."""

    async def place(self, message: Message) -> Place | None:
        """None when the message is not waiting."""

    def enter(self, message: Message) -> None:
        """Take the next place for a message that is stored; work begins at the next `wake`."""

    def wake(self) -> None:
        """Harmless when there is nothing to do."""

    async def leave(self, message: Message) -> None:
        """It became final while it waited or was worked on: give up its place, stop the work."""

    def working(self) -> AbstractAsyncContextManager[None]:
        """Work is done while open."""

    async def drain(self, grace: float) -> None:
        """Finish what this process has to finish, in `grace` seconds at most."""
