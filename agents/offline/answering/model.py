"""The agent pass: which tools to call for a request, and what to say with their results."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from agents.offline.answering.answers.rendering import render
from agents.offline.answering.dialogue import Dialogue, Step
from agents.offline.answering.memory.listed import spelled_out
from agents.offline.answering.memory.state import State
from agents.offline.answering.tools.schema import tool_card
from agents.offline.answering.values import Tool, ToolCall, ToolResult
from agents.offline.declining import is_declined
from models.conversation import Role, Turn
from models.plan import AgentReply

_TURNS = 8
_STATES = 2048


class _Said(NamedTuple):
    """What the customer said, and our answer if it was a question; None when there is no answer yet."""

    text: str
    question: str | None


class AnsweringModel:
    """Knows nothing but the tools it is given; the same texts always give the same answer."""

    def __init__(self, tools: Sequence[Tool]) -> None:
        self._dialogue = Dialogue([tool_card(tool) for tool in tools])
        self._states: dict[tuple[date, tuple[_Said, ...]], State] = {}

    def act(self, request: str, *, history: Sequence[Turn], today: date) -> tuple[ToolCall, ...] | AgentReply:
        """Calls to make, or a question for what is missing, or that this agent cannot serve."""
        *earlier, asked = _customer_texts(history, request, today)
        return self._dialogue.step(self._after(tuple(earlier), today), asked.text, today).outcome

    def answer(
        self, request: str, results: Sequence[ToolResult], *, history: Sequence[Turn], today: date
    ) -> AgentReply:
        return render(request, results)

    def _after(self, said: tuple[_Said, ...], today: date) -> State:
        """What earlier texts led to, decided again as it was decided then."""
        if not said:
            return State()
        state = self._states.get((today, said))
        if state is None:
            step = self._dialogue.step(self._after(said[:-1], today), said[-1].text, today)
            state = replace(step.state, pending=None) if _was_not_asked(step, said[-1].question) else step.state
            if len(self._states) >= _STATES:
                self._states.clear()
            self._states[today, said] = state
        return state


def _was_not_asked(step: Step, question: str | None) -> bool:
    """Whether another agent answered, and what we would have asked for is not open."""
    return isinstance(step.outcome, AgentReply) and question is not None and step.outcome.text not in question


def _customer_texts(history: Sequence[Turn], request: str, today: date) -> list[_Said]:
    """What the customer said, the request last, with the rows of our answers that it points at spelled out."""
    answer = ""
    said: list[_Said] = []
    for turn in (*history, Turn(Role.USER, request)):
        if turn.role is Role.USER:
            said.append(_Said(spelled_out(turn.text, answer, today), None))
        elif said and is_declined(turn.text):
            said.pop()
        elif said:
            said[-1] = said[-1]._replace(question=turn.text if "?" in turn.text else "")
        answer = turn.text if turn.role is Role.ASSISTANT else ""
    return said[-_TURNS - 1 :]
