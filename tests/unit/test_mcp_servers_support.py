"""What the tests of the MCP servers share: questions through a real client session, in memory."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date
from functools import cache
from typing import Any

from mcp import ClientSession
from mcp.server.fastmcp import FastMCP
from mcp.shared.memory import create_connected_server_and_client_session
from mcp.types import CallToolResult, TextContent

from mcp_servers import CUSTOMER_KEY, create_server

TODAY = date(2026, 11, 23)
CUSTOMERS = ("C-1001", "C-1002", "C-1003", "C-1004", "C-1005", "C-1006")
DAYS = (TODAY, date(2026, 1, 1), date(2027, 1, 31), date(2028, 2, 29), date(2027, 3, 5), date(2026, 12, 15))


@asynccontextmanager
async def session(name: str, today: date = TODAY) -> AsyncIterator[ClientSession]:
    async with create_connected_server_and_client_session(server(name, today)) as opened:
        yield opened


@cache
def server(name: str, today: date) -> FastMCP[None]:
    return create_server(name, lambda: today)


async def call(
    opened: ClientSession, tool: str, arguments: Mapping[str, Any] | None = None, customer: str | None = "C-1001"
) -> CallToolResult:
    meta = {CUSTOMER_KEY: customer} if customer else None
    return await opened.call_tool(tool, dict(arguments or {}), meta=meta)


async def ask(
    name: str, tool: str, customer: str | None = "C-1001", today: date = TODAY, /, **arguments: object
) -> dict[str, Any]:
    async with session(name, today) as opened:
        result = await call(opened, tool, arguments, customer)
    assert not result.isError, result.content
    assert result.structuredContent is not None
    return result.structuredContent


async def refused(
    name: str, tool: str, customer: str | None = "C-1001", today: date = TODAY, /, **arguments: object
) -> str:
    async with session(name, today) as opened:
        result = await call(opened, tool, arguments, customer)
    assert result.isError
    assert result.structuredContent is None
    return text_of(result)


def text_of(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text
