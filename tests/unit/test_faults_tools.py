"""Whatever an MCP server does to one call, or to all: the message ends as designed and in time, nobody else notices."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from models.message import ErrorCode
from tests.doubles import mcp_faults as faults
from tests.doubles.fault_world import BILL_TOOL, PLAN, SUMMARY, Together, World, leaving_nothing_behind, the_bill, world
from tests.doubles.mcp_clients import until
from tests.doubles.mcp_faults import Behaviour, Exchange, status

REQUEST_TIMEOUT = 1.0
GRACE = 1.0
HTML = status(200, b"<html><h1>Welcome to the gateway</h1>", "text/html")
TOO_LARGE = "The answer of the tool is too large. Ask for less."
SPEECHLESS = "The tool could not answer."

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True, slots=True)
class Row:
    """`says` is the answer when the message does not fail; `calls` and `requests` (of the model) are its own."""

    script: tuple[Behaviour, ...]
    says: str | None = None
    calls: int = 1

    @property
    def requests(self) -> int:
        return 2 if self.says is None else 3


def failing(text: str) -> Behaviour:
    return faults.answer({"isError": True, "content": [{"type": "text", "text": text}]})


def large(size: int) -> Behaviour:
    return faults.answer({"content": [{"type": "text", "text": "x" * size}]})


async def wrong_id(exchange: Exchange) -> None:
    await exchange.respond(200, exchange.result({"content": []}, id=exchange.rpc["id"] + 1))


async def hang(exchange: Exchange) -> None:
    """Silence for longer than anybody waits; then the server's end is closed as well, so that it does not count."""
    await asyncio.sleep(1.5 * REQUEST_TIMEOUT)
    exchange.reset()


