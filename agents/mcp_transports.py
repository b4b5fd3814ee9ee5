"""Ways to reach an MCP server, each an async context manager that yields the two streams of a session."""

import shlex
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from enum import Enum

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.server.fastmcp import FastMCP
from mcp.shared.memory import create_client_server_memory_streams
from mcp.shared.message import SessionMessage

Streams = tuple[MemoryObjectReceiveStream[SessionMessage | Exception], MemoryObjectSendStream[SessionMessage]]
Transport = Callable[[], AbstractAsyncContextManager[Streams]]


class Fault(Enum):
    """Stands in `error.data` of an answer that a transport made up itself; no server can send one."""

    UNAVAILABLE = "unavailable"
    SESSION_EXPIRED = "session expired"
    SESSION_REFUSED = "session refused"
    TOO_LARGE = "too large"


def in_process(create_server: Callable[[], FastMCP]) -> Transport:
    """A server of its own for each session, over memory streams."""

    @asynccontextmanager
    async def connect() -> AsyncIterator[Streams]:
        server = create_server()._mcp_server
        async with create_client_server_memory_streams() as (client, own), anyio.create_task_group() as tasks:
            tasks.start_soon(server.run, *own, server.create_initialization_options())
            try:
                yield client
            finally:
                tasks.cancel_scope.cancel()

    return connect


def stdio(command: str) -> Transport:
    """A child process that speaks MCP on its standard input and output; it inherits no secrets of the environment."""

    @asynccontextmanager
    async def connect() -> AsyncIterator[Streams]:
        program, *arguments = shlex.split(command)
        async with stdio_client(StdioServerParameters(command=program, args=arguments)) as streams:
            yield streams

    return connect
