"""Streamable HTTP for a session, over the one HTTP client of the process.

Every request is made by the task that sends it: its deadline, its cancellation and its trace are the caller's, and
whatever the server or the network does to it becomes an error of this request alone.
"""

import logging
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, suppress
from typing import cast

import anyio
import httpx
from anyio.abc import TaskGroup
from anyio.streams.memory import MemoryObjectSendStream
from mcp.shared.message import SessionMessage
from mcp.types import (
    INTERNAL_ERROR,
    ErrorData,
    JSONRPCError,
    JSONRPCMessage,
    JSONRPCNotification,
    JSONRPCRequest,
    JSONRPCResponse,
)

from agents.mcp_endpoint import Endpoint
from agents.mcp_http_answers import Answer, HttpFault, capped, check_status, read_answer, stream_messages
from agents.mcp_transports import Fault, Streams, Transport

logger = logging.getLogger(__name__)

_INBOX_SIZE = 64
_TELL_TIMEOUT = 5.0
_MOST_TELLING = 32
_END_TIMEOUT = 1.0
_LISTEN_TIMEOUT = httpx.Timeout(10.0, read=None)
_POST_HEADERS = {
    "content-type": "application/json",
    "accept": "application/json, text/event-stream",
    "accept-encoding": "identity",
}
_HEADERS_FROM_META = {
    "x-ms-conversation-id": "semker/conversation_id",
    "x-ms-message-id": "semker/message_id",
    "traceparent": "traceparent",
}
_TOOLS_CHANGED = JSONRPCNotification(jsonrpc="2.0", method="notifications/tools/list_changed")


def streamable_http(
    url: str, client: httpx.AsyncClient, *, max_message_bytes: int = 1024 * 1024, listen_pause: float = 5.0
) -> Transport:
    """`listen_pause` seconds pass before a broken stream of the server's own notices is opened again."""

    @asynccontextmanager
    async def connect() -> AsyncIterator[Streams]:
        inbox, incoming = anyio.create_memory_object_stream[SessionMessage | Exception](_INBOX_SIZE)
        async with inbox, incoming, anyio.create_task_group() as tasks:
            channel = _Channel(Endpoint(url, client), inbox, tasks, max_message_bytes, listen_pause)
            try:
                yield incoming, cast("MemoryObjectSendStream[SessionMessage]", channel)
            finally:
                tasks.cancel_scope.cancel()
                with anyio.CancelScope(shield=True):
                    await channel.end_session()

    return connect


