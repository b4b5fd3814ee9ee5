"""The same agents on OpenAI and on Azure, over a real socket."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator

import pytest
from pydantic import JsonValue
from semantic_kernel.connectors.ai.completion_usage import CompletionUsage

from agents.skernel import chat_service, execution_settings
from config.settings import ModelSettings
from models.plan import AgentReply, Plan
from tests.doubles.fake_openai import FakeOpenAI
from tests.doubles.fake_openai_settings import Remote, model_settings
from tests.doubles.openai_agents import CURRENT_BILL, GET_BILL, Tools, billing_agent, planner

on_every_provider = pytest.mark.parametrize("provider", ["openai", "azure"])


@pytest.fixture
def model() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as server:
        yield server


@on_every_provider
async def test_planner_gets_a_valid_plan(model: FakeOpenAI, provider: Remote) -> None:
    settings = model_settings(model, provider)
    async with chat_service(settings) as service:
        response = await planner(service, settings).get_response("What is my current bill?")
    plan = Plan.model_validate_json(response.message.content)
    assert [route.agent for route in plan.routes] == ["Billing"]


@on_every_provider
async def test_agent_calls_the_tool_and_answers_from_its_result(model: FakeOpenAI, provider: Remote) -> None:
    settings, tools = model_settings(model, provider), Tools()
    async with chat_service(settings) as service:
        agent = billing_agent(service, settings, tools)
        response = await agent.get_response("Show me my bill for June 2026")
    reply = AgentReply.model_validate_json(response.message.content)
    assert tools.calls == [("get_bill", {"month": 6, "year": 2026})]
    assert reply.text == "Your bill is £45.50 (get_bill)."
    assert reply.able_to_serve


@on_every_provider
async def test_model_sees_the_schema_of_the_tool_unchanged(model: FakeOpenAI, provider: Remote) -> None:
    settings = model_settings(model, provider)
    async with chat_service(settings) as service:
        await billing_agent(service, settings, Tools()).get_response("What is my bill?")
    first = model.requests[0].body
    assert first["tools"] == [
        _definition("Billing-get_bill", "The bill of one month.", dict(GET_BILL.input_schema)),
        _definition("Billing-get_current_bill", "The newest bill.", dict(CURRENT_BILL.input_schema)),
    ]
    assert first["tool_choice"] == "auto"


@on_every_provider
async def test_usage_of_a_call_is_on_its_answer(model: FakeOpenAI, provider: Remote) -> None:
    settings = model_settings(model, provider)
    async with chat_service(settings) as service:
        response = await planner(service, settings).get_response("What is my current bill?")
    usage = response.message.metadata["usage"]
    assert isinstance(usage, CompletionUsage)
    assert usage.prompt_tokens
    assert usage.completion_tokens


@on_every_provider
async def test_connections_are_kept_and_closed_at_the_end(model: FakeOpenAI, provider: Remote) -> None:
    settings = model_settings(model, provider)
    async with chat_service(settings) as service:
        agent = billing_agent(service, settings, Tools())
        for _ in range(5):
            await agent.get_response("What is my bill?")
        assert (model.connections, len(model.requests)) == (1, 10)
        await asyncio.gather(*(agent.get_response("What is my bill?") for _ in range(8)))
        assert model.connections <= 8
    assert await asyncio.to_thread(model.all_closed)


@on_every_provider
async def test_only_what_is_set_is_sent(model: FakeOpenAI, provider: Remote) -> None:
    plain = model_settings(model, provider)
    tuned = plain.model_copy(update={"temperature": 0.0, "reasoning_effort": "minimal"})
    for settings in (plain, tuned):
        async with chat_service(settings) as service:
            await planner(service, settings).get_response("What is my current bill?")
    first, second = (request.body for request in model.requests)
    assert first.keys() == {"model", "messages", "response_format", "stream"}
    assert (second["temperature"], second["reasoning_effort"]) == (0.0, "minimal")


async def test_keys_travel_in_their_headers_only(model: FakeOpenAI) -> None:
    for provider in ("openai", "azure"):
        settings = model_settings(model, provider)
        async with chat_service(settings) as service:
            await planner(service, settings).get_response("What is my current bill?")
    assert "test-key" not in repr(model.requests)


async def test_without_keys_the_embedded_model_answers() -> None:
    settings = ModelSettings(provider="offline")
    async with chat_service(settings) as service:
        response = await planner(service, settings).get_response("What is my current bill?")
    assert [route.agent for route in Plan.model_validate_json(response.message.content).routes] == ["Billing"]


def test_structured_outputs_are_strict() -> None:
    for output in (Plan, AgentReply):
        extra = execution_settings(ModelSettings(provider="offline"), output).extension_data
        schema = extra["response_format"]["json_schema"]
        assert (schema["name"], schema["strict"]) == (output.__name__, True)
        assert schema["schema"]["required"] == list(output.model_fields)
        assert "title" not in schema["schema"]


def test_the_connector_is_imported_only_when_chosen() -> None:
    code = "import sys, agents.skernel; sys.exit('semantic_kernel.connectors.ai.open_ai' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


def _definition(name: str, description: str, parameters: dict[str, JsonValue]) -> JsonValue:
    function: JsonValue = {"name": name, "description": description, "parameters": parameters}
    return {"type": "function", "function": function}
