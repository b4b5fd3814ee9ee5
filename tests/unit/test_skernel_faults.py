"""What becomes of a call when the model server fails: which code, after how many requests, and how soon."""

import asyncio
import logging
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic

import pytest
from pydantic import ValidationError

from agents.skernel import chat_service, error_code
from models.errors import AnswerFailed
from models.message import ErrorCode
from models.plan import Plan
from tests.doubles import fake_openai_faults as faults
from tests.doubles.fake_openai import FakeOpenAI
from tests.doubles.fake_openai_faults import Fault
from tests.doubles.fake_openai_settings import model_settings
from tests.doubles.fake_openai_wire import Answer, ToolCall
from tests.doubles.openai_agents import Tools, billing_agent, planner


@dataclass(frozen=True, slots=True)
class Outcome:
    code: ErrorCode | None
    requests: int


async def outcome_of(fault: Fault, *, request_timeout: float = 10) -> Outcome:
    with FakeOpenAI(normally=fault) as model:
        settings = model_settings(model, request_timeout=request_timeout)
        code: ErrorCode | None = None
        async with chat_service(settings) as service:
            try:
                await planner(service, settings).get_response("What is my bill?")
            except Exception as error:
                code = error_code(error)
        assert await asyncio.to_thread(model.all_closed)
        return Outcome(code, len(model.requests))


async def outcomes_of(named: Mapping[str, Fault], *, request_timeout: float = 10) -> dict[str, Outcome]:
    """All at once, since every one of them waits."""
    outcomes = await asyncio.gather(*(outcome_of(fault, request_timeout=request_timeout) for fault in named.values()))
    return dict(zip(named, outcomes, strict=True))


async def test_a_busy_or_broken_server_is_asked_three_times() -> None:
    outcomes = await outcomes_of(
        {
            "408": faults.status(408),
            "409": faults.status(409),
            "429": faults.status(429),
            "429, soon": faults.status(429, retry_after="0.05"),
            "500": faults.status(500),
            "503": faults.status(503),
            "504": faults.status(504),
            "reset": faults.reset,
            "half reply": faults.half_reply,
        }
    )
    assert outcomes == {
        "408": Outcome(ErrorCode.MODEL_TIMEOUT, 3),
        "409": Outcome(ErrorCode.MODEL_UNAVAILABLE, 3),
        "429": Outcome(ErrorCode.MODEL_RATE_LIMITED, 3),
        "429, soon": Outcome(ErrorCode.MODEL_RATE_LIMITED, 3),
        "500": Outcome(ErrorCode.MODEL_UNAVAILABLE, 3),
        "503": Outcome(ErrorCode.MODEL_UNAVAILABLE, 3),
        "504": Outcome(ErrorCode.MODEL_TIMEOUT, 3),
        "reset": Outcome(ErrorCode.MODEL_UNAVAILABLE, 3),
        "half reply": Outcome(ErrorCode.MODEL_UNAVAILABLE, 3),
    }


async def test_what_would_fail_again_is_asked_once() -> None:
    outcomes = await outcomes_of(
        {
            "302": faults.status(302),
            "400": faults.status(400),
            "401": faults.status(401),
            "403": faults.status(403),
            "404": faults.status(404),
            "413": faults.status(413),
            "422": faults.status(422),
            "quota": faults.status(429, error_code="insufficient_quota"),
            "content filter": faults.content_filter,
            "filtered answer": faults.says(Answer(text="", finish="content_filter")),
            "refusal": faults.says(Answer(refusal="I cannot help with that.")),
            "html": faults.html,
            "bad json": faults.bad_json,
            "empty choices": faults.empty_choices,
            "truncated": faults.truncated,
            "unheard-of finish": faults.says(Answer(text="{}", finish="tired")),
            "20 MB": faults.huge(),
            "gzip bomb": faults.gzip_bomb,
        }
    )
    assert outcomes == {
        "302": Outcome(ErrorCode.MODEL_UNAVAILABLE, 1),
        "400": Outcome(ErrorCode.MODEL_REJECTED, 1),
        "401": Outcome(ErrorCode.MODEL_UNAVAILABLE, 1),
        "403": Outcome(ErrorCode.MODEL_UNAVAILABLE, 1),
        "404": Outcome(ErrorCode.MODEL_UNAVAILABLE, 1),
        "413": Outcome(ErrorCode.MODEL_REJECTED, 1),
        "422": Outcome(ErrorCode.MODEL_REJECTED, 1),
        "quota": Outcome(ErrorCode.MODEL_RATE_LIMITED, 1),
        "content filter": Outcome(ErrorCode.MODEL_REJECTED, 1),
        "filtered answer": Outcome(ErrorCode.MODEL_REJECTED, 1),
        "refusal": Outcome(ErrorCode.MODEL_REJECTED, 1),
        "html": Outcome(ErrorCode.BAD_MODEL_OUTPUT, 1),
        "bad json": Outcome(ErrorCode.BAD_MODEL_OUTPUT, 1),
        "empty choices": Outcome(ErrorCode.BAD_MODEL_OUTPUT, 1),
        "truncated": Outcome(ErrorCode.BAD_MODEL_OUTPUT, 1),
        "unheard-of finish": Outcome(ErrorCode.BAD_MODEL_OUTPUT, 1),
        "20 MB": Outcome(ErrorCode.BAD_MODEL_OUTPUT, 1),
        "gzip bomb": Outcome(ErrorCode.BAD_MODEL_OUTPUT, 1),
    }


