"""Which message the running code works for: its spans and log lines are marked with it."""

import hashlib
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache

from config.telemetry import TelemetrySettings

MESSAGE_ID = "semker.message_id"
CONVERSATION = "semker.conversation"

type Hash = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Mark:
    message_id: str
    conversation_id: str


current_mark: ContextVar[Mark | None] = ContextVar("current_mark", default=None)


def conversation_hash(settings: TelemetrySettings) -> Hash:
    """The same on every replica; with a key nobody can find a conversation id by trying likely ones."""
    key = settings.telemetry_hash_key.get_secret_value().encode() if settings.telemetry_hash_key else b""

    @lru_cache(maxsize=4096)
    def hashed(conversation_id: str) -> str:
        return hashlib.blake2b(conversation_id.encode(), key=key[:64], digest_size=8, person=b"semker").hexdigest()

    return hashed


def attributes(mark: Mark, hashed: Hash) -> dict[str, str]:
    return {MESSAGE_ID: mark.message_id, CONVERSATION: hashed(mark.conversation_id)}
