"""A server's tools change while it is used."""

from collections.abc import AsyncIterator

import httpx
import pytest

from agents.mcp_client import ToolServer
from agents.mcp_errors import BadArguments, ToolFailed, UnknownTool
from agents.mcp_http import streamable_http
from tests.doubles import mcp_faults as faults
from tests.doubles.mcp_clients import CONTEXT, leaving_nothing_behind, tool_server, until
from tests.doubles.mcp_faulty_server import ECHO, FaultyServer


@pytest.fixture
async def server() -> AsyncIterator[FaultyServer]:
    async with leaving_nothing_behind(), FaultyServer(session_id="first") as server:
        yield server


@pytest.fixture
async def client(server: FaultyServer) -> AsyncIterator[ToolServer]:
    limits = httpx.Limits(max_connections=8)
    async with httpx.AsyncClient(limits=limits) as http, tool_server(streamable_http(server.url, http)) as client:
        yield client


async def test_the_same_tools_are_the_same_tuple(server: FaultyServer, client: ToolServer) -> None:
    first = await client.tools()
    assert await client.tools() is first
    server.session_id = "second"
    await client.call("echo", {"text": "x"}, CONTEXT)
    assert await client.tools() is first
    assert server.count("tools/list") == 2


async def test_tools_are_read_again_when_the_server_says_that_they_changed(
    server: FaultyServer, client: ToolServer
) -> None:
    await client.tools()
    await until(lambda: bool(server.listening))
    properties = {"text": {"type": "string"}, "loud": {"type": "boolean"}}
    server.tools = [ECHO | {"inputSchema": {"type": "object", "properties": properties}}, ECHO | {"name": "second"}]

    await server.push({"method": "notifications/tools/list_changed"})

    async def are_read_again() -> bool:
        return [tool.name for tool in await client.tools()] == ["echo", "second"]

    await until(are_read_again)
    assert await client.call("echo", {"text": "x", "loud": True}, CONTEXT)


async def test_what_was_missed_while_nobody_listened_is_made_up_for(server: FaultyServer) -> None:
    http = httpx.AsyncClient()
    async with http, tool_server(streamable_http(server.url, http, listen_pause=0.01)) as client:
        await client.tools()
        await until(lambda: bool(server.listening))
        server.tools = [ECHO | {"name": "new"}]
        server.cut_streams()

        async def are_read_again() -> bool:
            return [tool.name for tool in await client.tools()] == ["new"]

        await until(are_read_again)
        await until(lambda: server.count("GET") == 2)
        assert server.count("initialize") == 1


async def test_a_changed_schema_and_a_removed_tool_are_seen_on_the_next_session(
    server: FaultyServer, client: ToolServer
) -> None:
    server.tools = [ECHO, ECHO | {"name": "old"}]
    await client.call("old", {"text": "x"}, CONTEXT)
    server.tools = [ECHO | {"inputSchema": {"type": "object", "properties": {"words": {"type": "string"}}}}]
    server.session_id = "second"

    with pytest.raises(BadArguments, match="takes: words"):
        await client.call("echo", {"text": "x"}, CONTEXT)
    with pytest.raises(UnknownTool):
        await client.call("old", {"text": "x"}, CONTEXT)
    assert server.count("tools/call") == 2


async def test_a_removed_tool_that_nobody_told_of_disappears_after_its_first_failure(
    server: FaultyServer, client: ToolServer
) -> None:
    await client.tools()
    server.tools = []
    server.behaviours["tools/call"] = faults.rpc_error(-32602, "Unknown tool: echo")

    for _ in range(2):
        with pytest.raises(ToolFailed, match="echo"):
            await client.call("echo", {"text": "x"}, CONTEXT)

    assert (server.count("tools/call"), await client.tools()) == (1, ())


async def test_tools_of_a_server_that_cannot_tell_of_changes_are_read_again_after_a_while(server: FaultyServer) -> None:
    server.session_id = None
    async with httpx.AsyncClient() as http:
        transport = streamable_http(server.url, http)
        async with ToolServer("A", transport, connect_timeout=2, call_timeout=2, tools_max_age=0) as client:
            first = await client.tools()
            assert await client.tools() is first
            server.tools = [ECHO | {"name": "new"}]
            assert [tool.name for tool in await client.tools()] == ["new"]
