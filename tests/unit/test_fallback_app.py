"""What the whole service tells while something is down, and who reads an answer while it is written."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from config.settings import MCPSettings, ModelSettings, ProcessingSettings, Settings
from config.telemetry import TelemetrySettings
from tests.api_client import FINAL, HEADER, Json
from tests.doubles import fake_openai_faults as faults
from tests.doubles import mcp_faults
from tests.doubles.asking import BILL, BILL_AND_VOICEMAIL, CLOCK
from tests.doubles.fake_openai import FakeOpenAI
from tests.doubles.fake_openai_brain import reply
from tests.doubles.fake_openai_faults import ChatCall, answer, says
from tests.doubles.fake_openai_settings import model_settings
from tests.doubles.live_app import LiveApp, live_app
from tests.doubles.mcp_faults import FaultyServer

VOICEMAIL = "How do I set up voicemail?"


@asynccontextmanager
async def running(
    model: ModelSettings, mcp: MCPSettings | None = None, message_timeout: float = 30
) -> AsyncIterator[LiveApp]:
    settings = Settings(
        model=model,
        mcp=mcp or MCPSettings(),
        processing=ProcessingSettings(clock=CLOCK, message_timeout=message_timeout),
        telemetry=TelemetrySettings(telemetry_enabled=False),
    )
    async with live_app(settings) as app:
        yield app


async def health(app: LiveApp) -> tuple[str, list[str]]:
    told: Json = (await app.http.get("/health")).json()
    assert (await app.http.get("/health/ready")).is_success
    return told["status"], told["degraded"]


async def test_health_names_the_model_while_it_is_down_and_readiness_stays_green() -> None:
    with FakeOpenAI() as model:
        async with running(model_settings(model)) as app:
            assert await health(app) == ("healthy", [])
            model.always(faults.status(401))
            ending = await app.ask(VOICEMAIL, "one")
            assert (ending.status, ending.details["degraded"]) == ("completed", ["model"])
            assert await health(app) == ("degraded", ["model"])
            model.always(answer)
            await app.ask(VOICEMAIL, "two")
            assert await health(app) == ("healthy", [])


async def test_health_names_a_tool_server_that_is_down() -> None:
    async with FaultyServer() as server:
        server.behaviours["initialize"] = mcp_faults.status(503)
        async with running(ModelSettings(provider="offline"), MCPSettings(billing_mcp_server_url=server.url)) as app:
            assert await health(app) == ("degraded", ["billing"])
            both = await app.ask(BILL_AND_VOICEMAIL, "one")
            alone = await app.ask(BILL, "two")
    assert (both.status, both.details["degraded"]) == ("completed", ["billing"])
    assert "not available right now" in both.result
    assert "oicemail" in both.result
    assert (alone.status, alone.error_code) == ("failed", "tool_unavailable")


@pytest.mark.parametrize(("fallback", "outcome"), [("fail", "model_timeout"), ("offline", None)])
async def test_deadline_of_the_message_bounds_a_hanging_model(fallback: str, outcome: str | None) -> None:
    with FakeOpenAI() as model:
        settings = model_settings(model, request_timeout=30).model_copy(update={"fallback": fallback})
        async with running(settings, message_timeout=3) as app:
            model.always(faults.status(401))
            await app.ask(VOICEMAIL, "one")  # loads the embedded model
            model.always(faults.hang)
            assert (await app.ask(VOICEMAIL, "two")).error_code == outcome


async def test_who_follows_the_events_reads_the_answer_while_it_is_written() -> None:
    with FakeOpenAI() as model:
        async with running(model_settings(model)) as app:
            followed = asyncio.Event()
            loop = asyncio.get_running_loop()

            async def when_followed(call: ChatCall) -> None:
                await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(followed.wait(), loop))
                await answer(call)

            model.script(when_followed, answer, says(reply("It is £45.50. Thank you for asking.")))
            sent = await app.http.post("/messages", json={"message": BILL}, headers={HEADER: "one"})
            async with app.http.stream("GET", f"/messages/{sent.json()['message_id']}/events") as response:
                events = [event async for event in _events(response, followed)]
    deltas = [data["text"] for name, data in events if name == "delta"]
    assert "".join(deltas) == "It is £45.50. Thank you for asking."
    assert [data["status"] for name, data in events if name == "update"] == [
        "received", "inprogress", "inprogress", "completed",
    ]  # fmt: skip


async def _events(response: httpx.Response, followed: asyncio.Event) -> AsyncIterator[tuple[str, Json]]:
    name = ""
    async for line in response.aiter_lines():
        followed.set()
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)
            if name == "done":
                return


async def test_a_reader_who_polls_makes_nobody_stream() -> None:
    with FakeOpenAI() as model:
        async with running(model_settings(model)) as app:
            await app.ask(BILL, "one")
            sent = await app.http.post("/messages", json={"message": BILL}, headers={HEADER: "two"})
            updates = f"/messages/{sent.json()['message_id']}/updates"
            last: Json = {"sequence": 0, "status": "received"}
            while last["status"] not in FINAL:
                waited = await app.http.get(updates, params={"after": last["sequence"]}, headers={"Prefer": "wait=5"})
                last = waited.json()[-1]
        assert not any(request.body.get("stream") for request in model.requests)
