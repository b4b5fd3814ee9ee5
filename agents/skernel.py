"""The chat completion service of this process, and how the agents use it: the same on every provider."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext

from pydantic import ValidationError
from semantic_kernel.connectors.ai.chat_completion_client_base import ChatCompletionClientBase
from semantic_kernel.connectors.ai.prompt_execution_settings import PromptExecutionSettings

from agents.structured_output import response_format
from config.settings import ModelSettings
from models.errors import AnswerFailed
from models.message import ErrorCode
from models.plan import AgentReply, Plan

type OpenService = Callable[[ModelSettings], AbstractAsyncContextManager[ChatCompletionClientBase]]


@asynccontextmanager
async def chat_service(settings: ModelSettings) -> AsyncIterator[ChatCompletionClientBase]:
    """One per process; closes its connections at the end. Its failures are `AnswerFailed`, see `error_code`."""
    load = _offline if settings.resolved_provider == "offline" else _openai
    open_service = await asyncio.to_thread(load)
    async with open_service(settings) as service:
        yield service


def execution_settings(settings: ModelSettings, response_model: type[Plan | AgentReply]) -> PromptExecutionSettings:
    """What is not set is not sent: reasoning models refuse a temperature."""
    extra: dict[str, object] = {"response_format": response_format(response_model)}
    if settings.temperature is not None:
        extra["temperature"] = settings.temperature
    if settings.reasoning_effort is not None:
        extra["extra_body"] = {"reasoning_effort": settings.reasoning_effort}
    return PromptExecutionSettings(extension_data=extra)


def error_code(error: BaseException) -> ErrorCode:
    """Why a run of the planner or of an agent failed."""
    match error:
        case AnswerFailed():
            return error.code
        case TimeoutError():
            return ErrorCode.MODEL_TIMEOUT
        case ValidationError():
            return ErrorCode.BAD_MODEL_OUTPUT
    return ErrorCode.INTERNAL


# Only what is chosen is imported, and in a thread: the OpenAI connector and the embedded model's data each take most of
# a second, in which the service already answers.
def _openai() -> OpenService:
    from agents.openai_service import openai_service  # noqa: PLC0415

    return openai_service


def offline_service() -> ChatCompletionClientBase:
    from agents.offline.service import OfflineChatCompletion  # noqa: PLC0415

    return OfflineChatCompletion()


def _offline() -> OpenService:
    service = offline_service()
    return lambda settings: nullcontext(service)
