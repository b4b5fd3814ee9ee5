"""Values to columns and back. Times are microseconds since 1970, so that both databases keep them exactly."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from models.claim import Claim
from models.conversation import ConversationKey, Role, Turn
from models.message import ErrorCode, Message, MessageStatus, Progress, Update
from models.principal import Principal
from storage.database import Row, Value

MESSAGE = (
    "messages.id, messages.conversation_id, messages.tenant, messages.customer_id, messages.scopes, messages.text, "
    "messages.status, messages.received_at, messages.attempt, messages.traceparent, messages.callback_url"
)
UPDATE = "updates.sequence, updates.position, updates.processed_at, updates.progress"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(time: datetime) -> int:
    return (time - _EPOCH) // _MICROSECOND


def time_of(value: Value) -> datetime:
    return _EPOCH + timedelta(microseconds=whole(value))


def whole(value: Value) -> int:
    assert isinstance(value, int)
    return value


def words(value: Value) -> str:
    assert isinstance(value, str)
    return value


def message_of(row: Row) -> Message:
    message_id, conversation_id, tenant, customer_id, scopes, text, status, received_at, attempt, *optional = row
    traceparent, callback_url = optional
    return Message(
        id=words(message_id),
        conversation_id=words(conversation_id),
        owner=Principal(words(tenant), words(customer_id), frozenset(words(scopes).split())),
        text=words(text),
        status=MessageStatus(words(status)),
        received_at=time_of(received_at),
        attempt=whole(attempt),
        traceparent=None if traceparent is None else words(traceparent),
        callback_url=None if callback_url is None else words(callback_url),
    )


def update_of(message_id: str, row: Row) -> Update:
    sequence, position, processed_at, progress = row
    return Update(
        message_id=message_id,
        sequence=whole(sequence),
        position=whole(position),
        processed_at=time_of(processed_at),
        progress=_progress_of(words(progress)),
    )


def dump_progress(progress: Progress) -> str:
    columns = {
        "status": progress.status,
        "result": progress.result,
        "agent_name": progress.agent_name,
        "details": dict(progress.details) if progress.details is not None else None,
        "error_code": progress.error_code,
        "input_required": progress.input_required,
    }
    return json.dumps({name: value for name, value in columns.items() if value not in (None, False)})


def _progress_of(text: str) -> Progress:
    columns = json.loads(text)
    code = columns.get("error_code")
    return Progress(
        status=MessageStatus(columns["status"]),
        result=columns["result"],
        agent_name=columns.get("agent_name"),
        details=columns.get("details"),
        error_code=ErrorCode(code) if code else None,
        input_required=columns.get("input_required", False),
    )


def dump_turns(turns: Sequence[Turn]) -> str | None:
    return json.dumps([[turn.role, turn.text] for turn in turns]) if turns else None


def turns_of(row: Row) -> list[Turn]:
    return [Turn(Role(role), text) for role, text in json.loads(words(row[0]))]


def key_of(conversation: ConversationKey) -> dict[str, Value]:
    owner, conversation_id = conversation
    return {"tenant": owner.tenant, "customer_id": owner.customer_id, "conversation_id": conversation_id}


def columns_of(message: Message) -> dict[str, Value]:
    return key_of(message.conversation) | {
        "id": message.id,
        "scopes": " ".join(sorted(message.owner.scopes)),
        "text": message.text,
        "status": message.status,
        "received_at": micros(message.received_at),
        "attempt": message.attempt,
        "traceparent": message.traceparent,
        "callback_url": message.callback_url,
    }


def claim_of(claim: Claim | None) -> dict[str, Value]:
    if claim is None:
        return {"claim_key": None, "claim_digest": None}
    return {"claim_key": claim.key, "claim_digest": claim.digest, "since": micros(claim.since)}
