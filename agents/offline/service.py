"""The embedded model as a chat completion service: it reads what any model reads and needs neither key nor network."""

import json
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, override
from uuid import uuid4

from pydantic import PrivateAttr
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
    StreamingChatMessageContent,
    StreamingTextContent,
    TextContent,
)
from semantic_kernel.contents.utils.finish_reason import FinishReason
from semantic_kernel.utils.telemetry.model_diagnostics.decorators import (
    trace_chat_completion,
    trace_streaming_chat_completion,
)

from agents.offline.answering import AnsweringModel, Tool, ToolCall
from agents.offline.planning import AgentCard, PlanningModel
from agents.offline.prompt import read_prompt
from agents.plugin import offer_tools

MODEL_ID = "semker-offline"
_CHUNK = 240
_MOST_MODELS = 64

type Answer = str | Sequence[ToolCall]


class OfflineSettings(PromptExecutionSettings):
    ai_model_id: str | None = None
    response_format: Any = None
    temperature: float | None = None
    tools: list[dict[str, Any]] | None = None
    tool_choice: Any = None


class _Models:
    """The two passes, one model per catalogue of agents and per list of tools."""

    def __init__(self) -> None:
        self._planning: dict[str, PlanningModel] = {}
        self._answering: dict[tuple[int, ...], tuple[Sequence[object], AnsweringModel]] = {}

    def planning(self, catalogue: str) -> PlanningModel:
        if catalogue not in self._planning:
            _make_room(self._planning)
            self._planning[catalogue] = PlanningModel([_card(agent) for agent in json.loads(catalogue)])
        return self._planning[catalogue]

    def answering(self, tools: Sequence[Mapping[str, Any]]) -> AnsweringModel:
        """Holds on to the tools, so that an id always means the same one."""
        key = tuple(map(id, tools))
        if key not in self._answering:
            _make_room(self._answering)
            self._answering[key] = tools, AnsweringModel([_tool(tool["function"]) for tool in tools])
        return self._answering[key][1]


class OfflineChatCompletion(ChatCompletionClientBase):
    """Deterministic: the same history, settings and tools give the same answer."""

    SUPPORTS_FUNCTION_CALLING: ClassVar[bool] = True
    _models: _Models = PrivateAttr(default_factory=_Models)

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
        answer = self._answer(chat_history, settings)
        is_text = isinstance(answer, str)
        return [
            ChatMessageContent(
                role=AuthorRole.ASSISTANT,
                items=[TextContent(text=answer)] if isinstance(answer, str) else _call_items(answer),
                ai_model_id=self.ai_model_id,
                finish_reason=FinishReason.STOP if is_text else FinishReason.TOOL_CALLS,
                metadata=_usage(chat_history, answer),
            )
        ]

    @override
    @trace_streaming_chat_completion("semker")
    async def _inner_get_streaming_chat_message_contents(
        self, chat_history: ChatHistory, settings: PromptExecutionSettings, function_invoke_attempt: int = 0
    ) -> AsyncGenerator[list[StreamingChatMessageContent], Any]:
        answer = self._answer(chat_history, settings)
        parts = list(_chunks(answer)) if isinstance(answer, str) else [_call_items(answer)]
        reason = FinishReason.STOP if isinstance(answer, str) else FinishReason.TOOL_CALLS
        for index, items in enumerate(parts):
            is_last = index == len(parts) - 1
            yield [
                StreamingChatMessageContent(
                    role=AuthorRole.ASSISTANT,
                    choice_index=0,
                    items=items,
                    ai_model_id=self.ai_model_id,
                    finish_reason=reason if is_last else None,
                    metadata=_usage(chat_history, answer) if is_last else {},
                    function_invoke_attempt=function_invoke_attempt,
                )
            ]

    def _answer(self, chat_history: ChatHistory, settings: PromptExecutionSettings) -> Answer:
        """The JSON of the structured output that is asked for, or tool calls."""
        prompt = read_prompt(chat_history)
        request, turns, today = prompt.request, prompt.turns, prompt.today
        if _schema_name(settings) == "Plan":
            planning = self._models.planning(prompt.catalogue)
            return planning.plan(request, history=turns, today=today, unable=prompt.unable).model_dump_json()
        answering = self._models.answering(getattr(settings, "tools", None) or ())
        if prompt.results:
            return answering.answer(request, prompt.results, history=turns, today=today).model_dump_json()
        outcome = answering.act(request, history=turns, today=today)
        return outcome if isinstance(outcome, tuple) else outcome.model_dump_json()


def _make_room(models: dict[Any, Any]) -> None:
    if len(models) >= _MOST_MODELS:
        models.clear()


def _card(agent: Mapping[str, Any]) -> AgentCard:
    return AgentCard(agent["name"], agent["description"], tuple(agent.get("examples", ())))


def _tool(function: Mapping[str, Any]) -> Tool:
    return Tool(function["name"], function.get("description") or "", function.get("parameters") or {})


def _schema_name(settings: PromptExecutionSettings) -> str:
    response_format = getattr(settings, "response_format", None)
    schema = response_format.get("json_schema", {}) if isinstance(response_format, Mapping) else {}
    return str(schema.get("name", ""))


def _call_items(calls: Sequence[ToolCall]) -> list[Any]:
    return [
        FunctionCallContent(id=f"call_{uuid4().hex}", index=index, name=call.tool, arguments=_arguments(call))
        for index, call in enumerate(calls)
    ]


def _arguments(call: ToolCall) -> str:
    return json.dumps(dict(call.arguments), ensure_ascii=False)


def _chunks(text: str) -> Iterator[list[Any]]:
    for start in range(0, len(text), _CHUNK):
        yield [StreamingTextContent(choice_index=0, text=text[start : start + _CHUNK])]


def _usage(chat_history: ChatHistory, answer: Answer) -> dict[str, Any]:
    """Token counts as an estimate: four characters each."""
    prompt = sum(len(message.content) for message in chat_history.messages)
    completion = len(answer) if isinstance(answer, str) else sum(len(_arguments(call)) for call in answer)
    return {"usage": CompletionUsage(prompt_tokens=prompt // 4, completion_tokens=completion // 4)}
