"""What the agent pass takes and gives: tools, calls, results."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue


@dataclass(frozen=True, slots=True)
class Tool:
    """`name` may carry a plugin prefix, `Billing-get_bill`; `parameters` is the JSON schema of the arguments."""

    name: str
    description: str
    parameters: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class ToolCall:
    tool: str
    arguments: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class ToolResult:
    """`content` is what the tool answered: JSON, or plain text."""

    call: ToolCall
    content: str
