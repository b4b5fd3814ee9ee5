"""A customer's message and the updates that tell how its answer comes about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pydantic import JsonValue

from models.conversation import ConversationKey
from models.principal import Principal


class MessageStatus(StrEnum):
    RECEIVED = "received"
    INPROGRESS = "inprogress"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        return self in _FINAL


_FINAL = frozenset({MessageStatus.COMPLETED, MessageStatus.FAILED, MessageStatus.CANCELLED})


class ErrorCode(StrEnum):
    """Why an accepted message failed; `sentence` is what the customer reads."""

    MODEL_TIMEOUT = "model_timeout"
    MODEL_UNAVAILABLE = "model_unavailable"
    MODEL_RATE_LIMITED = "model_rate_limited"
    MODEL_REJECTED = "model_rejected"
    BAD_MODEL_OUTPUT = "bad_model_output"
    TOOL_UNAVAILABLE = "tool_unavailable"
    TOOL_ERROR = "tool_error"
    DEADLINE_EXCEEDED = "deadline_exceeded"
    WORKER_LOST = "worker_lost"
    INTERNAL = "internal"

    @property
    def sentence(self) -> str:
        return _SENTENCES[self]


_BUSY = "We could not answer this just now because our assistant is not available. Please try again in a moment."
_SENTENCES: Mapping[ErrorCode, str] = {
    ErrorCode.MODEL_TIMEOUT: "Our assistant took too long to answer. Please try again.",
    ErrorCode.MODEL_UNAVAILABLE: _BUSY,
    ErrorCode.MODEL_RATE_LIMITED: _BUSY,
    ErrorCode.MODEL_REJECTED: "Our assistant cannot answer this message. Please put it in other words.",
    ErrorCode.BAD_MODEL_OUTPUT: "Our assistant could not give a reliable answer. Please try again.",
    ErrorCode.TOOL_UNAVAILABLE: "The information you asked for is not available right now. Please try again later.",
    ErrorCode.TOOL_ERROR: "We could not look this up. Please try again later.",
    ErrorCode.DEADLINE_EXCEEDED: "This took longer than we allow for one message. Please try again.",
    ErrorCode.WORKER_LOST: "We were interrupted before your answer was ready. Please send your message again.",
    ErrorCode.INTERNAL: "Something went wrong on our side. Please try again.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    id: str
    conversation_id: str
    owner: Principal
    text: str
    status: MessageStatus
    received_at: datetime
    attempt: int = 0
    traceparent: str | None = None
    callback_url: str | None = field(default=None, repr=False)

    @property
    def trace_id(self) -> str | None:
        """Of the request that brought it, and of all work on it."""
        return self.traceparent.split("-")[1] if self.traceparent else None

    @property
    def conversation(self) -> ConversationKey:
        return self.owner, self.conversation_id


type Details = Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What a planner or a worker has to say about a message; the store makes it an `Update`.

    `details` holds machine-readable facts: `{"kind": "plan", "agents": [...], ...}`,
    `{"kind": "tool", "agent": ..., "tool": ..., "arguments": {...}}` or, of an answer,
    `{"kind": "answer", "agents": [...], "model": ..., "usage": {...}, "degraded": [...], ...}`.
    """

    status: MessageStatus = MessageStatus.INPROGRESS
    result: str
    agent_name: str | None = None
    details: Details | None = None
    error_code: ErrorCode | None = None
    input_required: bool = False

    @classmethod
    def failed(cls, code: ErrorCode, details: Details | None = None) -> "Progress":
        return cls(status=MessageStatus.FAILED, result=code.sentence, error_code=code, details=details)


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of an answer while it is being written, for who looks on; it is not kept."""

    text: str
    agent_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a waiting message stands."""

    before_in_conversation: int
    before_in_queue: int
    estimated_wait_seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One entry of a message's history; `sequence` counts from 1 without gaps.

    `position` grows over all updates of a conversation, with gaps, and is never given twice.
    """

    message_id: str
    sequence: int
    position: int
    processed_at: datetime
    progress: Progress = field(repr=False)

    @property
    def status(self) -> MessageStatus:
        return self.progress.status
