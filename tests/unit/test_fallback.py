"""While the model or a tool server is down, what can be answered is answered, and everybody is told what is missing."""

import asyncio
from collections.abc import Iterator
from time import monotonic

import pytest

from agents.upstream import IMPATIENCE
from config.settings import MCPSettings, UpstreamSettings
from models.message import Details, ErrorCode
from tests.doubles import fake_openai_faults as faults
from tests.doubles import mcp_faults
from tests.doubles.asking import BILL, BILL_AND_VOICEMAIL, ask, opened
from tests.doubles.fake_openai import FakeOpenAI
from tests.doubles.fake_openai_brain import Rule, keyword_brain
from tests.doubles.fake_openai_faults import Fault, answer, status
from tests.doubles.fake_openai_settings import model_settings
from tests.doubles.mcp_clients import leaving_nothing_behind, until
from tests.doubles.mcp_faults import Exchange, FaultyServer

VOICEMAIL = "How do I set up voicemail?"
QUICK = UpstreamSettings(failures=5, pause=0.3)


RULES = (
    Rule("search_faq", "", lambda request: {"question": request}),
    Rule("echo", "", lambda request: {"text": "bill"}),
)


@pytest.fixture
def model() -> Iterator[FakeOpenAI]:
    with FakeOpenAI(keyword_brain(RULES)) as server:
        yield server


def details(progress_details: Details | None) -> Details:
    assert progress_details is not None
    return progress_details


@pytest.mark.parametrize("fault", [status(401), status(503), status(429, retry_after="120"), faults.reset])
async def test_the_embedded_model_answers_while_the_model_is_down(model: FakeOpenAI, fault: Fault) -> None:
    model.always(fault)
    async with opened(model_settings(model)) as planner:
        told = await ask(planner, VOICEMAIL)
    assert "oicemail" in told.final.result
    assert told.final.agent_name == "FAQAgent"
    plan, *_, final = (details(progress.details) for progress in told.progress)
    assert plan["degraded"] == final["degraded"] == ["model"]
    assert "stand-in" in told.progress[0].result
    assert final["model"] == "semker-offline"


async def test_a_message_waits_for_a_hanging_model_only_once(model: FakeOpenAI) -> None:
    model.always(faults.hang)
    async with opened(model_settings(model, request_timeout=0.5)) as planner:
        started = monotonic()
        told = await ask(planner, VOICEMAIL)
    assert told.final.agent_name == "FAQAgent"
    assert len(model.requests) == 1
    assert monotonic() - started < 10  # the embedded model is loaded for the first time


@pytest.mark.parametrize("good", [1, 2])
async def test_it_takes_over_in_the_middle_and_calls_no_tool_twice(model: FakeOpenAI, good: int) -> None:
    model.script(*[answer] * good, status(401))
    async with opened(model_settings(model)) as planner:
        told = await ask(planner, VOICEMAIL)
    assert "oicemail" in told.final.result
    assert [details(progress.details)["kind"] for progress in told.progress] == ["plan", "tool", "answer"]
    assert details(told.progress[0].details)["degraded"] == []
    assert details(told.final.details)["degraded"] == ["model"]


@pytest.mark.parametrize(
    ("fault", "code"), [(status(400), ErrorCode.MODEL_REJECTED), (faults.html, ErrorCode.BAD_MODEL_OUTPUT)]
)
async def test_a_refusal_and_nonsense_are_not_made_good(model: FakeOpenAI, fault: Fault, code: ErrorCode) -> None:
    model.always(fault)
    async with opened(model_settings(model)) as planner:
        told = await ask(planner, VOICEMAIL)
        assert told.failure is code
        assert not planner.degraded


async def test_without_a_fallback_the_message_fails(model: FakeOpenAI) -> None:
    model.always(status(401))
    settings = model_settings(model).model_copy(update={"fallback": "fail"})
    async with opened(settings) as planner:
        assert (await ask(planner, VOICEMAIL)).failure is ErrorCode.MODEL_UNAVAILABLE


async def test_a_model_that_keeps_failing_is_left_alone_and_found_again(model: FakeOpenAI) -> None:
    model.always(status(401))
    async with opened(model_settings(model), upstream=QUICK) as planner:
        for _ in range(8):
            assert (await ask(planner, VOICEMAIL)).final.agent_name == "FAQAgent"
        assert len(model.requests) == 5
        assert planner.degraded == ("model",)
        await asyncio.sleep(QUICK.pause)
        model.always(answer)
        told = await ask(planner, VOICEMAIL)
        assert details(told.final.details)["degraded"] == []
        assert not planner.degraded


