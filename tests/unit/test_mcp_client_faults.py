"""Whatever a server over HTTP does to one call: that call ends in time, and nothing else notices."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from agents.mcp_client import ToolServer
from agents.mcp_errors import ToolFailed, ToolUnavailable
from agents.mcp_http import streamable_http
from tests.doubles import mcp_faults as faults
from tests.doubles.mcp_clients import CONTEXT, leaving_nothing_behind, tool_server
from tests.doubles.mcp_faulty_server import Behaviour, Exchange, FaultyServer

CALL_TIMEOUT = 0.4
HTML = b"<html><h1>Welcome to the gateway</h1>"


@pytest.fixture
async def server() -> AsyncIterator[FaultyServer]:
    async with leaving_nothing_behind(), FaultyServer() as server:
        yield server


@pytest.fixture
async def client(server: FaultyServer) -> AsyncIterator[ToolServer]:
    async with httpx.AsyncClient() as http, tool_server(streamable_http(server.url, http), CALL_TIMEOUT) as client:
        yield client


def wrong_id(exchange: Exchange) -> bytes:
    return exchange.result({"content": []}, id=exchange.rpc["id"] + 1)


def large(size: int) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": "x" * size}]}


UNAVAILABLE: dict[str, Behaviour] = {
    "401": faults.status(401),
    "403": faults.status(403),
    "404": faults.status(404),
    "429": faults.status(429, Retry_After="120"),
    "500": faults.status(500, b'{"detail": "secret path /srv"}'),
    "503": faults.status(503),
    "redirect": faults.status(307, Location="http://127.0.0.1:9/elsewhere"),
    "accepted without answer": faults.status(202),
    "html": faults.status(200, HTML, "text/html"),
    "html that says it is json": faults.status(200, HTML),
    "json that is no answer": faults.status(200, b'{"hello": "world"}'),
    "a list": faults.status(200, b"[]"),
    "nothing": faults.status(200),
    "not UTF-8": faults.status(200, b'"\xff\xfe"'),
    "deep": faults.status(200, b"[" * 100_000),
    "another id": lambda exchange: exchange.respond(200, wrong_id(exchange)),
    "another id in a stream": faults.events(wrong_id),
    "stream without answer": faults.stream_without_answer,
    "no result": faults.answer({"content": "not a list"}),
    "hang": faults.hang,
    "drip": faults.drip,
    "death": faults.die,
    "reset": faults.reset,
    "half an answer": faults.half_an_answer,
    "gzip bomb": faults.gzip_bomb,
}
NOT_EVEN_ACCEPTED = {"401", "404", "500", "hang", "drip", "death", "reset", "half an answer", "gzip bomb"}
FAILED: dict[str, tuple[Behaviour, str]] = {
    "isError": (faults.answer({"isError": True, "content": [{"type": "text", "text": "No bill yet"}]}), "No bill yet"),
    "isError without words": (faults.answer({"isError": True, "content": []}), "could not answer"),
    "stack trace": (
        faults.answer(
            {"isError": True, "content": [{"type": "text", "text": "Traceback (most recent call last): /x"}]}
        ),
        "could not answer",
    ),
    "tool removed": (faults.rpc_error(-32602, "Unknown tool: echo"), "Unknown tool: echo"),
    "server error": (faults.rpc_error(-32603, "KeyError at /srv/app.py"), "could not answer"),
    "20 MB": (faults.answer(large(20_000_000)), "too large"),
    "flood": (faults.flood, "too large"),
    "over the cap of a result": (faults.answer(large(300_000)), "too large"),
}
ANSWERS_OF_TOOLS = {"isError", "isError without words", "stack trace", "over the cap of a result"}


@pytest.mark.parametrize("name", UNAVAILABLE)
async def test_a_fault_of_one_call_is_its_own(name: str, server: FaultyServer, client: ToolServer) -> None:
    release = await call_under_way(server, client)
    server.text_behaviours["victim"] = UNAVAILABLE[name]
    started = time.monotonic()

    victim = asyncio.create_task(client.call("echo", {"text": "victim"}, CONTEXT))
    await asyncio.wait({victim}, timeout=CALL_TIMEOUT / 2)
    assert await release() == '{"text":"neighbour"}'
    with pytest.raises(ToolUnavailable):
        await victim

    assert time.monotonic() - started < CALL_TIMEOUT + 0.3
    assert await client.call("echo", {"text": "after"}, CONTEXT) == '{"text":"after"}'
    assert server.count("initialize") == 1
    assert [exchange.text for exchange in server.seen if exchange.method == "tools/call"].count("victim") == 1


@pytest.mark.parametrize("name", FAILED)
async def test_a_failing_tool_says_why_in_words_for_a_model(
    name: str, server: FaultyServer, client: ToolServer
) -> None:
    server.text_behaviours["victim"], words = FAILED[name]

    with pytest.raises(ToolFailed, match=words):
        await client.call("echo", {"text": "victim"}, CONTEXT)

    assert await client.call("echo", {"text": "after"}, CONTEXT) == '{"text":"after"}'
    assert server.count("initialize") == 1


@pytest.mark.parametrize(
    ("method", "name"),
    [
        *(("initialize", name) for name in UNAVAILABLE if name != "no result"),
        *(("notifications/initialized", name) for name in UNAVAILABLE if name in NOT_EVEN_ACCEPTED),
        *(("tools/list", name) for name in UNAVAILABLE if name != "no result"),
        *(("initialize", name) for name in FAILED if name not in ANSWERS_OF_TOOLS),
        *(("tools/list", name) for name in FAILED if name not in ANSWERS_OF_TOOLS),
    ],
)
async def test_a_fault_while_connecting_fails_the_waiting_and_not_the_next(
    method: str, name: str, server: FaultyServer, client: ToolServer
) -> None:
    server.behaviours[method] = UNAVAILABLE[name] if name in UNAVAILABLE else FAILED[name][0]
    started = time.monotonic()

    waiting = [client.call("echo", {"text": "x"}, CONTEXT) for _ in range(5)]
    failures = await asyncio.gather(*waiting, client.tools(), return_exceptions=True)

    assert all(isinstance(failure, ToolUnavailable) for failure in failures), failures
    assert time.monotonic() - started < CALL_TIMEOUT + 0.3
    assert server.count("initialize") == 1
    server.behaviours.clear()
    assert await client.call("echo", {"text": "after"}, CONTEXT) == '{"text":"after"}'


async def test_a_refused_connection_is_reported_at_once(server: FaultyServer, client: ToolServer) -> None:
    await server.stop()

    with pytest.raises(ToolUnavailable, match="ConnectError"):
        await client.tools()
    assert (client.is_connected, client.fault) == (False, "no session: ConnectError")

    await server.start()
    assert [tool.name for tool in await client.tools()] == ["echo"]
    assert (client.is_connected, client.fault) == (True, None)


async def call_under_way(server: FaultyServer, client: ToolServer) -> Any:
    """Starts a call and returns what ends it and gives its result."""
    arrived, released = asyncio.Event(), asyncio.Event()

    async def hold(exchange: Exchange) -> None:
        arrived.set()
        await released.wait()
        await exchange.respond(200, exchange.result({"structuredContent": {"text": "neighbour"}, "content": []}))

    server.text_behaviours["neighbour"] = hold
    call = asyncio.create_task(client.call("echo", {"text": "neighbour"}, CONTEXT))
    await arrived.wait()

    async def release() -> str:
        released.set()
        return await call

    return release
