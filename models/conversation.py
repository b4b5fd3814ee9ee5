"""What was said in a conversation: the customer's texts and our final replies, nothing in between."""

from dataclasses import dataclass
from enum import StrEnum

from models.principal import Principal

type ConversationKey = tuple[Principal, str]
"""A conversation id means something only together with its owner."""


class Role(StrEnum):
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Turn:
    role: Role
    text: str
