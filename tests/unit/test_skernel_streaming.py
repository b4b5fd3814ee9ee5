"""A streamed answer is whole, or it is a failure; half a tool call never runs."""

import asyncio
from collections.abc import Iterator
from contextlib import aclosing

import pytest
from semantic_kernel.contents import ChatHistory

from agents.skernel import chat_service, error_code, execution_settings
from models.errors import AnswerFailed
from models.message import ErrorCode
from models.plan import AgentReply
from tests.doubles import fake_openai_faults as faults
from tests.doubles.fake_openai import FakeOpenAI
from tests.doubles.fake_openai_faults import Fault
from tests.doubles.fake_openai_settings import Remote, model_settings
from tests.doubles.fake_openai_wire import Answer
from tests.doubles.openai_agents import Tools, billing_agent


@pytest.fixture
def model() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as server:
        yield server


async def stream(model: FakeOpenAI, tools: Tools, *, provider: Remote = "openai", timeout: float = 10) -> list[str]:
    settings = model_settings(model, provider, request_timeout=timeout)
    async with chat_service(settings) as service:
        agent = billing_agent(service, settings, tools)
        texts = [item.message.content async for item in agent.invoke_stream("Show my bill for June")]
    assert await asyncio.to_thread(model.all_closed)
    return texts


@pytest.mark.parametrize("provider", ["openai", "azure"])
async def test_answer_arrives_in_pieces_after_the_tool_was_called(model: FakeOpenAI, provider: Remote) -> None:
    tools = Tools()
    texts = await stream(model, tools, provider=provider)
    assert tools.calls == [("get_bill", {"month": 6})]
    assert len([text for text in texts if text]) > 2
    assert AgentReply.model_validate_json("".join(texts)).text == "Your bill is £45.50 (get_bill)."
    assert model.connections == 1


@pytest.mark.parametrize("fault", [faults.cut_stream(), faults.broken_stream(), faults.cut_stream(after=3)])
async def test_cut_stream_is_a_failure_and_its_tool_call_never_runs(model: FakeOpenAI, fault: Fault) -> None:
    tools = Tools()
    model.script(fault)
    with pytest.raises(AnswerFailed):
        await stream(model, tools)
    assert tools.calls == []
    assert len(model.requests) == 1


async def test_stream_cut_after_the_tool_call_is_a_failure(model: FakeOpenAI) -> None:
    model.script(faults.answer, faults.cut_stream(after=4))
    with pytest.raises(AnswerFailed, match="bad_model_output"):
        await stream(model, Tools())


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (faults.says(Answer(text='{"able_to', finish="length")), ErrorCode.BAD_MODEL_OUTPUT),
        (faults.says(Answer(text="", finish="content_filter")), ErrorCode.MODEL_REJECTED),
        (faults.html, ErrorCode.BAD_MODEL_OUTPUT),
        (faults.status(401), ErrorCode.MODEL_UNAVAILABLE),
        (faults.hang, ErrorCode.MODEL_TIMEOUT),
        (faults.stalled_stream, ErrorCode.MODEL_TIMEOUT),
        (faults.dripping_stream(), ErrorCode.MODEL_TIMEOUT),
        (faults.failing_stream, ErrorCode.MODEL_UNAVAILABLE),
    ],
)
async def test_stream_fails_as_a_whole_call_would(model: FakeOpenAI, fault: Fault, code: ErrorCode) -> None:
    model.script(fault)
    with pytest.raises(AnswerFailed) as failed:
        await stream(model, Tools(), timeout=0.5)
    assert error_code(failed.value) is code


async def test_stream_that_could_not_begin_is_asked_for_again(model: FakeOpenAI) -> None:
    model.script(faults.status(503))
    texts = await stream(model, Tools())
    assert AgentReply.model_validate_json("".join(texts)).able_to_serve
    assert len(model.requests) == 3


async def test_no_connection_stays_open_behind_a_stream_that_was_given_up(model: FakeOpenAI) -> None:
    model.always(faults.stalled_stream)
    settings = model_settings(model, request_timeout=0.5)
    history = ChatHistory(system_message="Today is 2026-11-23.")
    history.add_user_message("What is my bill?")
    async with chat_service(settings) as service:
        asked = execution_settings(settings, AgentReply)
        async with aclosing(service.get_streaming_chat_message_contents(history, asked)) as pieces:
            await anext(pieces)
        with pytest.raises(AnswerFailed, match="model_timeout"):
            _ = [piece async for piece in service.get_streaming_chat_message_contents(history, asked)]
        assert await asyncio.to_thread(model.all_closed)
    assert model.connections == 2
