"""The embedded model as a chat completion service: it reads what any model reads and needs neither key nor network."""

import json
import re
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, ClassVar, override
from uuid import uuid4

from pydantic import JsonValue
from semantic_kernel.connectors.ai.chat_completion_client_base import ChatCompletionClientBase
from semantic_kernel.connectors.ai.completion_usage import CompletionUsage
from semantic_kernel.connectors.ai.function_call_choice_configuration import FunctionCallChoiceConfiguration
from semantic_kernel.connectors.ai.function_choice_type import FunctionChoiceType
from semantic_kernel.connectors.ai.prompt_execution_settings import PromptExecutionSettings
from semantic_kernel.contents import (
    AuthorRole,
    ChatHistory,
    ChatMessageContent,
    FunctionCallContent,
    FunctionResultContent,
    StreamingChatMessageContent,
    StreamingTextContent,
    TextContent,
)
from semantic_kernel.contents.utils.finish_reason import FinishReason
from semantic_kernel.utils.telemetry.model_diagnostics.decorators import (
    trace_chat_completion,
    trace_streaming_chat_completion,
)

from agents.offline.answering import AnsweringModel, Tool, ToolCall, ToolResult
from agents.offline.planning import AgentCard, PlanningModel
from agents.plugin import offer_tools
from models.conversation import Role, Turn

MODEL_ID = "semker-offline"
_CHUNK = 240
_TODAY = re.compile(r"Today is (\d{4}-\d{2}-\d{2})")
_CATALOGUE = re.compile(r"<agents>(.*?)</agents>", re.DOTALL)
_UNABLE = re.compile(r"Not able to serve this message: ([^\n]+)")


class OfflineSettings(PromptExecutionSettings):
    ai_model_id: str | None = None
    response_format: Any = None
    temperature: float | None = None
    tools: list[dict[str, Any]] | None = None
    tool_choice: Any = None


@dataclass(frozen=True, slots=True)
class _Prompt:
    """A chat history, read: the last user message is the request, what follows it are tool results."""

    system: str
    turns: tuple[Turn, ...]
    request: str
    results: tuple[ToolResult, ...]

    @property
    def today(self) -> date:
        found = _TODAY.search(self.system)
        return date.fromisoformat(found[1]) if found else datetime.now(UTC).date()


class OfflineChatCompletion(ChatCompletionClientBase):
    """Deterministic: the same history, settings and tools give the same answer."""

    SUPPORTS_FUNCTION_CALLING: ClassVar[bool] = True

    def __init__(self, service_id: str | None = None, ai_model_id: str = MODEL_ID) -> None:
        super().__init__(ai_model_id=ai_model_id, service_id=service_id or ai_model_id)

    @override
    def get_prompt_execution_settings_class(self) -> type[PromptExecutionSettings]:
        return OfflineSettings

    @override
    def _update_function_choice_settings_callback(
        self,
    ) -> Callable[[FunctionCallChoiceConfiguration, PromptExecutionSettings, FunctionChoiceType], None]:
        return offer_tools

    @override
    def _reset_function_choice_settings(self, settings: PromptExecutionSettings) -> None:
        if isinstance(settings, OfflineSettings):
            settings.tools = settings.tool_choice = None

    @override
    @trace_chat_completion("semker")
    async def _inner_get_chat_message_contents(
        self, chat_history: ChatHistory, settings: PromptExecutionSettings
    ) -> list[ChatMessageContent]:
        answer = _complete(chat_history, settings)
        calls = not isinstance(answer, str)
        items = [TextContent(text=answer)] if isinstance(answer, str) else _call_items(answer)
        return [
            ChatMessageContent(
                role=AuthorRole.ASSISTANT,
                items=items,
                ai_model_id=self.ai_model_id,
                finish_reason=FinishReason.TOOL_CALLS if calls else FinishReason.STOP,
                metadata=_usage(chat_history, answer),
            )
        ]

    @override
    @trace_streaming_chat_completion("semker")
    async def _inner_get_streaming_chat_message_contents(
        self, chat_history: ChatHistory, settings: PromptExecutionSettings, function_invoke_attempt: int = 0
    ) -> AsyncGenerator[list[StreamingChatMessageContent], Any]:
        answer = _complete(chat_history, settings)
        parts = list(_chunks(answer)) if isinstance(answer, str) else [_call_items(answer)]
        reason = FinishReason.STOP if isinstance(answer, str) else FinishReason.TOOL_CALLS
        for index, items in enumerate(parts):
            last = index == len(parts) - 1
            yield [
                StreamingChatMessageContent(
                    role=AuthorRole.ASSISTANT,
                    choice_index=0,
                    items=items,
                    ai_model_id=self.ai_model_id,
                    finish_reason=reason if last else None,
                    metadata=_usage(chat_history, answer) if last else {},
                    function_invoke_attempt=function_invoke_attempt,
                )
            ]


