"""Send a message, ask for its status, cancel it, list what was sent."""

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Path, Query, Request, Response

from config.constants import (
    CONVERSATION_HEADER,
    CONVERSATION_ID_PATTERN,
    DEFAULT_PAGE_SIZE,
    IDEMPOTENCY_HEADER,
    IF_BUSY_HEADER,
    MAX_PAGE_SIZE,
    REPLAYED_HEADER,
)
from models.message import Message, MessageStatus
from models.page import MessageFilter
from models.schemas import (
    MessageListResponse,
    MessageRequest,
    MessageResponse,
    MessageSummary,
    StatusResponse,
)
from models.submission import IfBusy, Submission
from process.message_processor import MessageProcessor
from routes.dependencies import Owner, Processor, principal_of, processor_of, send_headers
from routes.json_route import JsonRoute
from routes.openapi import problems

router = APIRouter(tags=["messages"])

MessageId = Annotated[str, Path(description="The `message_id` of the answer to POST /messages")]

_CONVERSATION_PARAMETER = {
    "name": CONVERSATION_HEADER,
    "in": "header",
    "required": True,
    "description": "Messages with the same value belong to one conversation and are answered one after the other.",
    "schema": {"type": "string", "pattern": CONVERSATION_ID_PATTERN},
    "example": "thread-123",
}
_KEY_PARAMETER = {
    "name": IDEMPOTENCY_HEADER,
    "in": "header",
    "required": False,
    "description": "The same key with the same request is the same message, for IDEMPOTENCY_TTL seconds; "
    "with another request it is 422.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 257},
    "example": "8e03978e-40d5-43e8-bc93-6894a57f9324",
}
_BUSY_PARAMETER = {
    "name": IF_BUSY_HEADER,
    "in": "header",
    "required": False,
    "description": "What to do while a message of the conversation waits or is worked on: stand in line, be refused "
    "with 409, or cancel it and take its place.",
    "schema": {"type": "string", "enum": list(IfBusy), "default": IfBusy.ENQUEUE},
}
_LOCATION = {"description": "Where the status of the message is", "schema": {"type": "string"}}
_REPLAYED = {"description": "`true` when the message was accepted before", "schema": {"type": "string"}}


async def send_message(body: MessageRequest, request: Request) -> Response:
    """The answer comes at once and carries the message's id: poll its status, or follow its updates or events."""
    headers, processor = send_headers(request), processor_of(request)
    background = BackgroundTasks()
    submission = Submission(
        text=body.message,
        conversation_id=headers.conversation_id,
        owner=principal_of(request),
        key=headers.key,
        if_busy=headers.if_busy,
        callback_url=body.callback_url,
    )
    accepted = await processor.submit(submission)
    background.add_task(processor.wake)
    location = {"Location": f"/messages/{accepted.message.id}/status"}
    return Response(
        MessageResponse.of(accepted.message).model_dump_json(),
        status_code=201,
        headers={**location, REPLAYED_HEADER: "true"} if accepted.is_replay else location,
        media_type="application/json",
        background=background,
    )


router.add_api_route(
    "/messages",
    send_message,
    methods=["POST"],
    status_code=201,
    response_model=MessageResponse,
    operation_id="sendMessage",
    summary="Send a customer's message",
    responses={
        **problems(400, 409, 413, 415, 422, 503),
        201: {"headers": {REPLAYED_HEADER: _REPLAYED, "Location": _LOCATION}},
    },
    openapi_extra={"parameters": [_CONVERSATION_PARAMETER, _KEY_PARAMETER, _BUSY_PARAMETER]},
    route_class_override=JsonRoute,
)


@router.get(
    "/messages/{message_id}/status",
    operation_id="getStatus",
    summary="Where the message stands",
    responses=problems(404, 422),
)
async def get_status(message_id: MessageId, owner: Owner, processor: Processor) -> StatusResponse:
    return await _status(await processor.get(message_id, owner), processor)


@router.post(
    "/messages/{message_id}/cancel",
    operation_id="cancelMessage",
    summary="Cancel a message that waits or is worked on",
    responses=problems(404, 409, 413, 422),
)
async def cancel_message(message_id: MessageId, owner: Owner, processor: Processor) -> StatusResponse:
    return await _status(await processor.cancel(message_id, owner), processor)


async def _status(message: Message, processor: MessageProcessor) -> StatusResponse:
    return StatusResponse.at(message, await processor.last_update(message), await processor.place(message))


@router.get(
    "/messages",
    operation_id="listMessages",
    summary="The messages that were sent, newest first",
    responses=problems(422),
)
async def list_messages(
    request: Request,
    response: Response,
    owner: Owner,
    processor: Processor,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)] = DEFAULT_PAGE_SIZE,
    cursor: Annotated[str | None, Query(max_length=200, description="`next` of the page before")] = None,
    status: Annotated[MessageStatus | None, Query()] = None,
    conversation_id: Annotated[str | None, Query(pattern=CONVERSATION_ID_PATTERN)] = None,
) -> MessageListResponse:
    query = MessageFilter(owner=owner, status=status, conversation_id=conversation_id)
    page = await processor.page(query, limit=limit, cursor=cursor)
    if page.next:
        following = request.url.include_query_params(cursor=page.next)
        response.headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'
    return MessageListResponse(
        total_messages=page.total, messages=[MessageSummary.of(message) for message in page.messages], next=page.next
    )
