"""What comes back over HTTP, read with a cap on its size and refused when it is not what MCP allows."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress

import anyio
import httpx
from httpx_sse import EventSource
from mcp.types import JSONRPCError, JSONRPCMessage, JSONRPCRequest, JSONRPCResponse

from agents.mcp_transports import Fault

_DRAIN_TIMEOUT = 0.05
_SESSION_FAULTS = {404: Fault.SESSION_EXPIRED, 400: Fault.SESSION_REFUSED}

Answer = JSONRPCResponse | JSONRPCError


class HttpFault(Exception):
    """The text is for logs: nothing of what the server sent."""

    def __init__(self, message: str, fault: Fault = Fault.UNAVAILABLE) -> None:
        super().__init__(message)
        self.fault = fault


async def read_answer(
    response: httpx.Response,
    request: JSONRPCRequest,
    *,
    max_bytes: int,
    on_other: Callable[[JSONRPCMessage], Awaitable[None]],
) -> Answer:
    """The answer to `request`; what a stream says before it goes to `on_other`."""
    check_status(response)
    if _content_type(response) == "application/json":
        body = b"".join([chunk async for chunk in capped(response, max_bytes)])
        return _answer_to(request, JSONRPCMessage.model_validate_json(body))
    async with aclosing(stream_messages(response, max_bytes)) as messages:
        async for message in messages:
            if isinstance(message.root, Answer):
                answer = _answer_to(request, message)
                await _drain(messages)
                return answer
            await on_other(message)
    raise HttpFault("the stream ended without an answer")


async def stream_messages(response: httpx.Response, max_bytes: int) -> AsyncGenerator[JSONRPCMessage]:
    if _content_type(response) != "text/event-stream":
        raise HttpFault("neither JSON nor an event stream")
    headers = {"content-type": "text/event-stream"}
    body = httpx.Response(200, headers=headers, content=capped(response, max_bytes))
    async with aclosing(EventSource(body).aiter_sse()) as events:
        async for event in events:
            if event.event == "message" and event.data:
                yield JSONRPCMessage.model_validate_json(event.data)


async def capped(response: httpx.Response, max_bytes: int) -> AsyncGenerator[bytes]:
    """The body as it came; compressed ones are refused because a few bytes of them can fill the memory."""
    if response.headers.get("content-encoding", "identity") != "identity":
        raise HttpFault("a compressed answer, which was not asked for")
    size = 0
    async for chunk in response.aiter_raw():
        size += len(chunk)
        if size > max_bytes:
            raise HttpFault(f"more than {max_bytes} bytes", Fault.TOO_LARGE)
        yield chunk


async def _drain(messages: AsyncGenerator[JSONRPCMessage]) -> None:
    """A stream read to its end leaves its connection usable for the next request."""
    with anyio.move_on_after(_DRAIN_TIMEOUT), suppress(HttpFault, httpx.HTTPError, ValueError):
        async for _ in messages:
            pass


def check_status(response: httpx.Response) -> None:
    if response.status_code >= 300:
        has_session = "mcp-session-id" in response.request.headers
        fault = _SESSION_FAULTS.get(response.status_code) if has_session else None
        raise HttpFault(f"HTTP {response.status_code}", fault or Fault.UNAVAILABLE)


def _content_type(response: httpx.Response) -> str:
    header: str = response.headers.get("content-type", "")
    return header.partition(";")[0].strip().lower()


def _answer_to(request: JSONRPCRequest, message: JSONRPCMessage) -> Answer:
    """An answer with another id is refused: it could be another customer's."""
    answer = message.root
    if not isinstance(answer, Answer) or str(answer.id) != str(request.id):
        raise HttpFault("not the answer to this request")
    answer.id = request.id
    return answer
