"""The same updates as server-sent events, as they come: of one message until its end, or of a whole conversation."""

from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent

from config.constants import MAX_POSITION, RECONNECT_MILLISECONDS
from models.message import Update
from models.schemas import ByeEvent, DeltaEvent, DoneEvent, UpdateResponse
from process.announcements import LiveDelta
from process.following import Done, Event, Parting
from routes.conversations import ConversationPath
from routes.dependencies import Client, Follow, Owner, Processor
from routes.messages import MessageId
from routes.openapi import problems

router = APIRouter()

_DESCRIPTION = """\
`update`: the same object as in the list of updates; its `id` is what to resume after. `delta`: a piece of an answer
that is being written; it is not repeated, the answer comes whole in the last update. `done`: the message is final.
`bye`: come back and go on after the last `id`. To resume, send `Last-Event-ID` (browsers do) or `after`."""


async def _after(
    after: Annotated[int, Query(ge=0, le=MAX_POSITION, description="Only what came after this `id`")] = 0,
    last_event_id: Annotated[int | None, Header(ge=0, le=MAX_POSITION, description="Wins over `after`")] = None,
) -> int:
    return after if last_event_id is None else last_event_id


After = Annotated[int, Depends(_after)]


async def _events_of_message(
    message_id: MessageId, owner: Owner, processor: Processor, following: Follow, client: Client, after: After
) -> AsyncIterator[AsyncGenerator[Event]]:
    """A dependency, so that an error is answered before the stream begins and its seat is given back after it."""
    await processor.get(message_id, owner)
    with following.message(message_id, after=after, client=client) as events:
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
    with following.conversation((owner, conversation_id), after=after, client=client) as events:
        yield events


@router.get(
    "/messages/{message_id}/events",
    tags=["messages"],
    operation_id="followMessage",
    summary="Follow a message as a stream",
    description=_DESCRIPTION,
    response_class=EventSourceResponse,
    responses=problems(404, 422, 429, 503),
)
async def follow_message(
    events: Annotated[AsyncGenerator[Event], Depends(_events_of_message)],
) -> AsyncIterable[ServerSentEvent]:
    async for event in _rendered(events, lambda update: update.sequence):
        yield event


@router.get(
    "/conversations/{conversation_id}/events",
    tags=["conversations"],
    operation_id="followConversation",
    summary="Follow all messages of a conversation as one stream",
    description=_DESCRIPTION,
    response_class=EventSourceResponse,
    responses=problems(404, 422, 429, 503),
)
async def follow_conversation(
    events: Annotated[AsyncGenerator[Event], Depends(_events_of_conversation)],
) -> AsyncIterable[ServerSentEvent]:
    async for event in _rendered(events, lambda update: update.position):
        yield event


async def _rendered(
    events: AsyncGenerator[Event], identifier: Callable[[Update], int]
) -> AsyncGenerator[ServerSentEvent]:
    yield ServerSentEvent(retry=RECONNECT_MILLISECONDS)
    async for event in events:
        match event:
            case Update():
                yield ServerSentEvent(event="update", id=str(identifier(event)), data=UpdateResponse.of(event))
            case LiveDelta(message_id, delta):
                yield ServerSentEvent(event="delta", data=DeltaEvent.of(message_id, delta))
            case Done(message_id, status):
                yield ServerSentEvent(event="done", data=DoneEvent(message_id=message_id, status=status))
            case Parting():
                yield ServerSentEvent(event="bye", data=ByeEvent(reason=event))
