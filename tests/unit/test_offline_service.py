"""The embedded model behind Semantic Kernel's own agent, as every other model is used."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue
from semantic_kernel.agents import ChatCompletionAgent
from semantic_kernel.connectors.ai.function_choice_behavior import FunctionChoiceBehavior
from semantic_kernel.connectors.ai.prompt_execution_settings import PromptExecutionSettings
from semantic_kernel.contents import ChatHistory, ChatMessageContent, FunctionCallContent
from semantic_kernel.functions import KernelArguments
from semantic_kernel.kernel import Kernel

from agents.config import AGENTS
from agents.mcp_errors import ToolFailed
from agents.mcp_tools import Tool
from agents.offline.service import OfflineChatCompletion
from agents.plugin import plugin
from agents.prompts import planner_instructions
from models.plan import AgentReply, Plan


def tool(name: str, description: str, **properties: JsonValue) -> Tool:
    schema: dict[str, JsonValue] = {"type": "object", "properties": properties, "required": list(properties)}
    return Tool(name, None, description, schema)


INSTRUCTIONS = "You are the Billing agent.\nToday is 2026-11-23.\nAnswer shortly."


CURRENT = (
    '{"summary":"Your current bill is £45.50.","currency":"GBP","lines":[{"description":"Plan","amount":"30.00"}]}'
)
TOOLS = (
    tool("get_current_bill", "The customer's current bill."),
    tool("get_bill", "The bill of one month.", month={"type": "integer", "minimum": 1, "maximum": 12}),
    tool("get_rates", "Roaming prices in a country.", country={"type": "string"}),
)


async def call(name: str, arguments: Mapping[str, JsonValue]) -> str:
    if name == "get_rates":
        raise ToolFailed("That is not a destination we know.")
    if name == "get_bill":
        return json.dumps({"summary": f"Your bill of month {arguments['month']} was £1."})
    return CURRENT


def settings(name: str, *, tools: bool) -> KernelArguments:
    schema = {"type": "json_schema", "json_schema": {"name": name, "schema": {}}}
    given: dict[str, Any] = {"response_format": schema, "temperature": 0.0}
    if tools:
        given["function_choice_behavior"] = FunctionChoiceBehavior.Auto(maximum_auto_invoke_attempts=2)
    return KernelArguments(settings=PromptExecutionSettings(**given))


def billing() -> ChatCompletionAgent:
    kernel = Kernel(services=OfflineChatCompletion(), plugins=plugin("Billing", TOOLS, call))
    arguments = settings("AgentReply", tools=True)
    return ChatCompletionAgent(kernel=kernel, name="Billing", instructions=INSTRUCTIONS, arguments=arguments)


async def reply(*texts: str) -> AgentReply:
    """Texts are a customer's and our own in turn; the last one is asked."""
    history = ChatHistory()
    for index, text in enumerate(texts[:-1]):
        (history.add_assistant_message if index % 2 else history.add_user_message)(text)
    history.add_user_message(texts[-1])
    answer = await billing().get_response(messages=list(history.messages))
    return AgentReply.model_validate_json(answer.message.content)


async def test_calls_a_tool_and_answers_with_its_result() -> None:
    answer = await reply("What is my current bill?")
    assert answer.able_to_serve
    assert answer.text == "Your current bill is £45.50.\n\n| Description | Amount |\n| --- | --- |\n| Plan | £30.00 |"


async def test_calls_a_tool_several_times_at_once() -> None:
    assert (await reply("bills for june and july")).text.splitlines()[::2] == [
        "Your bill of month 6 was £1.",
        "Your bill of month 7 was £1.",
    ]


async def test_reads_the_history() -> None:
    assert (await reply("my bill for june", "It was £1.", "and in July?")).text == "Your bill of month 7 was £1."


async def test_asks_for_what_is_missing() -> None:
    answer = await reply("roaming rates please")
    assert answer.human_input_required
    assert answer.text == "Which country do you mean?"


async def test_passes_a_tools_error_on() -> None:
    assert (await reply("rates in France")).text == "That is not a destination we know."


async def test_streams_the_same_answer_in_chunks() -> None:
    chunks = [chunk.message async for chunk in billing().invoke_stream(messages="What is my current bill?")]
    text = "".join(chunk.content for chunk in chunks)
    assert AgentReply.model_validate_json(text) == await reply("What is my current bill?")


async def test_tool_calls_carry_ids_and_plugin_names() -> None:
    seen: list[ChatMessageContent] = []

    async def keep(message: ChatMessageContent) -> None:
        seen.append(message)

    async for _ in billing().invoke(messages="my bill for june", on_intermediate_message=keep):
        pass
    calls = [item for message in seen for item in message.items if isinstance(item, FunctionCallContent)]
    assert [(call.plugin_name, call.function_name, call.arguments) for call in calls] == [
        ("Billing", "get_bill", '{"month": 6}')
    ]
    assert all(call.id for call in calls)


async def test_plans_from_the_catalogue_in_the_instructions() -> None:
    instructions = planner_instructions(AGENTS).replace("{{$semker_today}}", "2026-11-23")
    kernel = Kernel(services=OfflineChatCompletion())
    arguments = settings("Plan", tools=False)
    planner = ChatCompletionAgent(kernel=kernel, name="Planner", instructions=instructions, arguments=arguments)
    answer = await planner.get_response(messages="What is my current bill?")
    plan = Plan.model_validate_json(answer.message.content)
    assert [route.agent for route in plan.routes] == ["Billing"]


async def test_counts_tokens_as_other_models_do() -> None:
    history = ChatHistory(system_message=INSTRUCTIONS)
    history.add_user_message("hello")
    schema = {"type": "json_schema", "json_schema": {"name": "AgentReply"}}
    service = OfflineChatCompletion()
    answers = await service.get_chat_message_contents(history, PromptExecutionSettings(response_format=schema))
    usage = answers[0].metadata["usage"]
    assert usage.prompt_tokens > 10
    assert usage.completion_tokens > 10
