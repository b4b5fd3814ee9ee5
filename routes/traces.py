"""What happened to a message, span by span, for developers (only with DEBUG=true)."""

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from routes.dependencies import Owner, Processor
from routes.messages import MessageId
from routes.openapi import problems
from telemetry import Telemetry

router = APIRouter(tags=["messages"])


class TraceResponse(BaseModel):
    message_id: str
    trace_id: str | None
    spans: list[dict[str, Any]] = Field(description="Oldest first; none when it was too long ago.")


@router.get(
    "/messages/{message_id}/trace",
    operation_id="getTrace",
    summary="The spans of a message (DEBUG only)",
    responses=problems(404),
)
async def get_trace(request: Request, message_id: MessageId, owner: Owner, processor: Processor) -> TraceResponse:
    message = await processor.get(message_id, owner)
    telemetry: Telemetry = request.state.telemetry
    spans: list[dict[str, Any]] = []
    if telemetry.recent is not None and message.trace_id is not None:
        spans = telemetry.recent.of_message(message.trace_id, message.id)
    return TraceResponse(message_id=message.id, trace_id=message.trace_id, spans=spans)
