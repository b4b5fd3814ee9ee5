"""Whether what came of a request is what was wanted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agents.offline.answering import ToolCall
from models.plan import AgentReply

type Outcome = tuple[ToolCall, ...] | AgentReply


@dataclass(frozen=True, slots=True)
class Judged:
    """One request with what came of it; `right_tool` leaves the arguments aside."""

    text: str
    wanted: Sequence[Any]
    outcome: Outcome
    right: bool
    right_tool: bool

    def __str__(self) -> str:
        got = (
            self.outcome.text
            if isinstance(self.outcome, AgentReply)
            else [(c.tool, dict(c.arguments)) for c in self.outcome]
        )
        wanted = [w if isinstance(w, str) else [(c["tool"], c["arguments"]) for c in w] for w in self.wanted[:3]]
        return f"{self.text!r}\n    wanted {wanted}\n    got    {got}"


def judge(text: str, wanted: Sequence[Any], outcome: Outcome) -> Judged:
    right = any(_same(outcome, alternative) for alternative in wanted)
    tools = _tools(outcome)
    right_tool = any(
        tools == (alternative if isinstance(alternative, str) else {c["tool"] for c in alternative})
        for alternative in wanted
    )
    return Judged(text, wanted, outcome, right, right_tool)


def _tools(outcome: Outcome) -> str | set[str]:
    if isinstance(outcome, AgentReply):
        return "ask" if outcome.human_input_required else "unable"
    return {call.tool for call in outcome}


def _same(outcome: Outcome, wanted: Any) -> bool:
    if isinstance(outcome, AgentReply) or isinstance(wanted, str):
        return bool(_tools(outcome) == wanted)
    if len(outcome) != len(wanted):
        return False
    return all(any(_fits(call, other) for call in outcome) for other in wanted)


def _fits(call: ToolCall, wanted: Mapping[str, Any]) -> bool:
    arguments: Mapping[str, Any] = wanted["arguments"]
    if call.tool != wanted["tool"] or call.arguments.keys() != arguments.keys():
        return False
    return all(_fits_value(call.arguments[name], value) for name, value in arguments.items())


def _fits_value(got: Any, wanted: Any) -> bool:
    """`*` is any value, `~words` any text with these words in it, in any order."""
    if isinstance(wanted, str) and wanted[:1] in ("*", "~"):
        said = str(got).casefold()
        return wanted == "*" or all(word in said for word in wanted[1:].casefold().split())
    if isinstance(got, str) and isinstance(wanted, str):
        return got.casefold() == wanted.casefold()
    return type(got) is type(wanted) and bool(got == wanted)
