"""One agent at work on one request: what is told live, for whom tools are called, and what they said."""

import calendar
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass

from pydantic import JsonValue

from agents.guard import Facts
from agents.mcp_client import CallContext
from agents.mcp_tools import Tool
from agents.run import Run
from models.message import Delta, ErrorCode, Progress


@dataclass(slots=True)
class Consultation:
    """`facts` grows with each result of a tool; `failure` is set by a call after which no answer can be given."""

    call: CallContext
    run: Run
    facts: Facts
    tell: Callable[[Progress | Delta], None]
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