async def test_nothing_outlasts_the_deadline_of_a_call() -> None:
    started = monotonic()
    outcomes = await outcomes_of(
        {
            "hang": faults.hang,
            "drip": faults.drip(),
            "429, in two minutes": faults.status(429, retry_after="120"),
            "503, next year": faults.status(503, retry_after="Fri, 31 Dec 2027 23:59:59 GMT"),
        },
        request_timeout=0.5,
    )
    assert monotonic() - started < 1.5
    assert outcomes == {
        "hang": Outcome(ErrorCode.MODEL_TIMEOUT, 1),
        "drip": Outcome(ErrorCode.MODEL_TIMEOUT, 1),
        "429, in two minutes": Outcome(ErrorCode.MODEL_RATE_LIMITED, 1),
        "503, next year": Outcome(ErrorCode.MODEL_UNAVAILABLE, 1),
    }


async def test_one_failure_is_survived_and_retry_after_is_honoured() -> None:
    with FakeOpenAI() as model:
        settings = model_settings(model)
        async with chat_service(settings) as service:
            model.script(faults.status(429, retry_after="0.3"))
            started = monotonic()
            response = await planner(service, settings).get_response("What is my bill?")
            assert monotonic() - started >= 0.3
    assert Plan.model_validate_json(response.message.content).routes
    assert len(model.requests) == 2


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        model = FakeOpenAI(port=unused.getsockname()[1])
        settings = model_settings(model)
        async with chat_service(settings) as service:
            with pytest.raises(AnswerFailed) as failed:
                await planner(service, settings).get_response("What is my bill?")
    assert error_code(failed.value) is ErrorCode.MODEL_UNAVAILABLE


async def test_a_wrong_key_is_not_told_to_anybody(caplog: pytest.LogCaptureFixture) -> None:
    with FakeOpenAI(api_key="another-key") as model, caplog.at_level(logging.WARNING):
        settings = model_settings(model)
        async with chat_service(settings) as service:
            with pytest.raises(AnswerFailed, match="model_unavailable"):
                await planner(service, settings).get_response("What is my bill?")
    assert "status 401" in caplog.text
    assert "key" not in caplog.text


async def test_a_broken_call_harms_no_other() -> None:
    with FakeOpenAI() as model:
        settings = model_settings(model, request_timeout=1)
        async with chat_service(settings) as service:
            agent = planner(service, settings)
            model.script(faults.hang, faults.reset, faults.html)
            answers = await asyncio.gather(
                *(agent.get_response("What is my bill?") for _ in range(12)), return_exceptions=True
            )
    failures = [answer for answer in answers if isinstance(answer, BaseException)]
    assert sorted(error_code(failure) for failure in failures) == ["bad_model_output", "model_timeout"]


async def test_an_endless_tool_loop_ends() -> None:
    tools = Tools()
    with FakeOpenAI(normally=faults.endless_tools) as model:
        settings = model_settings(model)
        async with chat_service(settings) as service:
            response = await billing_agent(service, settings, tools).get_response("What is my bill?")
    assert len(model.requests) == 4
    assert "I give up" in response.message.content


async def test_an_unknown_tool_and_bad_arguments_are_told_to_the_model() -> None:
    tools = Tools()
    with FakeOpenAI() as model:
        settings = model_settings(model)
        async with chat_service(settings) as service:
            model.script(
                faults.says(Answer(calls=(ToolCall("Billing-pay_bill", "{}"),))),
                faults.says(Answer(calls=(ToolCall("Billing-get_bill", '{"month": '),))),
                faults.says(Answer(calls=(ToolCall("Billing-get_bill", '{"month": 13}'),))),
            )
            await billing_agent(service, settings, tools).get_response("What is my bill?")
    assert tools.calls == []
    told = [message["content"] for message in model.requests[-1].messages if message["role"] == "tool"]
    assert "not part of the provided tools" in str(told[0])
    assert "JSON" in str(told[1])
    assert told[2] == '{"error": "month: 13 is greater than the maximum of 12"}'


def test_errors_of_our_own_keep_their_meaning() -> None:
    with pytest.raises(ValidationError) as invalid:
        Plan.model_validate_json("{}")
    assert error_code(invalid.value) is ErrorCode.BAD_MODEL_OUTPUT
    assert error_code(TimeoutError()) is ErrorCode.MODEL_TIMEOUT
    assert error_code(KeyError("a bug")) is ErrorCode.INTERNAL
