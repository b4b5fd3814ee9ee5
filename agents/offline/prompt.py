"""What a model is sent, read: instructions, earlier turns, the request and what tools returned for it."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from pydantic import JsonValue
from semantic_kernel.contents import (
    AuthorRole,
    ChatHistory,
    ChatMessageContent,
    FunctionCallContent,
    FunctionResultContent,
)

from agents.offline.answering import ToolCall, ToolResult
from models.conversation import Role, Turn

_TODAY = re.compile(r"Today is (\d{4}-\d{2}-\d{2})")
_CATALOGUE = re.compile(r"<agents>(.*?)</agents>", re.DOTALL)
_UNABLE = re.compile(r"Not able to serve this message: ([^\n]+)")
_INSTRUCTING = (AuthorRole.SYSTEM, AuthorRole.DEVELOPER)
_TALKING = {AuthorRole.USER: Role.USER, AuthorRole.ASSISTANT: Role.ASSISTANT}


@dataclass(frozen=True, slots=True)
class Prompt:
    """The last user message is the request; what follows it are tool results."""

    instructions: str
    turns: tuple[Turn, ...]
    request: str
    results: tuple[ToolResult, ...]

    @property
    def today(self) -> date:
        found = _TODAY.search(self.instructions)
        return date.fromisoformat(found[1]) if found else datetime.now(UTC).date()

    @property
    def catalogue(self) -> str:
        """The agents to choose from, as JSON."""
        found = _CATALOGUE.search(self.instructions)
        return found[1] if found else "[]"

    @property
    def unable(self) -> frozenset[str]:
        """Names of the agents that already handed the message back."""
        found = _UNABLE.search(self.instructions)
        return frozenset(name.strip(" .") for name in found[1].split(",")) if found else frozenset()


def read_prompt(chat_history: ChatHistory) -> Prompt:
    messages = chat_history.messages
    asked = max((index for index, message in enumerate(messages) if message.role == AuthorRole.USER), default=-1)
    instructions = "\n".join(message.content for message in messages if message.role in _INSTRUCTING)
    turns = [
        Turn(_TALKING[message.role], text)
        for message in messages[: max(asked, 0)]
        if message.role in _TALKING and (text := message.content)
    ]
    request = messages[asked].content if asked >= 0 else ""
    return Prompt(instructions, tuple(turns), request, tuple(_results(messages[asked + 1 :])))


def _results(messages: Sequence[ChatMessageContent]) -> Iterator[ToolResult]:
    items = [item for message in messages for item in message.items]
    calls = {item.id: item for item in items if isinstance(item, FunctionCallContent)}
    for item in items:
        if isinstance(item, FunctionResultContent):
            call = calls.get(item.id)
            name = call.name if call else item.name
            yield ToolResult(ToolCall(name or "", _arguments(call)), str(item.result))


def _arguments(call: FunctionCallContent | None) -> Mapping[str, JsonValue]:
    given = call.arguments if call else None
    return json.loads(given) if isinstance(given, str) else given or {}
