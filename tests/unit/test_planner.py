"""What the planner and its agents make of a message: what it cost, what is repaired, and how long it may take."""

from collections.abc import Iterator
from time import monotonic

import pytest

from config.settings import MCPSettings, ModelSettings
from models.conversation import Role, Turn
from models.message import ErrorCode
from tests.doubles import fake_openai_faults as faults
from tests.doubles import mcp_faults
from tests.doubles.asking import BILL, BILL_AND_VOICEMAIL, ask, opened
from tests.doubles.fake_openai import FakeOpenAI, Recorded
from tests.doubles.fake_openai_brain import Rule, keyword_brain, reply
from tests.doubles.fake_openai_faults import Fault, answer, says
from tests.doubles.fake_openai_settings import model_settings
from tests.doubles.fake_openai_wire import Answer
from tests.doubles.mcp_faults import FaultyServer

BOTH = (
    '{"steps": [], "routes": [{"agent": "Billing", "request": "bill"}, {"agent": "FAQ", "request": "voicemail"}], '
    '"reply": null, "input_required": false, "confidence": null, "reasons": []}'
)
UNABLE = '{"able_to_serve": false, "human_input_required": false, "text": "Not with my tools."}'


@pytest.fixture
def model() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as server:
        yield server


def plan(agent: str | None = None, text: str | None = None) -> Fault:
    route = f'{{"agent": "{agent}", "request": "{BILL}"}}' if agent else ""
    words = f'"{text}"' if text else "null"
    return says(
        Answer(
            text=f'{{"steps": [], "routes": [{route}], "reply": {words}, "input_required": false, '
            '"confidence": null, "reasons": []}'
        )
    )


def notes(request: Recorded) -> list[str]:
    return [str(message["content"]) for message in request.messages[1:] if message["role"] == "system"]


async def test_what_a_message_cost_is_told_with_its_answer(model: FakeOpenAI) -> None:
    async with opened(model_settings(model)) as planner:
        one = (await ask(planner)).final.details
        two = (await ask(planner, BILL_AND_VOICEMAIL)).final.details
    assert one is not None
    assert two is not None
    assert (one["kind"], one["agents"], one["model"], one["degraded"]) == ("answer", ["Billing"], "gpt-4o-mini", [])
    usage = one["usage"]
    assert isinstance(usage, dict)
    assert usage["model_calls"] == 3
    assert usage["prompt_tokens"] > usage["completion_tokens"] > 0  # type: ignore[operator]
    assert two["usage"]["model_calls"] == 5  # type: ignore[index,call-overload]


async def test_what_a_failed_message_cost_is_told_too(model: FakeOpenAI) -> None:
    model.script(answer)
    model.always(says(Answer(text="no JSON")))
    async with opened(model_settings(model)) as planner:
        spent = (await ask(planner)).spent
    assert spent is not None
    assert spent["usage"]["model_calls"] == 3  # type: ignore[index,call-overload]


async def test_an_invented_amount_is_repaired_without_asking_the_tool_again(model: FakeOpenAI) -> None:
    model.script(answer, answer, says(reply("Your bill is £99.99.")), says(reply("Your bill is £45.50.")))
    async with opened(model_settings(model)) as planner:
        told = await ask(planner)
    assert told.final.result == "Your bill is £45.50."
    assert len(model.requests) == 4
    (note,) = notes(model.requests[-1])
    assert "£99.99" in note
    assert [message["role"] for message in model.requests[-1].messages] == [
        "system", "user", "assistant", "tool", "assistant", "system",
    ]  # fmt: skip


async def test_an_amount_that_is_invented_twice_is_withheld(model: FakeOpenAI) -> None:
    model.script(answer, answer, says(reply("Your bill is £99.99.")), says(reply("Your bill is £99.98.")))
    async with opened(model_settings(model)) as planner:
        assert (await ask(planner)).failure is ErrorCode.BAD_MODEL_OUTPUT
    assert len(model.requests) == 4


@pytest.mark.parametrize("earlier", [False, True])
async def test_amounts_of_the_customer_may_be_repeated(model: FakeOpenAI, earlier: bool) -> None:
    text = "Why did I pay £12.34 on my bill?"
    history = (Turn(Role.USER, text), Turn(Role.ASSISTANT, "Let me see.")) if earlier else ()
    model.script(answer, answer, says(reply("I cannot find £12.34 on your bill of £45.50.")))
    async with opened(model_settings(model)) as planner:
        told = await ask(planner, BILL if earlier else text, *history)
    assert "£12.34" in told.final.result


async def test_amounts_of_earlier_answers_are_no_facts_of_this_turn(model: FakeOpenAI) -> None:
    earlier = Turn(Role.USER, "What did I pay in May?"), Turn(Role.ASSISTANT, "You paid £12.34.")
    model.script(answer, answer, says(reply("You owe £12.34.")), says(reply("You owe £12.34.")))
    async with opened(model_settings(model)) as planner:
        assert (await ask(planner, BILL, *earlier)).failure is ErrorCode.BAD_MODEL_OUTPUT


async def test_the_planner_repeats_no_amount_of_an_earlier_answer(model: FakeOpenAI) -> None:
    earlier = Turn(Role.USER, "What did I pay in May?"), Turn(Role.ASSISTANT, "You paid £12.34.")
    model.script(plan(text="You paid £12.34."), plan(text="I can look that up."))
    async with opened(model_settings(model)) as planner:
        assert (await ask(planner, "Really?", *earlier)).final.result == "I can look that up."


