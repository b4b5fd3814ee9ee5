"""The same calls give the same answers however a server is reached."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import replace
from functools import partial
from typing import Any

import anyio
import httpx
import pytest
from mcp.server.fastmcp import FastMCP

from agents.mcp_client import CallContext, ToolServer
from agents.mcp_errors import BadArguments, ToolFailed, ToolUnavailable, UnknownTool
from agents.mcp_http import streamable_http
from agents.mcp_transports import Streams, Transport, in_process, stdio
from models.principal import Principal
from tests.doubles.mcp_clients import CONTEXT, leaving_nothing_behind, tool_server, until
from tests.doubles.mcp_server import create_server, serving

STDIO = f"{sys.executable} -m tests.doubles.mcp_stdio"


@asynccontextmanager
async def over_http(*, stateless: bool, json_response: bool) -> AsyncIterator[Transport]:
    create = partial(create_server, stateless=stateless, json_response=json_response)
    async with serving(create) as url, httpx.AsyncClient() as client:
        yield streamable_http(url, client)


WAYS: dict[str, Any] = {
    "in process": lambda: nullcontext(in_process(create_server)),
    "http": lambda: over_http(stateless=True, json_response=True),
    "http with sessions": lambda: over_http(stateless=False, json_response=True),
    "http with sessions and streams": lambda: over_http(stateless=False, json_response=False),
    "stdio": lambda: nullcontext(stdio(STDIO)),
}


@pytest.fixture(params=WAYS)
async def client(request: pytest.FixtureRequest) -> AsyncIterator[ToolServer]:
    way: AbstractAsyncContextManager[Transport] = WAYS[request.param]()
    async with way as transport, tool_server(transport) as client:
        yield client


async def test_tools_and_results_are_the_same_everywhere(client: ToolServer) -> None:
    tools = {tool.name: tool for tool in await client.tools()}
    assert tools.keys() >= {"get_bill", "get_meta", "list_months", "say", "fail", "wait"}
    assert (tools["get_bill"].title, tools["get_bill"].description) == ("Current bill", "The bill of a month.")
    assert tools["get_bill"].input_schema["required"] == ["month"]

    bill = '{"summary":"Bill 3 of c-1: £45.50","amount":"45.50","customer_id":"c-1"}'
    assert await client.call("get_bill", {"month": 3}, CONTEXT) == bill
    assert await client.call("list_months", {}, CONTEXT) == "[10,11,12]"
    assert await client.call("say", {"text": "Zoë 🙂"}, CONTEXT) == "Zoë 🙂"
    with pytest.raises(ToolFailed, match="no bill yet"):
        await client.call("fail", {"text": "no bill yet"}, CONTEXT)
    with pytest.raises(BadArguments, match="customer_id"):
        await client.call("get_bill", {"month": 3, "customer_id": "c-2"}, CONTEXT)
    with pytest.raises(UnknownTool):
        await client.call("drop_tables", {}, CONTEXT)
    with pytest.raises(ToolFailed, match="too large"):
        await client.call("say", {"text": "x" * 300_000}, CONTEXT)
    assert client.is_connected


async def test_a_call_says_for_whom_it_is(client: ToolServer) -> None:
    context = CallContext(Principal("acme", "c-7"), "conversation-7", "message-7", 2, "00-4bf9-00f0-01")
    told = json.loads(await client.call("get_meta", {}, context))

    assert told["meta"] == {
        "semker/tenant": "acme",
        "semker/customer_id": "c-7",
        "semker/conversation_id": "conversation-7",
        "semker/message_id": "message-7",
        "semker/attempt": 2,
        "traceparent": "00-4bf9-00f0-01",
    }
    if told["headers"]:
        assert told["headers"]["x-ms-conversation-id"] == "conversation-7"
        assert told["headers"]["x-ms-message-id"] == "message-7"
        assert told["headers"]["traceparent"] == "00-4bf9-00f0-01"


async def test_two_hundred_customers_at_once_are_not_mixed_up(client: ToolServer) -> None:
    async def ask(number: int) -> None:
        name = f"c-{number}"
        context = replace(CONTEXT, principal=Principal("acme", name), conversation_id=f"v-{number}", message_id=name)
        told = json.loads(await client.call("get_meta", {}, context))
        assert told["meta"]["semker/customer_id"] == name
        assert told["headers"].get("x-ms-conversation-id", f"v-{number}") == f"v-{number}"
        assert told["headers"].get("x-ms-message-id", name) == name

    await asyncio.gather(*(ask(number) for number in range(200)))


def busy_server(began: list[str], ended: list[str]) -> FastMCP:
    server = create_server()

    @server.tool()
    async def work(name: str) -> str:
        began.append(name)
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(name)
        return ""

    return server


async def test_a_cancelled_call_is_cancelled_on_the_server_too() -> None:
    began, ended = list[str](), list[str]()
    transport = in_process(lambda: busy_server(began, ended))
    async with leaving_nothing_behind(), tool_server(transport) as client:
        calls = [asyncio.create_task(client.call("work", {"name": name}, CONTEXT)) for name in "ab"]
        await until(lambda: len(began) == 2)
        calls[0].cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(calls[0], 0.2)
        await until(lambda: bool(ended))
        assert (ended, calls[1].done()) == (["a"], False)
        assert await client.call("say", {"text": "x"}, CONTEXT) == "x"
    with pytest.raises(ToolUnavailable):
        await calls[1]


async def test_a_call_may_be_cancelled_at_any_step_of_the_loop() -> None:
    began = list[str]()
    transport = in_process(lambda: busy_server(began, []))
    async with leaving_nothing_behind(), tool_server(transport) as client:
        neighbour = asyncio.create_task(client.call("work", {"name": "neighbour"}, CONTEXT))
        await until(lambda: bool(began))
        for steps in range(60):
            call = asyncio.create_task(client.call("say", {"text": "x"}, CONTEXT))
            for _ in range(steps):
                await asyncio.sleep(0)
            call.cancel()
            await asyncio.wait({call})
        assert call.result() == "x"
        assert not neighbour.done()
        neighbour.cancel()


async def test_a_slow_tool_is_given_up_and_the_session_kept() -> None:
    async with leaving_nothing_behind(), tool_server(in_process(create_server), 0.2) as client:
        with pytest.raises(ToolUnavailable, match="no answer"):
            await client.call("wait", {"seconds": 60}, CONTEXT)
        assert await client.call("say", {"text": "x"}, CONTEXT) == "x"


async def test_tools_added_in_process_are_seen_after_the_notice() -> None:
    server = create_server()

    @server.tool()
    async def learn() -> str:
        server.add_tool(learnt, name="learnt")
        await server.get_context().session.send_tool_list_changed()
        return "done"

    async def learnt() -> str:
        return "knows"

    async with leaving_nothing_behind(), tool_server(in_process(lambda: server)) as client:
        with pytest.raises(UnknownTool):
            await client.call("learnt", {}, CONTEXT)
        await client.call("learn", {}, CONTEXT)
        assert await client.call("learnt", {}, CONTEXT) == '"knows"'


@asynccontextmanager
async def dying(transport: Transport, death: anyio.Event) -> AsyncIterator[Streams]:
    async def die() -> None:
        await death.wait()
        raise ConnectionError("the wire was cut")

    async with transport() as streams, anyio.create_task_group() as tasks:
        tasks.start_soon(die)
        yield streams
        tasks.cancel_scope.cancel()


async def test_a_session_that_dies_fails_its_calls_and_the_next_call_opens_another() -> None:
    deaths, began = [anyio.Event()], list[str]()
    transport = in_process(lambda: busy_server(began, []))
    async with leaving_nothing_behind(), tool_server(lambda: dying(transport, deaths[-1])) as client:
        calls = [asyncio.create_task(client.call("work", {"name": name}, CONTEXT)) for name in "abc"]
        await until(lambda: len(began) == 3)
        deaths.append(anyio.Event())
        deaths[0].set()
        failures = await asyncio.wait_for(asyncio.gather(*calls, return_exceptions=True), 1)

        assert all(isinstance(failure, ToolUnavailable) for failure in failures)
        assert not client.is_connected
        assert await client.call("say", {"text": "x"}, CONTEXT) == "x"
        assert sorted(began) == ["a", "b", "c"]


async def test_a_server_that_cannot_start_is_unavailable() -> None:
    def broken() -> FastMCP:
        raise OSError("no data")

    @asynccontextmanager
    async def cancelled() -> AsyncIterator[Streams]:
        raise asyncio.CancelledError("Cancelled via cancel scope")
        yield

    death = anyio.Event()
    death.set()
    async with leaving_nothing_behind(), AsyncExitStack() as stack:
        dead = partial(dying, in_process(create_server), death)
        for transport in (in_process(broken), stdio("no-such-program"), dead, cancelled):
            client = await stack.enter_async_context(tool_server(transport))
            with pytest.raises(ToolUnavailable, match="no session: "):
                await client.tools()


async def test_a_child_process_that_dies_is_started_again_and_knows_no_secrets() -> None:
    async with leaving_nothing_behind(), tool_server(stdio(STDIO), 10) as client:
        with pytest.raises(ToolUnavailable):
            await client.call("die", {}, CONTEXT)
        await until(lambda: not client.is_connected)
        names = json.loads(await client.call("get_environment", {}, CONTEXT))
        assert set(names) <= {"HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER", "LC_CTYPE", "LANG"}
