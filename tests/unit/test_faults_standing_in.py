"""While the model server is down the embedded model answers in its place (MODEL_FALLBACK=offline), and says so."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from models.message import ErrorCode
from tests.doubles import fake_openai_faults as faults
from tests.doubles.fake_openai_faults import Fault, answer, status
from tests.doubles.fault_world import SUMMARY, World, leaving_nothing_behind, world
from tests.doubles.mcp_faults import status as http_status

REQUEST_TIMEOUT = 2.0
GRACE = 1.0

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True, slots=True)
class Row:
    """The embedded model goes on where the other one failed, and the tool is called once."""

    script: tuple[Fault, ...]
    requests: int


MADE_GOOD = {
    "401 while planning": Row((status(401),), 1),
    "429 while planning": Row((status(429, retry_after="120"),), 1),
    "hang while planning": Row((faults.hang,), 1),
    "500 while choosing a tool": Row((answer, status(500, retry_after="60")), 2),
    "drip while choosing a tool": Row((answer, faults.drip()), 2),
    "404 while answering": Row((answer, answer, status(404)), 3),
    "hang while answering": Row((answer, answer, faults.hang), 3),
}
NOT_MADE_GOOD = {
    "400": (status(400), ErrorCode.MODEL_REJECTED),
    "content filter": (faults.content_filter, ErrorCode.MODEL_REJECTED),
    "HTML": (faults.html, ErrorCode.BAD_MODEL_OUTPUT),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here() -> AsyncIterator[World]:
    """After one message of the embedded model, which is loaded when it is first needed."""
    async with world(request_timeout=REQUEST_TIMEOUT, fallback="offline") as opened:
        await opened.warm_up()
        opened.harm_model(status(401))
        await opened.ask()
        yield opened


@pytest.mark.parametrize("name", MADE_GOOD)
async def test_the_embedded_model_goes_on(name: str, here: World) -> None:
    row = MADE_GOOD[name]
    await here.warm_up()
    async with leaving_nothing_behind():
        here.harm_model(*row.script)
        endings = await here.ask()

    victim = endings.victim
    assert (victim.status, victim.error_code) == ("completed", None), victim
    assert SUMMARY in victim.result
    assert victim.seconds < REQUEST_TIMEOUT + GRACE
    assert victim.details["degraded"] == ["model"]
    assert (here.model_requests(), here.tool_calls()) == (row.requests, 1)
    assert (endings.bill.result, endings.bill.details["degraded"]) == (SUMMARY, [])


@pytest.mark.parametrize("name", NOT_MADE_GOOD)
async def test_a_refusal_and_nonsense_are_told(name: str, here: World) -> None:
    fault, code = NOT_MADE_GOOD[name]
    await here.warm_up()
    here.harm_model(fault)
    victim = (await here.ask()).victim
    assert (victim.status, victim.error_code) == ("failed", code)


async def test_a_model_that_is_down_is_left_alone() -> None:
    async with world(request_timeout=REQUEST_TIMEOUT, fallback="offline", failures=3) as here:
        await here.warm_up()
        here.model.always(status(401))
        for _ in range(2):
            endings = await here.ask()
            assert SUMMARY in endings.victim.result
            assert "Phone Plan 25GB" in endings.plan.result
        assert here.model_requests() + here.model_requests(of_victim=False) == 0
        health = (await here.app.http.get("/health")).json()
        assert (health["status"], health["degraded"]) == ("degraded", ["model"])
        assert (await here.app.http.get("/health/ready")).is_success


async def test_an_mcp_server_that_is_down_is_left_alone_and_the_rest_is_answered() -> None:
    async with world(request_timeout=REQUEST_TIMEOUT, failures=2) as here:
        await here.warm_up()
        here.billing.behaviours["tools/call"] = http_status(503)
        await here.ask()
        endings = await here.ask()
        assert (endings.victim.error_code, endings.bill.error_code) == (ErrorCode.TOOL_UNAVAILABLE,) * 2
        assert (here.count("tools/call"), endings.plan.status) == (0, "completed")
        both = await here.app.ask("What is my current bill, and how do I set up voicemail?", "both")
        assert both.status == "completed"
        assert ErrorCode.TOOL_UNAVAILABLE.sentence in both.result
        assert "oicemail" in both.result
