"""The updates of a message as a list: at once, only the new ones, or as soon as there are some."""

import re
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from config.constants import MAX_WAIT_SECONDS
from models.schemas import UpdateResponse
from routes.dependencies import Client, Follow, Owner, Processor
from routes.messages import MessageId
from routes.openapi import problems

router = APIRouter(tags=["messages"])

_WAIT = re.compile(r'(?:^|,)\s*wait\s*=\s*"?(\d{1,9})"?\s*(?=[,;]|$)', re.ASCII | re.IGNORECASE)
_ENTITY_TAG = re.compile(r'(?:^|,)\s*(?:W/)?"(\d{1,10})"\s*(?=,|$)', re.ASCII)

_HEADERS = [
    {
        "name": "Prefer",
        "in": "header",
        "description": f"`wait=<seconds>`: answer as soon as there is news, at most {MAX_WAIT_SECONDS} seconds later.",
        "schema": {"type": "string"},
        "example": "wait=20",
    },
    {
        "name": "If-None-Match",
        "in": "header",
        "description": "The ETag of an earlier answer, or `*` for any; 304 when nothing came since.",
        "schema": {"type": "string"},
    },
]


@router.get(
    "/messages/{message_id}/updates",
    operation_id="listUpdates",
    summary="How the answer comes about",
    response_model=list[UpdateResponse],
    responses={**problems(404, 422, 429, 503), 304: {"description": "Nothing new since the ETag"}},
    openapi_extra={"parameters": _HEADERS},
)
async def list_updates(
    message_id: MessageId,
    owner: Owner,
    processor: Processor,
    following: Follow,
    client: Client,
    request: Request,
    response: Response,
    after: Annotated[int, Query(ge=0, le=2**31, description="Only updates with a larger `sequence`")] = 0,
) -> list[UpdateResponse] | Response:
    known = _known(request)
    seen = max(after, *known, 0)
    wait = _preferred_wait(request)
    updates = await processor.updates(message_id, owner, after=after)
    is_known = _has_any(request)
    if wait is not None and not is_known:
        response.headers["Preference-Applied"] = f"wait={wait}"
        if not updates or updates[-1].sequence <= seen:
            await following.wait_for_updates(message_id, after=seen, seconds=wait, client=client)
            updates = await processor.updates(message_id, owner, after=after)
    newest = updates[-1].sequence if updates else after
    response.headers["ETag"] = f'"{newest}"'
    if is_known or newest in known:
        return Response(status_code=304, headers=dict(response.headers))
    return [UpdateResponse.of(update) for update in updates]


def _preferred_wait(request: Request) -> int | None:
    found = _WAIT.search(",".join(request.headers.getlist("prefer")))
    return min(int(found[1]), MAX_WAIT_SECONDS) if found else None


def _has_any(request: Request) -> bool:
    """`If-None-Match: *` asks for a list only if there is none (RFC 9110, 13.1.2), and every message has one."""
    return ",".join(request.headers.getlist("if-none-match")).strip() == "*"


def _known(request: Request) -> list[int]:
    """What the client says it has; an ETag is the sequence of the newest update."""
    return [int(tag) for tag in _ENTITY_TAG.findall(",".join(request.headers.getlist("if-none-match")))]
