"""Azure OpenAI, OpenAI and every server that speaks its protocol, as one chat completion service."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any, Self, override

from openai import AsyncStream
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from semantic_kernel.connectors.ai.chat_completion_client_base import ChatCompletionClientBase
from semantic_kernel.connectors.ai.function_call_choice_configuration import FunctionCallChoiceConfiguration
from semantic_kernel.connectors.ai.function_choice_type import FunctionChoiceType
from semantic_kernel.connectors.ai.open_ai.prompt_execution_settings.open_ai_prompt_execution_settings import (
    OpenAIChatPromptExecutionSettings,
)
from semantic_kernel.connectors.ai.open_ai.services.open_ai_chat_completion_base import OpenAIChatCompletionBase
from semantic_kernel.connectors.ai.prompt_execution_settings import PromptExecutionSettings
from semantic_kernel.contents import ChatHistory, ChatMessageContent, StreamingChatMessageContent, TextContent
from semantic_kernel.contents.utils.finish_reason import FinishReason
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, stop_before_delay

from agents.openai_client import model_client
from agents.openai_errors import description, is_transient, model_error_code, seconds_to_wait
from agents.openai_formats import ask_for_json
from agents.plugin import offer_tools
from agents.run import seconds_allowed
from config.settings import ModelSettings, StructuredOutput
from models.errors import AnswerFailed
from models.message import ErrorCode

_ATTEMPTS = 3

logger = logging.getLogger(__name__)


@asynccontextmanager
async def openai_service(settings: ModelSettings) -> AsyncIterator[ChatCompletionClientBase]:
    async with model_client(settings) as (client, model):
        yield OpenAIService(
            ai_model_id=model,
            service_id=model,
            client=client,
            call_timeout=settings.request_timeout,
            structured_output=settings.structured_output,
        )


class Chunks(AsyncStream[ChatCompletionChunk]):
    """Closes its connection when its reader goes away, not when the garbage collector finds it."""

    @override
    async def __aiter__(self) -> AsyncIterator[ChatCompletionChunk]:
        async with self:
            async for chunk in super().__aiter__():
                yield chunk


class Settings(OpenAIChatPromptExecutionSettings):
    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        """Semantic Kernel copies the settings of every call before it replaces some; none is changed in itself."""
        return self.model_copy()


class OpenAIService(OpenAIChatCompletionBase):
    """Bounds every call in time, is the only layer that retries, and never lets half an answer pass for a whole one.

    Semantic Kernel's own `OpenAIChatCompletion` and `AzureChatCompletion` add only a second reader of the environment.
    """

    call_timeout: float
    structured_output: StructuredOutput = "json_schema"

    @override
    def get_prompt_execution_settings_class(self) -> type[Settings]:
        return Settings

    @override
    async def _inner_get_streaming_chat_message_contents(
        self, chat_history: ChatHistory, settings: PromptExecutionSettings, function_invoke_attempt: int = 0
    ) -> AsyncGenerator[list[StreamingChatMessageContent], Any]:
        deadline = asyncio.get_running_loop().time() + seconds_allowed(self.call_timeout)
        reason: FinishReason | None = None
        stream = super()._inner_get_streaming_chat_message_contents(chat_history, settings, function_invoke_attempt)
        async with aclosing(stream):
            while (contents := await _next(stream, deadline)) is not None:
                reason = next((content.finish_reason for content in contents if content.finish_reason), reason)
                yield contents
        _require_whole(reason)

    @override
    async def _send_request(self, settings: PromptExecutionSettings) -> ChatCompletion | Chunks:
        body = settings.prepare_settings_dict()
        body |= body.pop("extra_body", {})
        if not body["stream"]:
            body.pop("stream_options", None)  # left over when a stream broke off and the same is asked for whole
        ask_for_json(body, self.structured_output)
        seconds = seconds_allowed(self.call_timeout)
        try:
            async with asyncio.timeout(seconds):
                response: ChatCompletion | Chunks = await _retrying(seconds)(self._post, body)
            if not isinstance(response, AsyncStream):
                _require_answer(response)
        except Exception as error:
            raise _failed(error) from None
        return response

    async def _post(self, body: dict[str, object]) -> ChatCompletion | Chunks:
        """Not `client.chat.completions.create`, which spends a third of a call's CPU on walking the history."""
        streams = bool(body.get("stream"))
        path = "/chat/completions"
        return await self.client.post(path, cast_to=ChatCompletion, body=body, stream=streams, stream_cls=Chunks)

    @override
    def _prepare_chat_history_for_request(
        self, chat_history: ChatHistory, role_key: str = "role", content_key: str = "content"
    ) -> list[dict[str, Any]]:
        """Not as its base does it, which makes each message three times over."""
        return [_sent(message, role_key, content_key) for message in chat_history.messages]

    @override
    def _update_function_choice_settings_callback(
        self,
    ) -> Callable[[FunctionCallChoiceConfiguration, PromptExecutionSettings, FunctionChoiceType], None]:
        return offer_tools


def _sent(message: ChatMessageContent, role_key: str, content_key: str) -> dict[str, Any]:
    match message.items:
        case [TextContent(text=text)] if message.name is None:  # the turns of a conversation, at every call
            return {role_key: message.role.value, content_key: text}
    return message.to_dict(role_key, content_key)


def _retrying(seconds: float) -> AsyncRetrying:
    """A new one per call, since it keeps the state of one; no retry begins that could not end in time."""
    return AsyncRetrying(
        stop=stop_after_attempt(_ATTEMPTS) | stop_before_delay(seconds),
        wait=_wait,
        retry=retry_if_exception(is_transient),
        reraise=True,
    )


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    return seconds_to_wait(error, state.attempt_number) if error else 0.0


async def _next(
    stream: AsyncGenerator[list[StreamingChatMessageContent], Any], deadline: float
) -> list[StreamingChatMessageContent] | None:
    try:
        async with asyncio.timeout_at(deadline):
            return await anext(stream, None)
    except Exception as error:
        raise _failed(error) from None


def _require_answer(response: ChatCompletion) -> None:
    choice = response.choices[0]
    if choice.message.refusal:
        raise AnswerFailed(ErrorCode.MODEL_REJECTED)
    _require_whole(FinishReason(choice.finish_reason))


def _require_whole(reason: FinishReason | None) -> None:
    """A cut or filtered answer is none, and a tool call cut in half must never run."""
    if reason not in (None, FinishReason.LENGTH, FinishReason.CONTENT_FILTER):
        return
    logger.warning("The model's answer is not whole: %s", reason or "cut")
    filtered = reason == FinishReason.CONTENT_FILTER
    raise AnswerFailed(ErrorCode.MODEL_REJECTED if filtered else ErrorCode.BAD_MODEL_OUTPUT)


def _failed(error: Exception) -> AnswerFailed:
    """Without its cause: what a model server says about a failure may quote keys and prompts."""
    if isinstance(error, AnswerFailed):
        return error
    code = model_error_code(error)
    logger.warning("Model call failed: %s (%s)", code, description(error))
    return AnswerFailed(code)
