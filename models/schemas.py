"""JSON in and out. The fields of the first contract come first; what was added since is additive."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue

from models.conversation import Role, Turn
from models.delivery import Deliveries, DeliveryState
from models.message import ErrorCode, Message, MessageStatus, Place, Update
from models.text import is_blank

_MESSAGE_ID = "550e8400-e29b-41d4-a716-446655440000"
_TIME = "2026-11-09T10:30:00.123456Z"


def _storable(text: str) -> str:
    if is_blank(text):
        raise ValueError("must not be blank")
    if "\0" in text:
        raise ValueError("must not contain U+0000")
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("must not contain unpaired surrogates")
    return text


class MessageRequest(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"message": "What is my current bill?"}})

    message: Annotated[str, Field(strict=True, min_length=1), AfterValidator(_storable)] = Field(
        description="The customer's text; not blank, at most MAX_MESSAGE_LENGTH characters."
    )
    callback_url: Annotated[str, Field(strict=True)] | None = Field(
        default=None,
        description="Told when the message is final, as Standard Webhooks says, and again until it answers 2xx; https.",
    )


class MessageResponse(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={"example": {"message_id": _MESSAGE_ID, "status": "received", "received_at": _TIME}}
    )

    message_id: str
    status: MessageStatus
    received_at: datetime

    @classmethod
    def of(cls, message: Message) -> "MessageResponse":
        return cls(message_id=message.id, status=MessageStatus.RECEIVED, received_at=message.received_at)


class UpdateResponse(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "message_id": _MESSAGE_ID,
                "status": "completed",
                "processed_at": _TIME,
                "result": "Your current bill is £45.50.",
                "agent_name": "BillingAgent",
                "sequence": 4,
                "details": None,
                "error_code": None,
                "input_required": False,
            }
        }
    )

    message_id: str
    status: MessageStatus
    processed_at: datetime
    result: str | None
    agent_name: str | None
    sequence: int = Field(description="1, 2, 3 ... without gaps")
    details: dict[str, JsonValue] | None = Field(description="Machine-readable facts: a plan, a tool call, an answer.")
    error_code: ErrorCode | None
    input_required: bool = Field(description="True when `result` asks the customer something.")

    @classmethod
    def of(cls, update: Update) -> "UpdateResponse":
        progress = update.progress
        return cls(
            message_id=update.message_id,
            status=progress.status,
            processed_at=update.processed_at,
            result=progress.result,
            agent_name=progress.agent_name,
            sequence=update.sequence,
            details=dict(progress.details) if progress.details is not None else None,
            error_code=progress.error_code,
            input_required=progress.input_required,
        )


class MessageSummary(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "message_id": _MESSAGE_ID,
                "status": "completed",
                "content": "What is my current bill?",
                "timestamp": _TIME,
                "conversation_id": "thread-123",
            }
        }
    )

    message_id: str
    status: MessageStatus
    content: str
    timestamp: datetime = Field(description="When the message was received.")
    conversation_id: str

    @classmethod
    def of(cls, message: Message) -> "MessageSummary":
        return cls(
            message_id=message.id,
            status=message.status,
            content=message.text,
            timestamp=message.received_at,
            conversation_id=message.conversation_id,
        )


class PlaceResponse(BaseModel):
    before_in_conversation: int = Field(description="Messages of the conversation that are answered first.")
    before_in_queue: int = Field(description="Waiting messages of all conversations that are begun first.")
    estimated_wait_seconds: float | None = Field(
        description="Until the work begins, judged by recent messages; null when there were none."
    )

    @classmethod
    def of(cls, place: Place) -> "PlaceResponse":
        return cls(
            before_in_conversation=place.before_in_conversation,
            before_in_queue=place.before_in_queue,
            estimated_wait_seconds=place.estimated_wait_seconds,
        )


class StatusResponse(MessageSummary):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "message_id": _MESSAGE_ID,
                "status": "received",
                "content": "What is my current bill?",
                "timestamp": _TIME,
                "conversation_id": "thread-123",
                "agent_name": None,
                "result": None,
                "error_code": None,
                "place": {"before_in_conversation": 1, "before_in_queue": 4, "estimated_wait_seconds": 2.5},
            }
        }
    )

    agent_name: str | None = Field(description="Who gave the final answer; null before.")
    result: str | None = Field(description="The final answer; null before.")
    error_code: ErrorCode | None = None
    place: PlaceResponse | None = Field(default=None, description="Where it stands while it waits, else null.")

    @classmethod
    def at(cls, message: Message, last: Update, place: Place | None) -> "StatusResponse":
        final = last.progress if last.status.is_final else None
        return cls(
            **MessageSummary.of(message).model_dump(),
            agent_name=final.agent_name if final else None,
            result=final.result if final else None,
            error_code=final.error_code if final else None,
            place=PlaceResponse.of(place) if place else None,
        )


class DeliveryResponse(BaseModel):
    attempted_at: datetime
    status_code: int | None = Field(description="What the receiver answered; null when it did not.")
    error: str | None = Field(description="`timeout` or `unreachable` when there was no answer.")


class DeliveriesResponse(BaseModel):
    message_id: str
    state: DeliveryState | None = Field(description="Null when the message has no callback.")
    deliveries: list[DeliveryResponse] = Field(description="The tries, oldest first.")

    @classmethod
    def of(cls, deliveries: Deliveries) -> "DeliveriesResponse":
        tries = [
            DeliveryResponse(attempted_at=each.attempted_at, status_code=each.status_code, error=each.error)
            for each in deliveries.tries
        ]
        return cls(message_id=deliveries.message_id, state=deliveries.state, deliveries=tries)


class MessageListResponse(BaseModel):
    total_messages: int
    messages: list[MessageSummary] = Field(description="Newest first.")
    next: str | None = Field(description="Cursor of the next page, or null on the last one.")


class TurnResponse(BaseModel):
    role: Role
    text: str

    @classmethod
    def of(cls, turn: Turn) -> "TurnResponse":
        return cls(role=turn.role, text=turn.text)


class ConversationResponse(BaseModel):
    conversation_id: str
    turns: list[TurnResponse] = Field(description="What was said, oldest first: customer's texts and final answers.")
    messages: list[MessageSummary] = Field(description="Newest first.")
    position: int = Field(description="What comes later is followed with `?after=<position>` at the events.")


class FieldError(BaseModel):
    location: str
    message: str


class Problem(BaseModel):
    """An error as RFC 9457 describes it; `detail` is the sentence for people."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "about:blank",
                "title": "Not Found",
                "status": 404,
                "detail": f"Message with ID {_MESSAGE_ID} not found",
            }
        }
    )

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[FieldError] | None = None
    trace_id: str | None = None
    message_id: str | None = Field(default=None, description="The message that keeps the conversation busy.")
