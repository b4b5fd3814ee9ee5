"""What operators learn of a message: its trace, its metrics and a log line at its end; never its text."""

import logging
from contextlib import AbstractContextManager

from opentelemetry import trace

from models.clock import utc_now
from models.errors import AttemptOver, MessageIsFinal, MessageNotFound
from models.message import Details, Message, MessageStatus, Update
from telemetry.marks import Mark, current_mark
from telemetry.meters import FIRST_UPDATE_SECONDS, MESSAGE_SECONDS, MESSAGES
from telemetry.tracing import failed, processing

FIRST_NEWS = 2  # the first update says that the message was received

logger = logging.getLogger(__name__)


def accepted(message: Message) -> None:
    """Marks what the current request does from here on."""
    current_mark.set(Mark.of(message.id, message.conversation_id))


def working_on(message: Message) -> AbstractContextManager[None]:
    waited = (utc_now() - message.received_at).total_seconds()
    facts = {"semker.waited_seconds": round(waited, 4), "semker.attempt": message.attempt}
    return processing(Mark.of(message.id, message.conversation_id), message.traceparent, facts)


def saved(message: Message, update: Update) -> None:
    """An update of the message is in the store."""
    seconds = (update.processed_at - message.received_at).total_seconds()
    if update.sequence == FIRST_NEWS:
        FIRST_UPDATE_SECONDS.record(seconds)
    if update.status.is_final:
        _ended(update, seconds)


def overtaken(reason: MessageIsFinal | MessageNotFound | AttemptOver) -> None:
    """The work ends without a final update of its own: the message was ended, erased or taken over meanwhile."""
    if isinstance(reason, MessageIsFinal):
        told: str = reason.final
    else:
        told = "erased" if isinstance(reason, MessageNotFound) else "taken_over"
    trace.get_current_span().set_attribute("semker.status", told)


def failure_details(message: Message, spent: Details | None = None) -> Details | None:
    """By the trace id whoever operates the service finds out what happened."""
    traced = {"trace_id": message.trace_id} if message.trace_id else {}
    return {"kind": "failure", **traced, **(spent or {})} if traced or spent else None


def _ended(update: Update, seconds: float) -> None:
    agent, code = update.progress.agent_name or "none", update.progress.error_code
    MESSAGES.add(1, {"status": update.status, "agent": agent, **({"error.type": code} if code else {})})
    MESSAGE_SECONDS.record(seconds, {"status": update.status})
    current = trace.get_current_span()
    current.set_attributes({"semker.status": update.status, "semker.agent": agent})
    if update.status is MessageStatus.FAILED:
        failed(current, code or "internal")
    level = logging.WARNING if update.status is MessageStatus.FAILED else logging.INFO
    logger.log(
        level,
        "message %s %s after %.3f s by %s%s",
        update.message_id,
        update.status,
        seconds,
        agent,
        f": {code}" if code else "",
    )
