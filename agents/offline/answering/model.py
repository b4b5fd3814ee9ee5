"""The agent pass: which tools to call for a request, and what to say with their results."""

from collections.abc import Sequence
from datetime import date

from agents.offline.answering.dialogue import Dialogue
from agents.offline.answering.listed import spelled_out
from agents.offline.answering.rendering import render
from agents.offline.answering.schema import tool_card
from agents.offline.answering.state import State
from agents.offline.answering.values import Tool, ToolCall, ToolResult
from models.conversation import Role, Turn
from models.plan import AgentReply

_TURNS = 8
_STATES = 2048


class AnsweringModel:
    """Knows nothing but the tools it is given; the same texts always give the same answer."""

    def __init__(self, tools: Sequence[Tool]) -> None:
        self._dialogue = Dialogue([tool_card(tool) for tool in tools])
        self._states: dict[tuple[date, tuple[str, ...]], State] = {}

    def act(self, request: str, *, history: Sequence[Turn], today: date) -> tuple[ToolCall, ...] | AgentReply:
        """Calls to make, or a question for what is missing, or that this agent cannot serve."""
        *earlier, asked = _customer_texts(history, request, today)
        return self._dialogue.step(self._after(tuple(earlier), today), asked, today).outcome

    def answer(
        self, request: str, results: Sequence[ToolResult], *, history: Sequence[Turn], today: date
    ) -> AgentReply:
        return render(request, results)

    def _after(self, texts: tuple[str, ...], today: date) -> State:
        """What earlier texts led to, decided again as it was decided then."""
        if not texts:
            return State()
        state = self._states.get((today, texts))
        if state is None:
            state = self._dialogue.step(self._after(texts[:-1], today), texts[-1], today).state
            if len(self._states) >= _STATES:
                self._states.clear()
            self._states[today, texts] = state
        return state


def _customer_texts(history: Sequence[Turn], request: str, today: date) -> list[str]:
    """What the customer said, the request last, with the rows of our answers that it points at spelled out."""
    answer = ""
    texts = []
    for turn in (*history, Turn(Role.USER, request)):
        if turn.role is Role.USER:
            texts.append(spelled_out(turn.text, answer, today))
        answer = turn.text if turn.role is Role.ASSISTANT else ""
    return texts[-_TURNS - 1 :]