IN_A_CALL = {
    "401": Row((status(401),)),
    "403": Row((status(403),)),
    "404": Row((status(404),)),
    "429": Row((status(429, Retry_After="120"),)),
    "500": Row((status(500, b"KeyError at /srv/app.py"),)),
    "503": Row((status(503),)),
    "HTML": Row((HTML,)),
    "accepted, and no answer": Row((status(202),)),
    "wrong id": Row((wrong_id,)),
    "no JSON-RPC": Row((status(200, b'{"hello": "world"}'),)),
    "hang": Row((hang,)),
    "drip": Row((faults.drip,)),
    "death": Row((faults.die,)),
    "reset": Row((faults.reset,)),
    "half an answer": Row((faults.half_an_answer,)),
    "gzip bomb": Row((faults.gzip_bomb,)),
    "stream without an answer": Row((faults.stream_without_answer,)),
    "isError": Row((failing("There is no bill yet."),), "There is no bill yet."),
    "isError with a stack": Row((failing("Traceback (most recent call last): /srv/app.py"),), SPEECHLESS),
    "JSON-RPC error": Row((faults.rpc_error(-32603, "KeyError at /srv/app.py"),), SPEECHLESS),
    "20 MB": Row((large(20_000_000),), TOO_LARGE),
    "over the cap of a result": Row((large(300_000),), TOO_LARGE),
    "endless": Row((faults.flood,), TOO_LARGE),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here() -> AsyncIterator[World]:
    async with world(request_timeout=REQUEST_TIMEOUT) as opened:
        yield opened


@pytest.mark.parametrize("name", IN_A_CALL)
async def test_in_a_call(name: str, here: World) -> None:
    row = IN_A_CALL[name]
    await here.warm_up()
    async with leaving_nothing_behind():
        here.harm_calls(*row.script)
        endings = await here.ask()

    ends_as_designed(endings, row.says)
    assert (here.tool_calls(), here.model_requests()) == (row.calls, row.requests)
    assert here.count("initialize") == 0
    assert (endings.bill.status, endings.bill.result) == ("completed", SUMMARY)
    others_are_untouched(endings)
    here.harm_calls(the_bill)
    assert (await here.ask()).victim.status == "completed"


AT_INITIALIZE = {
    "401": status(401),
    "403": status(403),
    "404": status(404),
    "429": status(429, Retry_After="120"),
    "500": status(500),
    "503": status(503),
    "HTML": HTML,
    "hang": hang,
    "death": faults.die,
}


@pytest.mark.parametrize("name", AT_INITIALIZE)
async def test_at_initialize(name: str) -> None:
    async with world(request_timeout=REQUEST_TIMEOUT, at_initialize=AT_INITIALIZE[name]) as here:
        await here.warm_up(PLAN)
        async with leaving_nothing_behind():
            endings = await here.ask()

        nobody_sees_a_bill(here, endings, requests=1)
        assert 1 <= here.count("initialize") <= 2  # those who wait share an attempt
        del here.billing.behaviours["initialize"]
        assert (await here.ask()).victim.result == SUMMARY


async def test_refused() -> None:
    async with world(request_timeout=REQUEST_TIMEOUT) as here:
        await here.warm_up()
        async with leaving_nothing_behind():
            await here.billing.stop()
            endings = await here.ask()

        nobody_sees_a_bill(here, endings, requests=2)
        await here.billing.start()
        assert (await here.ask()).victim.result == SUMMARY


async def test_restart_between_calls_is_not_noticed() -> None:
    async with world() as here:
        await here.warm_up()
        async with leaving_nothing_behind():
            await restart(here)
            assert (await here.ask()).victim.result == SUMMARY
        assert (here.tool_calls(), here.count("initialize"), here.count("tools/list")) == (1, 0, 0)


async def test_expired_session_is_renewed_once_for_all() -> None:
    async def show_bill_to_the_known(exchange: Exchange) -> None:
        is_known = exchange.headers["mcp-session-id"] == "second"
        await (the_bill if is_known else status(404))(exchange)

    async with world(session_id="first") as here:
        await here.warm_up()
        async with leaving_nothing_behind():
            here.billing.session_id = "second"
            here.harm_calls(show_bill_to_the_known)
            endings = await here.ask()
            assert (endings.victim.result, endings.bill.result) == (SUMMARY, SUMMARY)
        assert (here.tool_calls(), here.count("initialize"), here.model_requests()) == (2, 1, 3)


async def test_session_that_is_forgotten_for_ever() -> None:
    async with world(session_id="first", request_timeout=REQUEST_TIMEOUT) as here:
        await here.warm_up()
        async with leaving_nothing_behind():
            here.harm_calls(status(404))
            ends_as_designed(await here.ask(), None)
        assert (here.tool_calls(), here.count("initialize")) == (2, 1)


async def test_removed_tool_is_not_asked_for_twice() -> None:
    async with world() as here:
        await here.warm_up()
        here.billing.tools = []
        here.harm_calls(faults.rpc_error(-32602, "Unknown tool: get_current_bill"))
        ends_as_designed(await here.ask(), "Unknown tool: get_current_bill")
        assert here.tool_calls() == 1
        assert (await here.ask()).victim.result != SUMMARY
        assert here.tool_calls() == 0


async def test_removed_tool_that_was_told_of_is_not_offered() -> None:
    async with world(session_id="first") as here:
        await here.warm_up()
        here.billing.tools = []
        await tell_of_changed_tools(here)
        assert (await here.ask()).victim.status == "completed"
        assert (here.tool_calls(), here.count("tools/list"), here.count("initialize")) == (0, 1, 0)


async def test_changed_schema_reaches_the_model() -> None:
    changed = {"type": "object", "properties": {"with_items": {"type": "boolean"}}}
    async with world(session_id="first") as here:
        await here.warm_up()
        here.billing.tools = [BILL_TOOL | {"inputSchema": changed}]
        await tell_of_changed_tools(here)
        ends_as_designed(await here.ask(), SUMMARY)
        assert here.offered_schema() == changed
        assert (here.tool_calls(), here.count("tools/list")) == (1, 1)


async def restart(here: World) -> None:
    await here.billing.stop()
    await here.billing.start()


async def tell_of_changed_tools(here: World) -> None:
    await until(lambda: bool(here.billing.listening))
    await here.billing.push({"method": "notifications/tools/list_changed"})


def ends_as_designed(endings: Together, says: str | None) -> None:
    victim = endings.victim
    if says is None:
        assert (victim.status, victim.error_code) == ("failed", ErrorCode.TOOL_UNAVAILABLE)
        assert victim.result == ErrorCode.TOOL_UNAVAILABLE.sentence
    else:
        assert (victim.status, victim.result) == ("completed", says)
    assert victim.seconds < REQUEST_TIMEOUT + GRACE
    assert victim.finals == 1


def nobody_sees_a_bill(here: World, endings: Together, *, requests: int) -> None:
    ends_as_designed(endings, None)
    assert (endings.bill.status, endings.bill.error_code) == ("failed", ErrorCode.TOOL_UNAVAILABLE)
    assert (here.tool_calls(), here.model_requests()) == (0, requests)
    others_are_untouched(endings)


def others_are_untouched(endings: Together) -> None:
    assert (endings.plan.status, endings.plan.error_code) == ("completed", None)
    assert "Phone Plan 25GB" in endings.plan.result
