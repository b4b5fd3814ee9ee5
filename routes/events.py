"""The same updates as server-sent events, as they come: of one message until its end, or of a whole conversation."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query
from fastapi.responses import StreamingResponse
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from pydantic import BaseModel

from config.constants import MAX_POSITION, RECONNECT_MILLISECONDS
from models.events import ByeEvent, DeltaEvent, DoneEvent
from models.message import Update
from models.schemas import UpdateResponse
from process.announcements import LiveDelta
from process.following import Beat, Done, Event, Parting
from routes.conversations import ConversationPath
from routes.dependencies import Client, Follow, Owner, Processor
from routes.messages import MessageId
from routes.openapi import problems

router = APIRouter()

_DESCRIPTION = """\
`update`: the same object as in the list of updates; its `id` is what to resume after. `delta`: a piece of an answer
that is being written; it is not repeated, the answer comes whole in the last update. `done`: the message is final.
`bye`: come back and go on after the last `id`. To resume, send `Last-Event-ID` (browsers do) or `after`."""

_EXAMPLE = """\
event: update
data: {"message_id": "550e8400-...", "status": "inprogress", "result": "Looking up your current bill", "sequence": 3}
id: 3

event: done
data: {"message_id": "550e8400-...", "status": "completed"}
"""


async def _after(
    after: Annotated[int, Query(ge=0, le=MAX_POSITION, description="Only what came after this `id`")] = 0,
    last_event_id: Annotated[int | None, Header(ge=0, le=MAX_POSITION, description="Wins over `after`")] = None,
) -> int:
    return after if last_event_id is None else last_event_id


After = Annotated[int, Depends(_after)]


class EventStream(StreamingResponse):
    """FastAPI's own event streams are generator routes with two more tasks each, which fail when a client goes away."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncGenerator[Event], identifier: Callable[[Update], int]) -> None:
        uncached = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
        super().__init__(_rendered(events, identifier), headers=uncached)


async def _events_of_message(
    message_id: MessageId, owner: Owner, processor: Processor, following: Follow, client: Client, after: After
) -> AsyncIterator[AsyncGenerator[Event]]:
    """A dependency, so that the seat is given back when the stream is over, however it ends."""
    await processor.get(message_id, owner)
    async with following.message(message_id, after=after, client=client) as events:
        yield events


async def _events_of_conversation(
    conversation_id: ConversationPath,
    owner: Owner,
    processor: Processor,
    following: Follow,
    client: Client,
    after: After,
) -> AsyncIterator[AsyncGenerator[Event]]:
    await processor.position(owner, conversation_id)
    async with following.conversation((owner, conversation_id), after=after, client=client) as events:
        yield events


_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {"schema": {"type": "string"}, "example": _EXAMPLE}}},
    **problems(404, 422, 429, 503),
}


@router.get(
    "/messages/{message_id}/events",
    tags=["messages"],
    operation_id="followMessage",
    summary="Follow a message as a stream",
    description=_DESCRIPTION,
    status_code=200,
    response_class=EventStream,
    responses=_RESPONSES,
)
async def follow_message(events: Annotated[AsyncGenerator[Event], Depends(_events_of_message)]) -> EventStream:
    return EventStream(events, lambda update: update.sequence)


@router.get(
    "/conversations/{conversation_id}/events",
    tags=["conversations"],
    operation_id="followConversation",
    summary="Follow all messages of a conversation as one stream",
    description=_DESCRIPTION,
    status_code=200,
    response_class=EventStream,
    responses=_RESPONSES,
)
async def follow_conversation(
    events: Annotated[AsyncGenerator[Event], Depends(_events_of_conversation)],
) -> EventStream:
    return EventStream(events, lambda update: update.position)


async def _rendered(events: AsyncGenerator[Event], identifier: Callable[[Update], int]) -> AsyncGenerator[bytes]:
    yield format_sse_event(retry=RECONNECT_MILLISECONDS)
    async for event in events:
        match event:
            case Update():
                yield _event("update", UpdateResponse.of(event), str(identifier(event)))
            case LiveDelta(message_id, delta):
                yield _event("delta", DeltaEvent.of(message_id, delta))
            case Done(message_id, status):
                yield _event("done", DoneEvent(message_id=message_id, status=status))
            case Parting():
                yield _event("bye", ByeEvent(reason=event))
            case Beat():
                yield KEEPALIVE_COMMENT


def _event(name: str, data: BaseModel, identifier: str | None = None) -> bytes:
    return format_sse_event(event=name, data_str=data.model_dump_json(), id=identifier)
