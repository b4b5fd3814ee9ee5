"""How long a session lives, who notices its end, and what is done again."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import httpx
import pytest

from agents.mcp_client import ToolServer
from agents.mcp_errors import ToolUnavailable
from agents.mcp_http import streamable_http
from tests.doubles import mcp_faults as faults
from tests.doubles.mcp_clients import CONTEXT, leaving_nothing_behind, tool_server, until
from tests.doubles.mcp_faulty_server import Exchange, FaultyServer


@pytest.fixture
async def server() -> AsyncIterator[FaultyServer]:
    async with leaving_nothing_behind(), FaultyServer(session_id="first") as server:
        yield server


@pytest.fixture
async def client(server: FaultyServer) -> AsyncIterator[ToolServer]:
    limits = httpx.Limits(max_connections=8)
    async with httpx.AsyncClient(limits=limits) as http, tool_server(streamable_http(server.url, http)) as client:
        yield client


async def test_nothing_is_contacted_before_the_first_use(server: FaultyServer, client: ToolServer) -> None:
    assert (server.connections, client.is_connected, client.fault) == (0, False, None)


async def test_one_session_and_one_connection_serve_all_calls(server: FaultyServer, client: ToolServer) -> None:
    server.session_id = None
    for _ in range(50):
        await client.call("echo", {"text": "x"}, CONTEXT)

    assert (server.connections, server.count("initialize"), server.count("tools/list")) == (1, 1, 1)
    assert server.count("tools/call") == 50


async def test_a_stream_that_ends_with_its_answer_keeps_its_connection(
    server: FaultyServer, client: ToolServer
) -> None:
    server.session_id = None
    server.behaviours["tools/call"] = faults.events(
        lambda exchange: (
            b'{"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": 1}}'
        ),
        lambda exchange: exchange.result({"content": [{"type": "text", "text": exchange.text}]}),
    )

    assert [await client.call("echo", {"text": str(number)}, CONTEXT) for number in range(9)] == list("012345678")
    assert server.connections == 1


async def test_an_expired_session_is_renewed_once_for_everybody(server: FaultyServer, client: ToolServer) -> None:
    await client.tools()
    server.session_id = "second"

    results = await asyncio.gather(*(client.call("echo", {"text": str(n)}, CONTEXT) for n in range(20)))

    assert results == [f'{{"text":"{n}"}}' for n in range(20)]
    assert (server.count("initialize"), server.count("tools/list")) == (2, 2)


async def test_a_server_that_forgets_every_session_is_asked_twice(server: FaultyServer, client: ToolServer) -> None:
    server.behaviours["tools/call"] = faults.status(404)

    with pytest.raises(ToolUnavailable, match="HTTP 404"):
        await client.call("echo", {"text": "x"}, CONTEXT)

    assert (server.count("initialize"), server.count("tools/call")) == (2, 2)


async def test_an_attempt_to_connect_does_not_outlive_the_calls_that_waited_for_it(server: FaultyServer) -> None:
    server.behaviours["initialize"] = faults.hang
    async with httpx.AsyncClient() as http:
        transport = streamable_http(server.url, http)
        async with ToolServer("A", transport, connect_timeout=60, call_timeout=0.2) as client:
            with pytest.raises(ToolUnavailable):
                await client.tools()
            server.behaviours.clear()

            async def is_well() -> bool:
                with suppress(ToolUnavailable):
                    return bool(await client.tools())
                return False

            await until(is_well, 1.0)


async def test_a_refused_session_is_replaced_for_the_next_call(server: FaultyServer, client: ToolServer) -> None:
    server.text_behaviours["victim"] = faults.status(400)

    with pytest.raises(ToolUnavailable, match="HTTP 400"):
        await client.call("echo", {"text": "victim"}, CONTEXT)
    assert await client.call("echo", {"text": "x"}, CONTEXT)

    assert (server.count("initialize"), server.count("tools/call")) == (2, 2)


async def test_a_renewed_session_lets_the_calls_of_the_old_one_end(server: FaultyServer, client: ToolServer) -> None:
    released = asyncio.Event()

    async def hold(exchange: Exchange) -> None:
        await released.wait()
        await exchange.respond(200, exchange.result({"content": [{"type": "text", "text": "late"}]}))

    server.text_behaviours["slow"] = hold
    slow = asyncio.create_task(client.call("echo", {"text": "slow"}, CONTEXT))
    await until(lambda: server.count("tools/call") == 1)
    server.session_id = "second"
    await client.call("echo", {"text": "x"}, CONTEXT)
    released.set()

    assert await slow == "late"
    await until(lambda: server.count("DELETE") == 1)


@pytest.mark.parametrize("session_id", [None, "second"])
async def test_a_restart_between_calls_is_not_noticed(
    session_id: str | None, server: FaultyServer, client: ToolServer
) -> None:
    if session_id is None:
        server.session_id = None
    await client.call("echo", {"text": "x"}, CONTEXT)
    await server.stop()
    server.session_id = session_id
    await server.start()

    assert await client.call("echo", {"text": "again"}, CONTEXT) == '{"text":"again"}'


async def test_a_question_of_the_server_is_answered_without_stopping_the_calls(
    server: FaultyServer, client: ToolServer
) -> None:
    await client.tools()
    await until(lambda: bool(server.listening))
    server.behaviours["answer"] = faults.hang

    await server.push({"id": "q1", "method": "ping"})
    await server.push({"id": "q2", "method": "sampling/createMessage", "params": {"messages": [], "maxTokens": 1}})

    await until(lambda: server.count("answer") == 2)
    assert await client.call("echo", {"text": "x"}, CONTEXT)
    answers: Any = [exchange.rpc for exchange in server.seen if exchange.method == "answer"]
    assert {answer["id"]: "error" in answer for answer in answers} == {"q1": False, "q2": True}


async def test_a_cancelled_caller_leaves_at_once_and_the_server_is_told(
    server: FaultyServer, client: ToolServer
) -> None:
    server.text_behaviours["victim"] = faults.hang
    call = asyncio.create_task(client.call("echo", {"text": "victim"}, CONTEXT))
    await until(lambda: server.count("tools/call") == 1)

    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(call, 0.2)

    await until(lambda: server.count("notifications/cancelled") == 1)
    told: Any = next(exchange for exchange in server.seen if exchange.method == "notifications/cancelled").rpc
    called: Any = next(exchange for exchange in server.seen if exchange.method == "tools/call").rpc
    assert told["params"]["requestId"] == called["id"]
    assert await client.call("echo", {"text": "x"}, CONTEXT)
    assert server.count("initialize") == 1


async def test_calls_cancelled_at_any_moment_do_not_harm_the_others(server: FaultyServer, client: ToolServer) -> None:
    dice = random.Random(7)
    await client.tools()
    calls = [asyncio.create_task(client.call("echo", {"text": str(n)}, CONTEXT)) for n in range(300)]
    victims = dice.sample(range(300), 150)
    for victim in victims:
        await asyncio.sleep(dice.random() / 1000)
        calls[victim].cancel()
    results = await asyncio.gather(*calls, return_exceptions=True)

    for number, result in enumerate(results):
        expected = f'{{"text":"{number}"}}'
        assert result == expected or (number in victims and isinstance(result, asyncio.CancelledError))
    assert server.count("initialize") == 1


async def test_closing_ends_the_session_and_the_calls_under_way(server: FaultyServer) -> None:
    server.text_behaviours["victim"] = faults.hang
    async with httpx.AsyncClient() as http:
        async with tool_server(streamable_http(server.url, http)) as client:
            call = asyncio.create_task(client.call("echo", {"text": "victim"}, CONTEXT))
            await until(lambda: server.count("tools/call") == 1)
        with pytest.raises(ToolUnavailable):
            await asyncio.wait_for(call, 0.2)
        assert server.count("DELETE") == 1
        with pytest.raises(ToolUnavailable, match="closed"):
            await client.tools()


async def test_closing_while_connecting_leaves_nothing(server: FaultyServer) -> None:
    server.behaviours["initialize"] = faults.hang
    async with httpx.AsyncClient() as http:
        async with tool_server(streamable_http(server.url, http)) as client:
            call = asyncio.create_task(client.call("echo", {"text": "x"}, CONTEXT))
            await until(lambda: server.count("initialize") == 1)
        with pytest.raises(ToolUnavailable):
            await asyncio.wait_for(call, 0.2)
