"""A tool's schema reaches the model whole, and its arguments reach the tool as given, mended, or not at all."""

import json
from collections.abc import Mapping
from typing import cast

import pytest
from pydantic import JsonValue
from semantic_kernel import Kernel
from semantic_kernel.connectors.ai.function_call_choice_configuration import FunctionCallChoiceConfiguration
from semantic_kernel.connectors.ai.function_choice_behavior import FunctionChoiceBehavior
from semantic_kernel.connectors.ai.function_choice_type import FunctionChoiceType
from semantic_kernel.connectors.ai.open_ai import OpenAIChatPromptExecutionSettings
from semantic_kernel.contents import ChatHistory, FunctionCallContent, FunctionResultContent
from semantic_kernel.functions import KernelArguments

from agents.mcp_errors import ToolFailed
from agents.mcp_tools import Tool
from agents.plugin import offer_tools, plugin
from agents.tool_arguments import ToolArguments
from tests.doubles.openai_agents import GET_BILL, Tools

NESTED: Mapping[str, JsonValue] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "$defs": {"Zone": {"type": "string", "enum": ["EU", "World"], "description": "Where"}},
    "properties": {
        "zone": {"$ref": "#/$defs/Zone"},
        "days": {"type": "integer", "minimum": 1, "maximum": 30, "default": 7},
        "filter": {
            "type": "object",
            "properties": {"name": {"type": "string", "maxLength": 10}},
            "required": ["name"],
            "additionalProperties": False,
        },
        "tags": {"type": "array", "items": {"enum": ["a", "b"]}, "uniqueItems": True},
        "anything": True,
    },
    "required": ["zone"],
    "additionalProperties": False,
}
SLOTS: JsonValue = {
    "month": {"type": "integer", "minimum": 1},
    "price": {"type": "number"},
    "active": {"type": "boolean"},
    "note": {"type": "string"},
    "year": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
    "kind": {"type": ["string", "null"], "enum": ["sim", "phone", None]},
}


def tool(schema: Mapping[str, JsonValue], name: str = "look") -> Tool:
    return Tool(name=name, title=None, description="Looks.", input_schema=schema)


def offered(*tools: Tool) -> list[dict[str, JsonValue]]:
    functions = plugin("Billing", tools, Tools().call).functions.values()
    settings = OpenAIChatPromptExecutionSettings()
    configuration = FunctionCallChoiceConfiguration(available_functions=[function.metadata for function in functions])
    offer_tools(configuration, settings, FunctionChoiceType.AUTO)
    return [cast("dict[str, JsonValue]", definition["function"]) for definition in settings.tools or []]


async def called(given: str, tools: Tools, *offers: Tool, name: str = "Billing-get_bill") -> str:
    """What the model reads after it asked for a call."""
    kernel = Kernel(plugins=[plugin("Billing", offers or (GET_BILL,), tools.call)])
    history = ChatHistory()
    await kernel.invoke_function_call(
        FunctionCallContent(id="1", name=name, arguments=given),
        history,
        arguments=KernelArguments(semker_today="2026-11-23"),
        function_behavior=FunctionChoiceBehavior.Auto(),
    )
    (item,) = history.messages[-1].items
    assert isinstance(item, FunctionResultContent)
    return str(item.result)


def test_model_sees_every_keyword_of_the_schema() -> None:
    (function,) = offered(tool(NESTED))
    assert function == {"name": "Billing-look", "description": "Looks.", "parameters": dict(NESTED)}


def test_tool_without_arguments_gets_the_empty_properties_that_models_insist_on() -> None:
    (function,) = offered(tool({"type": "object"}))
    assert function["parameters"] == {"type": "object", "properties": {}}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array"},
        {"type": "object", "properties": []},
        {"type": "object", "properties": {"month": {"type": "whole"}}},
        {"type": "object", "properties": {"the month": {"type": "integer"}}},
        {"type": "object", "properties": {"settings": {"type": "object"}}},
        {"type": "object", "properties": {"zone": {"$ref": "#/$defs/Zone"}}},
        {"type": "object", "properties": {"zone": {"$ref": "http://127.0.0.1:9/zone"}}},
    ],
)
def test_unusable_tool_is_left_out_and_the_others_stay(schema: Mapping[str, JsonValue]) -> None:
    assert [function["name"] for function in offered(tool(schema), GET_BILL)] == ["Billing-get_bill"]


async def test_arguments_arrive_as_the_model_gave_them() -> None:
    tools = Tools()
    given: dict[str, JsonValue] = {
        "zone": "EU",
        "days": 3,
        "filter": {"name": "Ann"},
        "tags": ["a"],
        "anything": [None],
    }
    result = await called(json.dumps(given), tools, tool(NESTED), name="Billing-look")
    assert tools.calls == [("look", given)]
    assert json.loads(result)["total"] == "45.50"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ('{"month": 6, "customer_id": "C-1"}', "customer_id"),
        ('{"month": 0}', "month: 0 is less than the minimum of 1"),
        ('{"month": "June"}', "month: 'June' is not of type 'integer'"),
        ('{"month": [6]}', "month: [6] is not of type 'integer'"),
        ('{"month": null}', "month: None is not of type 'integer'"),
        ("{}", "month"),
        ("[6]", "JSON"),
        ('{"month": 6', "JSON"),
    ],
)
async def test_wrong_arguments_are_refused_in_words_for_the_model(given: str, told: str) -> None:
    tools = Tools()
    assert told in await called(given, tools)
    assert tools.calls == []


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({"month": "6", "price": "4.5", "active": "True"}, {"month": 6, "price": 4.5, "active": True}),
        ({"month": 6.0, "note": 42}, {"month": 6, "note": "42"}),
        ({"year": "2026", "note": "2026"}, {"year": 2026, "note": "2026"}),
        ({"year": None, "month": None, "note": None}, {"year": None}),
        ({"year": "null", "kind": None}, {"year": None, "kind": None}),
        ({"today": "2026-11-23"}, {}),
    ],
)
def test_plain_meaning_is_mended(given: dict[str, JsonValue], read: dict[str, JsonValue]) -> None:
    assert ToolArguments({"type": "object", "properties": SLOTS}).read(given) == read


async def test_a_failing_tool_is_told_to_the_model() -> None:
    tools = Tools(failure=ToolFailed("There is no bill for that month."))
    assert await called('{"month": 6}', tools) == '{"error": "There is no bill for that month."}'