class _Channel:
    """What a session writes to; answers go to the inbox that it reads from."""

    def __init__(
        self,
        endpoint: Endpoint,
        inbox: MemoryObjectSendStream[SessionMessage | Exception],
        tasks: TaskGroup,
        max_bytes: int,
        listen_pause: float,
    ) -> None:
        self._endpoint = endpoint
        self._inbox = inbox
        self._tasks = tasks
        self._max_bytes = max_bytes
        self._listen_pause = listen_pause
        self._session_headers: dict[str, str] = {}
        self._telling = 0

    async def __aenter__(self) -> "_Channel":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        self._inbox.close()

    async def send(self, item: SessionMessage) -> None:
        message = item.message.root
        if isinstance(message, JSONRPCRequest):
            await self._request(message)
        elif isinstance(message, JSONRPCNotification) and message.method == "notifications/initialized":
            await self._post_only(item.message)
            if self._has_session:
                self._tasks.start_soon(self._listen)
        elif self._telling < _MOST_TELLING:
            # Sent by the receive loop or for a caller that has gone: nobody may wait for it.
            self._telling += 1
            self._tasks.start_soon(self._tell, item.message)

    async def end_session(self) -> None:
        if self._has_session:
            with anyio.move_on_after(_END_TIMEOUT), suppress(HttpFault, httpx.HTTPError, RuntimeError, ValueError):
                async with self._endpoint.open("DELETE", self._session_headers, timeout=None):
                    pass

    @property
    def _has_session(self) -> bool:
        return "mcp-session-id" in self._session_headers

    async def _request(self, request: JSONRPCRequest) -> None:
        try:
            async with self._post(JSONRPCMessage(request), _headers_from_meta(request)) as response:
                answer = await read_answer(response, request, max_bytes=self._max_bytes, on_other=self._deliver)
                if request.method == "initialize":
                    self._open_session(response, answer)
        except HttpFault as fault:
            answer = _error(request, str(fault), fault.fault)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, RuntimeError, ValueError) as error:
            answer = _error(request, type(error).__name__, Fault.UNAVAILABLE)
        await self._deliver(JSONRPCMessage(answer))

    def _post(self, message: JSONRPCMessage, headers: dict[str, str]) -> AbstractAsyncContextManager[httpx.Response]:
        return self._endpoint.open(
            "POST",
            {**_POST_HEADERS, **self._session_headers, **headers},
            content=message.model_dump_json(by_alias=True, exclude_none=True).encode(),
            timeout=None,  # the sender has a deadline for the whole of it
        )

    def _open_session(self, response: httpx.Response, answer: Answer) -> None:
        if isinstance(answer, JSONRPCResponse):
            self._session_headers["mcp-protocol-version"] = str(answer.result.get("protocolVersion"))
            if session_id := response.headers.get("mcp-session-id"):
                self._session_headers["mcp-session-id"] = session_id

    async def _deliver(self, message: JSONRPCMessage) -> None:
        with suppress(anyio.ClosedResourceError, anyio.BrokenResourceError):
            await self._inbox.send(SessionMessage(message))

    async def _post_only(self, message: JSONRPCMessage) -> None:
        with anyio.fail_after(_TELL_TIMEOUT):
            async with self._post(message, {}) as response:
                check_status(response)
                async for _ in capped(response, self._max_bytes):
                    pass

    async def _tell(self, message: JSONRPCMessage) -> None:
        try:
            await self._post_only(message)
        except (HttpFault, httpx.HTTPError, OSError, RuntimeError, ValueError) as error:
            logger.debug("The server did not take a notification: %s", type(error).__name__)
        finally:
            self._telling -= 1

    async def _listen(self) -> None:
        """Hear what the server says on its own, as long as it offers a stream for that."""
        while await self._listen_once():
            await anyio.sleep(self._listen_pause)
            # What was said while nobody listened is lost: have the tools read again.
            await self._deliver(JSONRPCMessage(_TOOLS_CHANGED))

    async def _listen_once(self) -> bool:
        headers = {"accept": "text/event-stream", "accept-encoding": "identity", **self._session_headers}
        try:
            async with self._endpoint.open("GET", headers, timeout=_LISTEN_TIMEOUT) as response:
                if 300 <= response.status_code < 500:
                    return False
                check_status(response)
                async with aclosing(stream_messages(response, self._max_bytes)) as messages:
                    async for message in messages:
                        if isinstance(message.root, JSONRPCRequest | JSONRPCNotification):
                            await self._deliver(message)
        except (HttpFault, httpx.HTTPError, OSError, RuntimeError, ValueError) as error:
            logger.debug("The server's own stream broke: %s", type(error).__name__)
        return True


def _headers_from_meta(request: JSONRPCRequest) -> dict[str, str]:
    meta = (request.params or {}).get("_meta") or {}
    values = {header: meta.get(key) for header, key in _HEADERS_FROM_META.items()}
    return {
        header: value
        for header, value in values.items()
        if isinstance(value, str) and value.isascii() and value.isprintable()
    }


def _error(request: JSONRPCRequest, message: str, fault: Fault) -> JSONRPCError:
    return JSONRPCError(jsonrpc="2.0", id=request.id, error=ErrorData(code=INTERNAL_ERROR, message=message, data=fault))
