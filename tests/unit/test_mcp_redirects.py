"""An MCP server that is known by an address beside its own: the client goes there, if it is the same server."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from mcp.server.fastmcp import FastMCP

from agents.mcp_errors import ToolUnavailable
from agents.mcp_http import streamable_http
from tests.doubles.mcp_clients import CONTEXT, leaving_nothing_behind, tool_server
from tests.doubles.mcp_faulty_server import FaultyServer
from tests.doubles.mcp_server import create_server, serving


@pytest.fixture
async def server() -> AsyncIterator[FaultyServer]:
    async with leaving_nothing_behind(), FaultyServer() as server:
        yield server


async def called(url: str) -> str:
    async with httpx.AsyncClient() as http, tool_server(streamable_http(url, http), 2) as client:
        return await client.call("echo", {"text": "hello"}, CONTEXT)


@pytest.mark.parametrize("status", [307, 308])
@pytest.mark.parametrize("location", ["/mcp/", "mcp/", "{origin}/mcp/", "http://LOCALHOST:{port}/v2/mcp?a=b"])
async def test_redirect_to_the_same_origin_is_followed_with_everything(
    status: int, location: str, server: FaultyServer
) -> None:
    server.session_id = "s-1"
    origin = f"http://localhost:{server.port}"
    server.moved = status, location.format(origin=origin, port=server.port)
    assert await called(f"{origin}/mcp") == '{"text":"hello"}'
    redirected, *others = server.seen
    assert redirected.path == "/mcp"
    assert {exchange.path for exchange in others} <= {"/mcp/", "/v2/mcp?a=b"}
    call = next(exchange for exchange in others if exchange.method == "tools/call")
    assert call.rpc["params"]["_meta"]["semker/customer_id"] == "c-1"
    assert call.headers["x-ms-conversation-id"] == "conversation-1"
    assert {exchange.method for exchange in others} >= {"initialize", "tools/list", "tools/call", "DELETE"}


async def test_password_of_the_address_goes_along(server: FaultyServer) -> None:
    server.moved = 308, f"http://other:user@127.0.0.1:{server.port}/mcp/"
    assert await called(server.url.replace("//", "//semker:secret@"))
    credentials = {exchange.headers["authorization"] for exchange in server.seen}
    assert credentials == {httpx.BasicAuth("semker", "secret")._auth_header}


@pytest.mark.parametrize(
    "place", ["http://127.0.0.1:{other}/mcp", "https://127.0.0.1:{port}/mcp", "//localhost:{port}/"]
)
async def test_redirect_to_another_origin_is_never_followed(place: str, server: FaultyServer) -> None:
    async with FaultyServer() as other:
        server.moved = 307, place.format(port=server.port, other=other.port)
        with pytest.raises(ToolUnavailable, match="redirect to another scheme, host or port"):
            await called(server.url)
        assert other.connections == 0
        assert len(server.seen) == 1


@pytest.mark.parametrize("location", ["/mcp", "http://[", ""])
async def test_redirect_that_leads_nowhere_ends_at_once(location: str, server: FaultyServer) -> None:
    server.moved = 307, location
    with pytest.raises(ToolUnavailable, match="redirect"):
        await asyncio.wait_for(called(server.url), 1)
    assert len(server.seen) <= 4


@pytest.mark.parametrize("status", [301, 302, 303])
async def test_redirect_that_changes_the_method_is_not_followed(status: int, server: FaultyServer) -> None:
    server.moved = status, "/mcp/"
    with pytest.raises(ToolUnavailable, match=f"HTTP {status}"):
        await called(server.url)
    assert len(server.seen) == 1


@pytest.mark.parametrize(("path", "asked"), [("/mcp/", "/mcp"), ("/mcp", "/mcp/")])
@pytest.mark.parametrize("stateless", [True, False])
async def test_slash_at_the_end_does_not_matter(path: str, asked: str, stateless: bool) -> None:
    def create() -> FastMCP:
        server = create_server(stateless=stateless)
        server.settings.streamable_http_path = path
        return server

    async with serving(create) as url, httpx.AsyncClient() as http:
        transport = streamable_http(url.replace("/mcp", asked), http)
        async with tool_server(transport) as client:
            assert await client.call("say", {"text": "hello"}, CONTEXT) == "hello"
            assert client.is_connected