def _complete(chat_history: ChatHistory, settings: PromptExecutionSettings) -> str | Sequence[ToolCall]:
    prompt = _read(chat_history)
    if _schema_name(settings) == "Plan":
        return _plan(prompt)
    model = _answering(settings)
    if prompt.results:
        reply = model.answer(prompt.request, prompt.results, history=prompt.turns, today=prompt.today)
        return reply.model_dump_json()
    outcome = model.act(prompt.request, history=prompt.turns, today=prompt.today)
    return outcome if isinstance(outcome, tuple) else outcome.model_dump_json()


def _plan(prompt: _Prompt) -> str:
    catalogue = _CATALOGUE.search(prompt.system)
    unable = _UNABLE.search(prompt.system)
    names = frozenset(name.strip(" .") for name in unable[1].split(",")) if unable else frozenset()
    model = _planning(catalogue[1] if catalogue else "[]")
    plan = model.plan(prompt.request, history=prompt.turns, today=prompt.today, unable=names)
    return plan.model_dump_json()


@lru_cache(maxsize=16)
def _planning(catalogue: str) -> PlanningModel:
    cards = [
        AgentCard(name=card["name"], description=card["description"], examples=tuple(card.get("examples", ())))
        for card in json.loads(catalogue)
    ]
    return PlanningModel(cards)


_ANSWERING: dict[str, AnsweringModel] = {}


def _answering(settings: PromptExecutionSettings) -> AnsweringModel:
    tools = getattr(settings, "tools", None) or []
    key = repr(tools)
    model = _ANSWERING.get(key)
    if model is None:
        if len(_ANSWERING) >= 64:
            _ANSWERING.clear()
        model = _ANSWERING[key] = AnsweringModel([_tool(tool["function"]) for tool in tools])
    return model


def _tool(function: Mapping[str, Any]) -> Tool:
    return Tool(function["name"], function.get("description") or "", function.get("parameters") or {})


def _schema_name(settings: PromptExecutionSettings) -> str:
    response_format = getattr(settings, "response_format", None)
    schema = response_format.get("json_schema", {}) if isinstance(response_format, Mapping) else {}
    return str(schema.get("name", ""))


def _read(chat_history: ChatHistory) -> _Prompt:
    messages = chat_history.messages
    asked = max((index for index, message in enumerate(messages) if message.role == AuthorRole.USER), default=-1)
    system = "\n".join(m.content for m in messages if m.role in (AuthorRole.SYSTEM, AuthorRole.DEVELOPER))
    turns = tuple(
        Turn(Role.USER if m.role == AuthorRole.USER else Role.ASSISTANT, m.content)
        for m in messages[: max(asked, 0)]
        if m.role in (AuthorRole.USER, AuthorRole.ASSISTANT) and m.content
    )
    request = messages[asked].content if asked >= 0 else ""
    return _Prompt(system, turns, request, tuple(_results(messages[asked + 1 :])))


def _results(messages: Sequence[ChatMessageContent]) -> Iterator[ToolResult]:
    items = [item for message in messages for item in message.items]
    calls = {item.id: item for item in items if isinstance(item, FunctionCallContent)}
    for item in items:
        if isinstance(item, FunctionResultContent):
            call = calls.get(item.id)
            name = call.name if call else item.name
            yield ToolResult(ToolCall(name or "", _arguments(call)), str(item.result))


def _arguments(call: FunctionCallContent | None) -> dict[str, JsonValue]:
    given = call.arguments if call else None
    if isinstance(given, str):
        given = json.loads(given)
    return dict(given or {})


def _call_items(calls: Sequence[ToolCall]) -> list[Any]:
    return [
        FunctionCallContent(id=f"call_{uuid4().hex}", index=index, name=call.tool, arguments=_json(call.arguments))
        for index, call in enumerate(calls)
    ]


def _json(arguments: Mapping[str, JsonValue]) -> str:
    return json.dumps(dict(arguments), ensure_ascii=False)


def _chunks(text: str) -> Iterator[list[Any]]:
    for start in range(0, len(text), _CHUNK):
        yield [StreamingTextContent(choice_index=0, text=text[start : start + _CHUNK])]


def _usage(chat_history: ChatHistory, answer: str | Sequence[ToolCall]) -> dict[str, Any]:
    """Token counts as an estimate: four characters each."""
    prompt = sum(len(message.content) for message in chat_history.messages)
    completion = len(answer) if isinstance(answer, str) else sum(len(str(asdict(call))) for call in answer)
    return {"usage": CompletionUsage(prompt_tokens=prompt // 4, completion_tokens=completion // 4)}
