"""The agent pass: which tools to call for a request, and what to say with their results."""

from collections.abc import Sequence
from datetime import date

from agents.offline.answering.dialogue import Dialogue, State
from agents.offline.answering.rendering import render
from agents.offline.answering.schema import tool_card
from agents.offline.answering.values import Tool, ToolCall, ToolResult
from models.conversation import Role, Turn
from models.plan import AgentReply

_TURNS = 8


class AnsweringModel:
    """Knows nothing but the tools it is given; the same texts always give the same answer."""

    def __init__(self, tools: Sequence[Tool]) -> None:
        self._dialogue = Dialogue([tool_card(tool) for tool in tools])

    def act(self, request: str, *, history: Sequence[Turn], today: date) -> tuple[ToolCall, ...] | AgentReply:
        """Calls to make, or a question for what is missing, or that this agent cannot serve."""
        state = State()
        for text in _customer_texts(history):
            state = self._dialogue.step(state, text, today).state
        return self._dialogue.step(state, request, today).outcome

    def answer(
        self, request: str, results: Sequence[ToolResult], *, history: Sequence[Turn], today: date
    ) -> AgentReply:
        return render(request, results)


def _customer_texts(history: Sequence[Turn]) -> list[str]:
    return [turn.text for turn in history if turn.role is Role.USER][-_TURNS:]
