"""One message on its way through the agents: what is told live, and for whom tools are called."""

import calendar
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass

from pydantic import JsonValue

from agents.mcp_client import CallContext
from agents.mcp_tools import Tool
from models.message import ErrorCode, Progress


@dataclass(slots=True)
class Consultation:
    """One agent at work on one request; `failure` is set by a tool call after which no answer can be given."""

    call: CallContext
    tell: Callable[[Progress], None]
    failure: ErrorCode | None = None


# Tools run deep inside the kernel, concurrently for many customers; the task's context is the one thing that no
# model can reach and no other message shares.
current_consultation: ContextVar[Consultation] = ContextVar("current_consultation")


def agent_label(name: str) -> str:
    return f"{name}Agent"


def looking_up(agent: str, tool: Tool, arguments: Mapping[str, JsonValue]) -> Progress:
    subject = tool.title or tool.name.replace("_", " ")
    values = ", ".join(_readable(name, value) for name, value in arguments.items() if value is not None)
    return Progress(
        result=f"Looking up {subject[0].lower()}{subject[1:]}{f' ({values})' if values else ''}",
        agent_name=agent_label(agent),
        details={"kind": "tool", "agent": agent, "tool": tool.name, "arguments": dict(arguments)},
    )


def _readable(name: str, value: JsonValue) -> str:
    if name == "month" and isinstance(value, int) and 1 <= value <= 12:
        return calendar.month_name[value]
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return str(value).replace("_", " ")