async def test_a_second_plan_that_fails_spares_what_was_answered(model: FakeOpenAI) -> None:
    model.script(says(Answer(text=BOTH)), says(reply("All is paid.")), says(Answer(text=UNABLE)), faults.status(400))
    async with opened(model_settings(model)) as planner:
        told = await ask(planner, BILL_AND_VOICEMAIL)
    assert told.final.result == f"All is paid.\n\n{ErrorCode.MODEL_REJECTED.sentence}"


async def test_what_no_second_agent_can_serve_is_told_beside_the_rest(model: FakeOpenAI) -> None:
    model.script(says(Answer(text=BOTH)), says(reply("All is paid.")), says(Answer(text=UNABLE)), plan(agent="FAQ"))
    async with opened(model_settings(model)) as planner:
        told = await ask(planner, BILL_AND_VOICEMAIL)
    assert told.final.result == "All is paid.\n\nNot with my tools."


async def test_the_planner_invents_no_amount_either(model: FakeOpenAI) -> None:
    model.script(plan(text="Our plans start at £3."), plan(text="I can tell you about our plans."))
    async with opened(model_settings(model)) as planner:
        told = await ask(planner, "Hello")
    assert told.final.result == "I can tell you about our plans."
    assert "£3" in notes(model.requests[-1])[0]


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        (plan(agent="Payments"), "Payments"),
        (plan(), "neither routes nor a reply"),
        (faults.wrong_schema, "steps: Field required"),
        (says(Answer(text="Sure, I will ask Billing.")), "JSON"),
    ],
)
async def test_a_plan_is_repaired_once(model: FakeOpenAI, bad: Fault, named: str) -> None:
    async with opened(model_settings(model)) as planner:
        model.script(bad)
        assert "£45.50" in (await ask(planner)).final.result
        assert len(model.requests) == 4
        assert named in notes(model.requests[1])[0]
        model.script(bad, bad)
        assert (await ask(planner)).failure is ErrorCode.BAD_MODEL_OUTPUT
        assert len(model.requests) == 6


@pytest.mark.parametrize("wrapped", ["```json\n%s\n```", "<think>{Let me think}</think>\n%s", "Here it is: %s"])
async def test_what_local_models_put_around_their_answer_is_passed_over(model: FakeOpenAI, wrapped: str) -> None:
    text = wrapped % (reply("It is £45.50.").text or "")
    model.script(answer, answer, says(Answer(text=text)))
    async with opened(model_settings(model)) as planner:
        assert (await ask(planner)).final.result == "It is £45.50."
    assert len(model.requests) == 3


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (faults.hang, ErrorCode.MODEL_TIMEOUT),
        (faults.drip(), ErrorCode.MODEL_TIMEOUT),
        (faults.status(429, retry_after="20"), ErrorCode.MODEL_RATE_LIMITED),
        (faults.status(503, retry_after="20"), ErrorCode.MODEL_UNAVAILABLE),
    ],
)
async def test_a_late_model_is_named_before_the_message_is_out_of_time(
    model: FakeOpenAI, fault: Fault, code: ErrorCode
) -> None:
    model.script(answer, fault)
    settings = model_settings(model, request_timeout=30).model_copy(update={"fallback": "fail"})
    async with opened(settings) as planner:
        started = monotonic()
        assert (await ask(planner, seconds=1.5)).failure is code
        assert monotonic() - started < 1.5


async def test_a_late_model_leaves_time_for_the_stand_in(model: FakeOpenAI) -> None:
    model.always(faults.status(401))
    async with opened(model_settings(model, request_timeout=30)) as planner:
        assert (await ask(planner)).failure is None  # loads the embedded model
        model.always(faults.hang)
        assert "£45.50" in (await ask(planner, seconds=2)).final.result


async def test_a_late_tool_is_named_before_the_message_is_out_of_time() -> None:
    with FakeOpenAI(keyword_brain((Rule("echo", "", lambda request: {"text": "bill"}),))) as model:
        async with FaultyServer() as server:
            server.behaviours["tools/call"] = mcp_faults.hang
            mcp = MCPSettings(billing_mcp_server_url=server.url)
            async with opened(model_settings(model, request_timeout=30), mcp) as planner:
                assert (await ask(planner, seconds=1.5)).failure is ErrorCode.TOOL_UNAVAILABLE
        assert len(model.requests) == 2


@pytest.mark.parametrize("mode", ["json_schema_without_tools", "json_object", "prompt"])
async def test_servers_that_cannot_combine_tools_and_schema_are_asked_in_words(model: FakeOpenAI, mode: str) -> None:
    settings = model_settings(model).model_copy(update={"structured_output": mode})
    in_words = mode != "json_schema_without_tools"
    async with opened(settings) as planner:
        assert "£45.50" in (await ask(planner)).final.result
    planning, choosing = model.requests[:2]
    sent = {"json_object": {"type": "json_object"}, "prompt": None}
    assert choosing.body.get("response_format") == sent.get(mode)
    assert '"able_to_serve"' in str(choosing.messages[0]["content"])
    if in_words:
        assert planning.body.get("response_format") == sent[mode]
        assert '"routes"' in str(planning.messages[0]["content"])
    else:
        assert planning.body["response_format"]["json_schema"]["name"] == "Plan"  # type: ignore[index,call-overload]


async def test_offline_answers_say_what_they_are() -> None:
    async with opened(ModelSettings(provider="offline")) as planner:
        final = (await ask(planner)).final
    assert final.details is not None
    assert (final.details["model"], final.details["degraded"]) == ("semker-offline", [])
