"""What the processor asks of a store; memory.py is the default, and every store passes tests/unit/test_store.py."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Protocol

from models.claim import Claim
from models.conversation import ConversationKey, Turn
from models.delivery import Deliveries, Delivery, Owed
from models.message import Message, Progress, Update
from models.page import MessageFilter, Page
from models.principal import Principal

DELIVERIES_PER_MESSAGE = 50
UPDATES_AT_ONCE = 500

type Announce = Callable[[str, ConversationKey], None]
"""Called by a store with a message's id and its conversation, after each of its updates is saved or erased."""


class MessageStore(Protocol):
    """Values out are frozen; what an owner may not see does not exist for them."""

    async def add(
        self, message: Message, received: Progress, *, claim: Claim | None = None, alone: bool = False
    ) -> Message:
        """Save a new message with its first update and its claim, or return the one that the claim was made for.

        Raises `KeyReused`, or `ConversationBusy` when `alone` and there is an open message in its conversation.
        """

    async def claimed(self, owner: Principal, claim: Claim) -> Message | None:
        """The message that was saved with this claim, as it is now; raises `KeyReused` if it was another request's."""

    async def get(self, message_id: str, owner: Principal | None = None) -> Message:
        """Raises `MessageNotFound`, for somebody else's message too."""

    async def updates(self, message_id: str, *, after: int = 0) -> Sequence[Update]:
        """Updates with `sequence` > `after`, oldest first; raises `MessageNotFound`."""

    async def last_update(self, message_id: str) -> Update:
        """Raises `MessageNotFound`."""

    async def begin(self, message_id: str, *, after: int | None = None) -> Message:
        """Count one more attempt; raises `MessageIsFinal`, or `AttemptOver` when there were not `after` ones before."""

    async def append(
        self, message_id: str, progress: Progress, turns: Sequence[Turn] = (), *, attempt: int | None = None
    ) -> Update:
        """Save the update, the status that it brings and the turns together, or nothing.

        Raises `MessageIsFinal`, or `AttemptOver` when `attempt` is not the latest one.
        """

    async def page(self, query: MessageFilter, *, limit: int, cursor: str | None = None) -> Page:
        """Raises `InvalidCursor`."""

    async def turns(self, owner: Principal, conversation_id: str, *, limit: int) -> Sequence[Turn]:
        """The last `limit` turns, oldest first; none when the conversation is unknown."""

    async def position(self, conversation: ConversationKey) -> int:
        """Position of the conversation's newest update, forgotten or not; raises `ConversationNotFound`."""

    async def conversation_updates(
        self, conversation: ConversationKey, *, after: int = 0, limit: int = UPDATES_AT_ONCE
    ) -> Sequence[Update]:
        """The first `limit` updates of all its messages with `position` > `after`; raises `ConversationNotFound`."""

    async def erase(self, conversation: ConversationKey) -> None:
        """Forget its messages, open ones too, with their updates, and its turns; raises `ConversationNotFound`."""

    async def open_messages(self, conversation: ConversationKey | None = None) -> Sequence[Message]:
        """Messages that are not final, of one conversation or all, oldest first."""

    async def sweep(self, finished_before: datetime) -> int:
        """Forget messages that became final before then, and what was said before then; returns how many messages."""


class DeliveryLog(Protocol):
    """Callbacks that are owed for final messages, and the tries.

    A store saves one together with the final status, and forgets it with the message.
    """

    async def claim(self, *, until: datetime, limit: int, busy: Collection[str] = ()) -> Sequence[Owed]:
        """Those whose time has come and that nobody else has, but for `busy` hosts.

        One that is not logged is free again at `until`.
        """

    async def log_delivery(self, owed: Owed, delivery: Delivery, *, again_at: datetime | None) -> None:
        """A try and when the next one is, if any; with a claim that is over, only the try."""

    async def deliveries(self, message_id: str) -> Deliveries:
        """With the newest tries, oldest first; pending and none of a message that is not final or not there."""

    async def redeliver(self, message_id: str) -> None:
        """A try is due now, unless there is one at work; those that were settled begin anew."""

    async def pending(self, *, at_most: int) -> int: ...
