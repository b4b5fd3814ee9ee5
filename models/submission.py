"""What a client sends and what it gets for it."""

from dataclasses import dataclass
from enum import StrEnum

from models.message import Message
from models.principal import Principal


class IfBusy(StrEnum):
    """What a message does whose conversation has another one that waits or is worked on."""

    ENQUEUE = "enqueue"
    REJECT = "reject"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """`key` makes one message of the same request however often it comes."""

    text: str
    conversation_id: str
    owner: Principal
    key: str | None = None
    if_busy: IfBusy = IfBusy.ENQUEUE
    callback_url: str | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    message: Message
    is_replay: bool = False
