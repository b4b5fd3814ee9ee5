"""A server of tools: one session kept for all callers, opened when needed and again when lost."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

import anyio
from mcp.shared.exceptions import McpError
from mcp.types import CONNECTION_CLOSED, INVALID_PARAMS, CallToolResult, ErrorData
from pydantic import JsonValue, ValidationError

from agents.mcp_errors import ToolFailed, ToolUnavailable, UnknownTool
from agents.mcp_results import WITHOUT_WORDS, result_text, safe_error
from agents.mcp_session import Connection, Session
from agents.mcp_tools import Tool, check_arguments, offered_tools
from agents.mcp_transports import Fault, Transport
from models.principal import Principal

_SESSION_FAULTS = (Fault.SESSION_EXPIRED, Fault.SESSION_REFUSED)


@dataclass(frozen=True, slots=True)
class CallContext:
    """For whom and for which message a tool is called; travels beside the arguments, out of the model's reach."""

    principal: Principal
    conversation_id: str
    message_id: str
    attempt: int
    traceparent: str | None = None

    def traced(self, traceparent: str | None) -> Self:
        return replace(self, traceparent=traceparent)

    def meta(self) -> dict[str, JsonValue]:
        meta: dict[str, JsonValue] = {
            "semker/tenant": self.principal.tenant,
            "semker/customer_id": self.principal.customer_id,
            "semker/conversation_id": self.conversation_id,
            "semker/message_id": self.message_id,
            "semker/attempt": self.attempt,
        }
        if self.traceparent:
            meta["traceparent"] = self.traceparent
        return meta


@dataclass(frozen=True, slots=True)
class _Listing:
    """What the cached tools were read from; servers without a session cannot tell of changes, hence the end."""

    session: Session
    version: int
    until: float

    def is_current(self, session: Session) -> bool:
        is_fresh = asyncio.get_running_loop().time() < self.until
        return self.session is session and self.version == session.tools_version and is_fresh


class ToolServer:
    """`name` is the agent's; entering connects to nothing, so that a service starts while its servers are down."""

    def __init__(
        self,
        name: str,
        transport: Transport,
        *,
        connect_timeout: float,
        call_timeout: float,
        max_result_bytes: int = 256 * 1024,
        tools_max_age: float = 300.0,
    ) -> None:
        self.name = name
        self.fault: str | None = None
        self._transport = transport
        # An attempt that outlived its callers would keep the next ones from trying afresh.
        self._connect_timeout = min(connect_timeout, call_timeout)
        self._call_timeout = call_timeout
        self._max_result_bytes = max_result_bytes
        self._tools_max_age = tools_max_age
        self._connection: Connection | None = None
        self._open: set[Connection] = set()
        self._is_closed = False
        self._tools: tuple[Tool, ...] = ()
        self._listing: _Listing | None = None
        self._listing_lock = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._is_closed = True
        await asyncio.gather(*(connection.close() for connection in self._open))

    @property
    def is_connected(self) -> bool:
        return self._connection is not None and self._connection.is_usable

    async def tools(self) -> tuple[Tool, ...]:
        """The same tuple until the tools change; raises `ToolUnavailable`."""
        return await self._run(self._current_tools)

    async def call(self, tool: str, arguments: Mapping[str, JsonValue], context: CallContext) -> str:
        """What a model reads of the result; `ToolUnavailable` or `ToolFailed` within the timeout of a call."""

        async def work(session: Session) -> CallToolResult:
            check_arguments(await self._tool(session, tool), arguments)
            return await session.call_tool(tool, dict(arguments), meta=context.meta())

        return result_text(await self._run(work), self._max_result_bytes)

    async def _run[T](self, work: Callable[[Session], Awaitable[T]]) -> T:
        try:
            async with asyncio.timeout(self._call_timeout) as deadline:
                result = await self._once_or_again(work, deadline)
        except TimeoutError:
            raise self._unavailable("no answer in time, or the session was lost") from None
        except McpError as error:
            raise self._translated(error.error) from error
        except (ValidationError, anyio.ClosedResourceError, anyio.BrokenResourceError) as error:
            raise self._unavailable(type(error).__name__) from error
        self.fault = None
        return result

    async def _once_or_again[T](self, work: Callable[[Session], Awaitable[T]], deadline: asyncio.Timeout) -> T:
        """Again only after a server said that it has forgotten the session, and so has executed nothing."""
        connection = self._connected()
        try:
            return await self._on(connection, work, deadline)
        except McpError as error:
            if error.error.data in _SESSION_FAULTS:
                self._retire(connection)
            if error.error.data is not Fault.SESSION_EXPIRED:
                raise
        return await self._on(self._connected(), work, deadline)

    def _retire(self, connection: Connection) -> None:
        connection.retire()
        if self._connection is connection:
            self._connection = None

    async def _on[T](
        self, connection: Connection, work: Callable[[Session], Awaitable[T]], deadline: asyncio.Timeout
    ) -> T:
        try:
            session = await connection.session()
        except ToolUnavailable as error:
            raise self._unavailable(str(error)) from None
        with connection.in_use(deadline):
            return await work(session)

    def _connected(self) -> Connection:
        if self._is_closed:
            raise self._unavailable("closed")
        if self._connection is None or self._connection.is_lost:
            self._connection = Connection(self.name, self._transport, self._connect_timeout)
            self._open.add(self._connection)
            self._connection.on_closed(self._open.discard)
        return self._connection

    async def _tool(self, session: Session, name: str) -> Tool:
        for tool in await self._current_tools(session):
            if tool.name == name:
                return tool
        raise UnknownTool(f"There is no tool named {name[:64]!r}.")

    async def _current_tools(self, session: Session) -> tuple[Tool, ...]:
        async with self._listing_lock:
            if self._listing is None or not self._listing.is_current(session):
                until = asyncio.get_running_loop().time() + self._tools_max_age
                listing = _Listing(session, session.tools_version, until)
                tools = await self._listed(session)
                self._tools = self._tools if tools == self._tools else tools
                self._listing = listing
        return self._tools

    async def _listed(self, session: Session) -> tuple[Tool, ...]:
        try:
            return offered_tools(self.name, await session.all_tools())
        except McpError as error:
            if error.error.data in _SESSION_FAULTS:
                raise
            reason = error.error.message if isinstance(error.error.data, Fault) else f"error {error.error.code}"
            raise self._unavailable(f"no list of tools: {reason}") from error

    def _translated(self, error: ErrorData) -> Exception:
        if error.data is Fault.TOO_LARGE:
            return ToolFailed("The answer of the tool is too large. Ask for less.")
        if isinstance(error.data, Fault) or error.code == CONNECTION_CLOSED:
            return self._unavailable(error.message)
        self._listing = None
        return ToolFailed(safe_error(error.message) if error.code == INVALID_PARAMS else WITHOUT_WORDS)

    def _unavailable(self, reason: str) -> ToolUnavailable:
        self.fault = reason
        return ToolUnavailable(f"{self.name}: {reason}")
