"""Cancelling reaches the model and the tools: their connections are closed, and the next message is answered."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

import httpx
import pytest

from config.settings import MCPSettings, ProcessingSettings, Settings
from tests.api_client import HEADER
from tests.doubles.fake_openai import FakeOpenAI
from tests.doubles.fake_openai_faults import ChatCall, Fault, answer, drip, hang, stalled_stream
from tests.doubles.fake_openai_settings import model_settings
from tests.doubles.fault_world import BILL, BILL_TOOL, CLOCK, SUMMARY, the_bill
from tests.doubles.live_app import LiveApp, live_app
from tests.doubles.mcp_faults import drip as drip_tool
from tests.doubles.mcp_faulty_server import Exchange, FaultyServer
from tests.waiting import settled


@asynccontextmanager
async def app_between(model: FakeOpenAI, billing: FaultyServer) -> AsyncIterator[LiveApp]:
    settings = Settings(
        model=model_settings(model, request_timeout=60),
        mcp=MCPSettings(billing_mcp_server_url=billing.url),
        processing=ProcessingSettings(clock=CLOCK),
    )
    async with live_app(settings) as app:
        yield app


async def send(app: LiveApp) -> str:
    sent = await app.http.post("/messages", json={"message": BILL}, headers={HEADER: "conversation"})
    assert sent.status_code == httpx.codes.CREATED, sent.text
    return str(sent.json()["message_id"])


async def cancel(app: LiveApp, message_id: str) -> None:
    cancelled = await app.http.post(f"/messages/{message_id}/cancel")
    assert (cancelled.status_code, cancelled.json()["status"]) == (httpx.codes.OK, "cancelled")


async def assert_next_is_answered(app: LiveApp, cancelled: str) -> None:
    begun = monotonic()
    ending = await app.ask(BILL, "conversation")
    assert (ending.status, ending.result) == ("completed", SUMMARY)
    assert monotonic() - begun < 2
    conversation = (await app.http.get("/conversations/conversation")).json()
    assert [turn["text"] for turn in conversation["turns"]] == [BILL, SUMMARY]
    updates = (await app.http.get(f"/messages/{cancelled}/updates")).json()
    assert updates[-1]["status"] == "cancelled"


@pytest.mark.parametrize("silence", [hang, drip(0.01), stalled_stream], ids=["hang", "drip", "stalled"])
async def test_model_sees_its_connection_closed_within_a_second(silence: Fault) -> None:
    reached, left = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    async def watched(call: ChatCall) -> None:
        """In the thread of the model server."""
        loop.call_soon_threadsafe(reached.set)
        try:
            await silence(call)
            await call.exchange.client_gone()
        finally:
            loop.call_soon_threadsafe(left.set)

    with FakeOpenAI() as model:
        async with FaultyServer(tools=[BILL_TOOL]) as billing, app_between(model, billing) as app:
            billing.behaviours["tools/call"] = the_bill
            model.always(watched)
            message_id = await send(app)
            async with asyncio.timeout(10):
                await reached.wait()
            model.always(answer)
            await cancel(app, message_id)
            async with asyncio.timeout(1):
                await left.wait()
            await assert_next_is_answered(app, message_id)


async def test_tool_server_sees_its_connection_closed_within_a_second() -> None:
    gone: list[bool] = []

    async def slow(exchange: Exchange) -> None:
        try:
            await drip_tool(exchange)
        finally:
            gone.append(True)

    with FakeOpenAI() as model:
        async with FaultyServer(tools=[BILL_TOOL]) as billing, app_between(model, billing) as app:
            billing.behaviours["tools/call"] = slow
            message_id = await send(app)
            await settled(lambda: any(seen.method == "tools/call" for seen in billing.seen), within=10)
            billing.behaviours["tools/call"] = the_bill
            await cancel(app, message_id)
            await settled(lambda: gone == [True], within=1)
            await assert_next_is_answered(app, message_id)
