"""A planner and an agent as small as they can be, to try a chat service with."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue
from semantic_kernel import Kernel
from semantic_kernel.agents import ChatCompletionAgent
from semantic_kernel.connectors.ai.chat_completion_client_base import ChatCompletionClientBase
from semantic_kernel.connectors.ai.function_choice_behavior import FunctionChoiceBehavior
from semantic_kernel.functions import KernelArguments

from agents.config import AGENTS
from agents.mcp_tools import Tool
from agents.plugin import plugin
from agents.skernel import execution_settings
from config.settings import ModelSettings
from models.plan import AgentReply, Plan

GET_BILL = Tool(
    name="get_bill",
    title="Bill of a month",
    description="The bill of one month.",
    input_schema={
        "type": "object",
        "title": "get_billArguments",
        "properties": {
            "month": {"type": "integer", "minimum": 1, "maximum": 12, "description": "1 is January."},
            "year": {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None},
        },
        "required": ["month"],
        "additionalProperties": False,
    },
)
CURRENT_BILL = Tool(
    name="get_current_bill",
    title=None,
    description="The newest bill.",
    input_schema={"type": "object", "properties": {}},
)


@dataclass(slots=True)
class Tools:
    """Answers every call and remembers it."""

    calls: list[tuple[str, Mapping[str, JsonValue]]] = field(default_factory=list)
    failure: Exception | None = None

    async def call(self, name: str, arguments: Mapping[str, JsonValue]) -> str:
        self.calls.append((name, arguments))
        if self.failure is not None:
            raise self.failure
        return json.dumps({"summary": f"Your bill is £45.50 ({name}).", "total": "45.50"}, ensure_ascii=False)


def catalogue() -> str:
    cards = [{"name": spec.name, "description": spec.description, "examples": spec.examples} for spec in AGENTS]
    return f"You are the planner.\nToday is 2026-11-23.\n<agents>\n{json.dumps(cards)}\n</agents>"


def planner(service: ChatCompletionClientBase, settings: ModelSettings) -> ChatCompletionAgent:
    return ChatCompletionAgent(
        name="Planner",
        instructions=catalogue(),
        service=service,
        arguments=KernelArguments(settings=execution_settings(settings, Plan)),
    )


def billing_agent(
    service: ChatCompletionClientBase, settings: ModelSettings, tools: Tools, offered: Sequence[Tool] = ()
) -> ChatCompletionAgent:
    return ChatCompletionAgent(
        name="Billing",
        instructions="You are the Billing agent.\nToday is 2026-11-23.",
        service=service,
        kernel=Kernel(),
        plugins=[plugin("Billing", offered or (GET_BILL, CURRENT_BILL), tools.call)],
        function_choice_behavior=FunctionChoiceBehavior.Auto(maximum_auto_invoke_attempts=3),
        arguments=KernelArguments(settings=execution_settings(settings, AgentReply)),
    )
