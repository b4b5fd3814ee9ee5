"""Which message the running code works for: its spans and log lines are marked with it."""

import hashlib
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache

from opentelemetry import trace

from config.telemetry import TelemetrySettings

MESSAGE_ID = "semker.message_id"
CONVERSATION = "semker.conversation"

type Hash = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Mark:
    """What spans and log lines say of a message; never the conversation's id itself, which may be a phone number."""

    facts: Mapping[str, str]

    @classmethod
    def of(cls, message_id: str, conversation_id: str) -> "Mark":
        hashed: Hash | None = getattr(trace.get_tracer_provider(), "hashed", None)
        conversation = {CONVERSATION: hashed(conversation_id)} if hashed else {}
        return cls({MESSAGE_ID: message_id, **conversation})


current_mark: ContextVar[Mark | None] = ContextVar("current_mark", default=None)


def current_facts() -> Mapping[str, str]:
    mark = current_mark.get()
    return mark.facts if mark else {}


def conversation_hash(settings: TelemetrySettings) -> Hash:
    """The same on every replica; with a key nobody can find a conversation id by trying likely ones."""
    key = settings.telemetry_hash_key.get_secret_value().encode() if settings.telemetry_hash_key else b""

    @lru_cache(maxsize=4096)
    def hashed(conversation_id: str) -> str:
        return hashlib.blake2b(conversation_id.encode(), key=key[:64], digest_size=8, person=b"semker").hexdigest()

    return hashed
