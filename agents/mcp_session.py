"""One MCP session: the client session of the SDK with its sharp edges taken off, and the task that holds it open."""

import asyncio
import contextvars
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TypeVar

import anyio
from mcp import types
from mcp.client.session import ClientSession
from mcp.shared.exceptions import McpError
from mcp.shared.message import MessageMetadata, SessionMessage
from mcp.shared.session import ProgressFnT, RequestResponder
from pydantic import BaseModel

from agents.mcp_errors import ToolUnavailable
from agents.mcp_transports import Fault, Streams, Transport

logger = logging.getLogger(__name__)

_CLIENT = types.Implementation(name="semker", version="1.0.0")
_CLOSE_GRACE = 4.0
_CANCEL_PAUSE = 0.05
_MOST_PAGES = 20
Result = TypeVar("Result", bound=BaseModel)
Incoming = RequestResponder[types.ServerRequest, types.ClientResult] | types.ServerNotification | Exception


class Session(ClientSession):
    """`on_end` is called when nothing more can be received; `tools_version` counts the notices of changed tools."""

    def __init__(self, streams: Streams, on_end: Callable[[], None]) -> None:
        super().__init__(*streams, message_handler=self._notice, client_info=_CLIENT)
        self._on_end = on_end
        self._ended = False
        self._abandoned: set[int | str | None] = set()
        self.tools_version = 0

    async def send_request(
        self,
        request: types.ClientRequest,
        result_type: type[Result],
        request_read_timeout_seconds: timedelta | None = None,
        metadata: MessageMetadata = None,
        progress_callback: ProgressFnT | None = None,
    ) -> Result:
        request_id = self._request_id
        try:
            return await super().send_request(
                request, result_type, request_read_timeout_seconds, metadata, progress_callback
            )
        except asyncio.CancelledError:
            if isinstance(request.root, types.CallToolRequest) and not self._ended:
                self._task_group.start_soon(self._tell_cancelled, request_id)
            raise

    async def all_tools(self) -> list[types.Tool]:
        tools: list[types.Tool] = []
        cursor: str | None = None
        for _ in range(_MOST_PAGES):
            page = await self.list_tools(params=types.PaginatedRequestParams(cursor=cursor))
            tools += page.tools
            cursor = page.nextCursor
            if not cursor:
                break
        return tools

    async def _tell_cancelled(self, request_id: int) -> None:
        # A server of the SDK ends its whole session when this arrives while it is sending the answer: let that pass.
        self._abandoned.add(request_id)
        await anyio.sleep(_CANCEL_PAUSE)
        if request_id not in self._abandoned:
            return
        self._abandoned.discard(request_id)
        params = types.CancelledNotificationParams(requestId=request_id, reason="No longer needed")
        notification = types.ClientNotification(types.CancelledNotification(params=params))
        with suppress(anyio.ClosedResourceError, anyio.BrokenResourceError):
            await self.send_notification(notification)

    async def _notice(self, message: Incoming) -> None:
        # Runs inside the receive loop: asking the server anything from here would wait for itself.
        if isinstance(message, types.ServerNotification) and isinstance(
            message.root, types.ToolListChangedNotification
        ):
            self.tools_version += 1

    async def _receive_loop(self) -> None:
        try:
            await super()._receive_loop()
        finally:
            self._ended = True
            self._on_end()

    async def _handle_response(self, message: SessionMessage) -> None:
        self._abandoned.discard(getattr(message.message.root, "id", None))
        # Without this, a caller that is cancelled while its answer is handed over ends the loop for everybody.
        with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
            await super()._handle_response(message)

    async def _validate_tool_result(self, name: str, result: types.CallToolResult) -> None:
        """Left out: the result is read as text, nothing here depends on its schema, and it costs most of a call."""


class Connection:
    """A session and its owner task: the task that enters the scopes of the transport is the one that leaves them."""

    def __init__(self, name: str, transport: Transport, connect_timeout: float) -> None:
        self._settled = asyncio.Event()
        self._leave = asyncio.Event()
        self._deadlines: set[asyncio.Timeout] = set()
        self._session: Session | None = None
        self._failure = "closed"
        self._retired = False
        self.is_lost = False
        # An empty context: the owner outlives the caller that happened to need it first, and its trace.
        self._task = asyncio.create_task(
            self._own(transport, connect_timeout), name=f"mcp session of {name}", context=contextvars.Context()
        )

    @property
    def is_usable(self) -> bool:
        return self._session is not None and not self.is_lost

    async def session(self) -> Session:
        """The session once it is open; everybody who waits shares the one attempt and its failure."""
        await self._settled.wait()
        if self._session is None or self.is_lost:
            raise ToolUnavailable(self._failure)
        return self._session

    @contextmanager
    def in_use(self, deadline: asyncio.Timeout) -> Iterator[None]:
        """While inside, `deadline` also passes at once when the session is lost."""
        self._deadlines.add(deadline)
        try:
            yield
        finally:
            self._deadlines.discard(deadline)
            if self._retired and not self._deadlines:
                self._leave.set()

    def retire(self) -> None:
        """Close as soon as the calls that are under way have ended."""
        self._retired = True
        if not self._deadlines:
            self._leave.set()

    def on_closed(self, forget: "Callable[[Connection], None]") -> None:
        self._task.add_done_callback(lambda _: forget(self))

    async def close(self) -> None:
        self._leave.set()
        if not self._settled.is_set():
            self._task.cancel()
        _, late = await asyncio.wait({self._task}, timeout=_CLOSE_GRACE)
        if late:
            self._task.cancel()
            await asyncio.wait(late, timeout=_CLOSE_GRACE)
        self._settled.set()

    async def _own(self, transport: Transport, connect_timeout: float) -> None:
        try:
            async with transport() as streams, Session(streams, self._lose) as session:
                async with asyncio.timeout(connect_timeout):
                    await session.initialize()
                self._session = session
                self._settled.set()
                await self._leave.wait()
        except (Exception, asyncio.CancelledError) as error:
            # A transport that dies cancels the body of its scope: what arrives here may be a CancelledError.
            self._failure = f"no session: {_describe(error)}"
            logger.debug("A session ended with an error", exc_info=error)
        finally:
            self._lose()
            self._settled.set()

    def _lose(self) -> None:
        if self.is_lost:
            return
        self.is_lost = True
        self._leave.set()
        now = asyncio.get_running_loop().time()
        for deadline in self._deadlines:
            if not deadline.expired():
                deadline.reschedule(now)


def _describe(error: BaseException) -> str:
    """For logs: what a transport of ours said, else the class of the innermost error; no server's or system's words."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, McpError):
        return error.error.message if isinstance(error.error.data, Fault) else f"error {error.error.code}"
    return type(error).__name__
