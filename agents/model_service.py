"""The model as the agents use it: behind a breaker, counted, read along, and replaced while it is down."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from functools import reduce
from operator import add
from typing import ClassVar, override

from semantic_kernel.connectors.ai.chat_completion_client_base import ChatCompletionClientBase
from semantic_kernel.connectors.ai.function_call_choice_configuration import FunctionCallChoiceConfiguration
from semantic_kernel.connectors.ai.function_choice_type import FunctionChoiceType
from semantic_kernel.connectors.ai.prompt_execution_settings import PromptExecutionSettings
from semantic_kernel.contents import (
    ChatHistory,
    ChatMessageContent,
    FunctionCallContent,
    StreamingChatMessageContent,
    TextContent,
)
from semantic_kernel.contents.chat_message_content import CMC_ITEM_TYPES

from agents.model_calls import model_call
from agents.run import MODEL, Feed, Pass, Run, current_pass
from agents.upstream import Upstream, UpstreamRefused
from models.errors import AnswerFailed
from models.message import ErrorCode

# What another model can make good. A refusal stays one, and nonsense is told as such.
_DOWN = frozenset({ErrorCode.MODEL_UNAVAILABLE, ErrorCode.MODEL_TIMEOUT, ErrorCode.MODEL_RATE_LIMITED})
_WORTH_ASKING_WHOLE = frozenset({ErrorCode.MODEL_UNAVAILABLE, ErrorCode.BAD_MODEL_OUTPUT})

logger = logging.getLogger(__name__)

type OpenFallback = Callable[[], Awaitable[ChatCompletionClientBase]]


def is_down(error: Exception) -> bool:
    return isinstance(error, AnswerFailed) and error.code in _DOWN


class ModelService(ChatCompletionClientBase):
    """A message whose call failed because the model is down stays with the fallback until it is answered."""

    SUPPORTS_FUNCTION_CALLING: ClassVar[bool] = True
    primary: ChatCompletionClientBase
    upstream: Upstream
    open_fallback: OpenFallback | None

    @override
    def get_prompt_execution_settings_class(self) -> type[PromptExecutionSettings]:
        return self.primary.get_prompt_execution_settings_class()

    @override
    def _verify_function_choice_settings(self, settings: PromptExecutionSettings) -> None:
        self.primary._verify_function_choice_settings(settings)

    @override
    def _update_function_choice_settings_callback(
        self,
    ) -> Callable[[FunctionCallChoiceConfiguration, PromptExecutionSettings, FunctionChoiceType], None]:
        return self.primary._update_function_choice_settings_callback()

    @override
    def _reset_function_choice_settings(self, settings: PromptExecutionSettings) -> None:
        self.primary._reset_function_choice_settings(settings)

    @override
    async def _inner_get_chat_message_contents(
        self, chat_history: ChatHistory, settings: PromptExecutionSettings
    ) -> list[ChatMessageContent]:
        current = current_pass.get() or Pass(Run())
        if MODEL not in current.run.missing:
            try:
                async with self.upstream.calling():
                    answer = await self._ask_primary(chat_history, settings, current)
            except (AnswerFailed, UpstreamRefused) as error:
                failure = error if isinstance(error, AnswerFailed) else AnswerFailed(ErrorCode.MODEL_UNAVAILABLE)
                if self.open_fallback is None or not is_down(failure):
                    raise failure from None
                logger.warning("The model is down (%s), the embedded one goes on", failure.code)
                current.run.missing.add(MODEL)
        if MODEL in current.run.missing:
            assert self.open_fallback is not None
            answer = await _ask(await self.open_fallback(), chat_history, settings)
        current.run.count(answer)
        return [answer]

    async def _ask_primary(
        self, chat_history: ChatHistory, settings: PromptExecutionSettings, current: Pass
    ) -> ChatMessageContent:
        """Streams only for somebody who reads along; an answer that broke off is asked for again, whole."""
        if (feed := current.hear()) is not None:
            try:
                return await _ask_streaming(self.primary, chat_history, settings, feed)
            except _BrokenOff as broken:
                if broken.failure.code not in _WORTH_ASKING_WHOLE:
                    raise broken.failure from None
        return await _ask(self.primary, chat_history, settings)


class _BrokenOff(Exception):
    def __init__(self, failure: AnswerFailed) -> None:
        super().__init__(failure.code)
        self.failure = failure


async def _ask(
    service: ChatCompletionClientBase, chat_history: ChatHistory, settings: PromptExecutionSettings
) -> ChatMessageContent:
    with model_call(service, chat_history) as answered:
        return answered((await service._inner_get_chat_message_contents(chat_history, settings))[0])


async def _ask_streaming(
    service: ChatCompletionClientBase, chat_history: ChatHistory, settings: PromptExecutionSettings, feed: Feed
) -> ChatMessageContent:
    """Raises `_BrokenOff` once something has come."""
    pieces: list[StreamingChatMessageContent] = []
    try:
        with model_call(service, chat_history) as answered:
            async with aclosing(service._inner_get_streaming_chat_message_contents(chat_history, settings)) as stream:
                async for choices in stream:
                    for piece in choices[:1]:
                        pieces.append(piece)
                        feed(piece.content)
            return answered(_whole(pieces))
    except AnswerFailed as failure:
        if pieces:
            raise _BrokenOff(failure) from None
        raise


def _whole(pieces: list[StreamingChatMessageContent]) -> ChatMessageContent:
    calls: dict[int | None, list[FunctionCallContent]] = {}
    for piece in pieces:
        for item in piece.items:
            if isinstance(item, FunctionCallContent):
                calls.setdefault(item.index, []).append(item)
    items: list[CMC_ITEM_TYPES] = [reduce(add, parts) for parts in calls.values()]
    if text := "".join(piece.content for piece in pieces):
        items.append(TextContent(text=text))
    return ChatMessageContent(
        role=pieces[0].role,
        items=items,
        ai_model_id=pieces[0].ai_model_id,
        finish_reason=next((piece.finish_reason for piece in reversed(pieces) if piece.finish_reason), None),
        metadata={"usage": next((usage for piece in reversed(pieces) if (usage := piece.metadata.get("usage"))), None)},
    )


def kept(load: Callable[[], ChatCompletionClientBase]) -> OpenFallback:
    """Loads it in a thread when it is first needed, once."""
    loading: asyncio.Future[ChatCompletionClientBase] | None = None

    async def opened() -> ChatCompletionClientBase:
        nonlocal loading
        if loading is None:
            loading = asyncio.ensure_future(asyncio.to_thread(load))
        return await asyncio.shield(loading)

    return opened
