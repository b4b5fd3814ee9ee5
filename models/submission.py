"""What a client sends and what it gets for it."""

from dataclasses import dataclass

from models.message import Message
from models.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """`key` makes one message of the same request however often it comes."""

    text: str
    conversation_id: str
    owner: Principal
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    message: Message
    is_replay: bool = False
