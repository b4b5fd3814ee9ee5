"""Which messages to list, and one page of them."""

from dataclasses import dataclass

from models.message import Message, MessageStatus
from models.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFilter:
    owner: Principal
    status: MessageStatus | None = None
    conversation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Newest first; `total` counts all that match, `next` is the cursor of the page after this one."""

    messages: tuple[Message, ...]
    total: int
    next: str | None
