"""Who reads along hears an answer while it is written; nobody hears a plan, a refusal or an invented amount."""

import asyncio
from collections.abc import Iterator

import pytest

from config.settings import ModelSettings
from tests.doubles import fake_openai_faults as faults
from tests.doubles.asking import BILL_AND_VOICEMAIL, ask, opened
from tests.doubles.fake_openai import FakeOpenAI
from tests.doubles.fake_openai_brain import reply
from tests.doubles.fake_openai_faults import Fault, answer, says
from tests.doubles.fake_openai_settings import model_settings
from tests.doubles.mcp_clients import until


@pytest.fixture
def model() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as server:
        yield server


def streamed(model: FakeOpenAI) -> list[bool]:
    return [bool(request.body.get("stream")) for request in model.requests]


async def test_the_answer_is_heard_while_it_is_written(model: FakeOpenAI) -> None:
    text = "It is £45.50. You have time until 5 December. Thank you!"
    model.script(answer, answer, says(reply(text)))
    async with opened(model_settings(model)) as planner:
        told = await ask(planner, is_followed=True)
    assert told.final.result == told.read_along == text
    assert len(told.deltas) > 1
    assert {delta.agent_name for delta in told.deltas} == {"BillingAgent"}
    assert [progress.status.value for progress in told.progress] == ["inprogress", "inprogress", "completed"]
    assert streamed(model) == [False, True, True]


async def test_nothing_is_streamed_when_nobody_reads_along(model: FakeOpenAI) -> None:
    async with opened(model_settings(model)) as planner:
        told = await ask(planner)
    assert "£45.50" in told.final.result
    assert told.deltas == ()
    assert streamed(model) == [False, False, False]


async def test_the_embedded_model_can_be_read_along() -> None:
    async with opened(ModelSettings(provider="offline")) as planner:
        told = await ask(planner, is_followed=True)
    assert told.read_along == told.final.result
    assert "£45.50" in told.read_along


async def test_agents_who_answer_together_are_told_apart(model: FakeOpenAI) -> None:
    async with opened(model_settings(model)) as planner:
        told = await ask(planner, BILL_AND_VOICEMAIL, is_followed=True)
    for agent in ("Billing", "FAQ"):
        heard = "".join(delta.text for delta in told.deltas if delta.agent_name == f"{agent}Agent")
        assert f"### {agent}\n\n{heard}" in told.final.result


@pytest.mark.parametrize(
    ("last", "heard"),
    [
        (says(reply("I cannot pay your bill.", able=False)), ""),
        (says(reply("It is £99.99. Really.")), ""),
        (says(reply("Hello. It is £99.99. Really.")), "Hello."),
        (faults.wrong_schema, ""),
    ],
)
async def test_what_may_not_be_said_is_not_heard(model: FakeOpenAI, last: Fault, heard: str) -> None:
    model.script(answer, answer, last)
    async with opened(model_settings(model)) as planner:
        told = await ask(planner, is_followed=True)
    assert "".join(delta.text for delta in told.deltas if delta.agent_name == "BillingAgent") == heard


async def test_planner_is_never_heard(model: FakeOpenAI) -> None:
    async with opened(model_settings(model)) as planner:
        told = await ask(planner, "Tell me a joke about penguins", is_followed=True)
    assert told.final.agent_name == "PlannerAgent"
    assert told.deltas == ()


@pytest.mark.parametrize("fault", [faults.cut_stream(after=6), faults.broken_stream(after=6), faults.failing_stream])
async def test_an_answer_that_breaks_off_is_asked_for_again_and_told_once(model: FakeOpenAI, fault: Fault) -> None:
    model.script(answer, answer, fault)
    async with opened(model_settings(model)) as planner:
        told = await ask(planner, is_followed=True)
    assert "£45.50" in told.final.result
    assert told.final.result.startswith(told.read_along)
    assert streamed(model) == [False, True, True, False]


async def test_a_tool_call_cut_in_half_never_runs(model: FakeOpenAI) -> None:
    model.script(answer, faults.cut_stream(after=2))
    async with opened(model_settings(model)) as planner:
        told = await ask(planner, is_followed=True)
    assert "£45.50" in told.final.result
    assert len([progress for progress in told.progress if (progress.details or {}).get("kind") == "tool"]) == 1


async def test_usage_of_streams_is_counted(model: FakeOpenAI) -> None:
    async with opened(model_settings(model)) as planner:
        whole, piecemeal = [
            (await ask(planner, is_followed=followed)).final.details or {} for followed in (False, True)
        ]
    assert whole["usage"] == piecemeal["usage"]


async def test_no_connection_stays_open_behind_a_reader_who_leaves(model: FakeOpenAI) -> None:
    model.script(answer, answer, faults.stalled_stream)
    async with opened(model_settings(model)) as planner:
        asking = asyncio.create_task(ask(planner, is_followed=True))
        await until(lambda: len(model.requests) == 3)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert "£45.50" in (await ask(planner)).final.result
    assert await asyncio.to_thread(model.all_closed)