async def test_the_rest_is_answered_while_one_tool_server_is_down(model: FakeOpenAI) -> None:
    async with FaultyServer() as server:
        server.behaviours["tools/call"] = mcp_faults.status(503)
        async with leaving_nothing_behind(), opened(model_settings(model), billing_at(server)) as planner:
            both = await ask(planner, BILL_AND_VOICEMAIL)
            alone = await ask(planner, BILL)
            assert planner.degraded == ("billing",)
            del server.behaviours["tools/call"]
            assert (await ask(planner, BILL)).failure is None
            assert not planner.degraded
    assert f"### Billing\n\n{ErrorCode.TOOL_UNAVAILABLE.sentence}\n\n### FAQ\n\n" in both.final.result
    assert "oicemail" in both.final.result.partition("### FAQ")[2]
    assert details(both.final.details)["degraded"] == ["billing"]
    assert details(both.final.details)["agents"] == ["FAQ"]
    assert alone.failure is ErrorCode.TOOL_UNAVAILABLE


async def test_a_tool_server_that_keeps_failing_is_left_alone_and_found_again(model: FakeOpenAI) -> None:
    async with FaultyServer() as server:
        server.behaviours["tools/call"] = mcp_faults.status(503)
        async with opened(model_settings(model), billing_at(server), QUICK) as planner:
            for _ in range(8):
                assert (await ask(planner, BILL)).failure is ErrorCode.TOOL_UNAVAILABLE
            assert server.count("tools/call") == 5
            asked = len(model.requests)
            assert (await ask(planner, BILL)).failure is ErrorCode.TOOL_UNAVAILABLE
            assert len(model.requests) - asked == 1  # the plan; the agent is not asked for nothing
            await asyncio.sleep(QUICK.pause)
            del server.behaviours["tools/call"]
            assert (await ask(planner, BILL)).failure is None


async def test_a_server_that_was_never_reached_is_left_alone_too(model: FakeOpenAI) -> None:
    async with FaultyServer() as server:
        server.behaviours["initialize"] = mcp_faults.status(503)
        async with opened(model_settings(model), billing_at(server), QUICK) as planner:
            for _ in range(8):
                assert (await ask(planner, BILL)).failure is ErrorCode.TOOL_UNAVAILABLE
            assert server.count("initialize") == 5
            await asyncio.sleep(QUICK.pause)
            del server.behaviours["initialize"]
            assert (await ask(planner, BILL)).failure is None


async def test_a_hanging_tool_server_slows_nobody_else(model: FakeOpenAI) -> None:
    async with FaultyServer() as server:
        server.behaviours["tools/call"] = mcp_faults.hang
        settings = billing_at(server).model_copy(update={"mcp_max_calls": 4})
        async with opened(model_settings(model, request_timeout=5), settings) as planner:
            hanging = [asyncio.create_task(ask(planner, BILL)) for _ in range(8)]
            await until(lambda: server.count("tools/call") == 4)
            started = monotonic()
            assert "oicemail" in (await ask(planner, VOICEMAIL)).final.result
            assert monotonic() - started < 2
            outcomes = [await task for task in asyncio.as_completed(hanging[4:])]
            assert monotonic() - started < 4
            assert {outcome.failure for outcome in outcomes} == {ErrorCode.TOOL_UNAVAILABLE}
            assert server.count("tools/call") == 4
            for task in hanging:
                task.cancel()
            await asyncio.gather(*hanging, return_exceptions=True)


async def test_a_tool_server_that_ends_calls_slowly_refuses_nobody(model: FakeOpenAI) -> None:
    async with FaultyServer() as server:
        server.behaviours["tools/call"] = slow
        settings = billing_at(server).model_copy(update={"mcp_max_calls": 1})
        async with opened(model_settings(model), settings) as planner:
            outcomes = await asyncio.gather(*(ask(planner, BILL) for _ in range(4)))
            assert [outcome.failure for outcome in outcomes] == [None] * 4
            assert server.count("tools/call") == 4


async def test_calls_of_a_small_model_server_take_turns(model: FakeOpenAI) -> None:
    settings = model_settings(model).model_copy(update={"max_calls": 1})
    async with opened(settings) as planner:
        answers = await asyncio.gather(*(ask(planner, VOICEMAIL) for _ in range(4)))
    assert [answer.failure for answer in answers] == [None] * 4
    assert (model.connections, len(model.requests)) == (1, 12)


async def slow(exchange: Exchange) -> None:
    """Not silent for as long as others would wait, but they wait for longer than that."""
    await asyncio.sleep(0.4 * IMPATIENCE)
    await exchange.respond(200, exchange.result({"content": [{"type": "text", "text": "Your bill is £45.50."}]}))


def billing_at(server: FaultyServer) -> MCPSettings:
    return MCPSettings(billing_mcp_server_url=server.url)
