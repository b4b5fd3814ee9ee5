"""The chat completion service of this process, and how the agents use it: the same on every provider."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from pydantic import ValidationError
from semantic_kernel.connectors.ai.chat_completion_client_base import ChatCompletionClientBase
from semantic_kernel.connectors.ai.prompt_execution_settings import PromptExecutionSettings

from agents.offline.service import OfflineChatCompletion
from agents.structured_output import response_format
from config.settings import ModelSettings
from models.errors import AnswerFailed
from models.message import ErrorCode
from models.plan import AgentReply, Plan

type OpenService = Callable[[ModelSettings], AbstractAsyncContextManager[ChatCompletionClientBase]]


@asynccontextmanager
async def chat_service(settings: ModelSettings) -> AsyncIterator[ChatCompletionClientBase]:
    """One per process; closes its connections at the end. Its failures are `AnswerFailed`, see `error_code`."""
    if settings.resolved_provider == "offline":
        yield OfflineChatCompletion()
        return
    open_service = await asyncio.to_thread(_openai)
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
    """Why an agent's or the planner's run failed, read from the error and from what it came of."""
    for cause in causes(error):
        match cause:
            case AnswerFailed():
                return cause.code
            case TimeoutError():
                return ErrorCode.MODEL_TIMEOUT
            case ValidationError():
                return ErrorCode.BAD_MODEL_OUTPUT
    return ErrorCode.INTERNAL


def causes(error: BaseException) -> Iterator[BaseException]:
    """The error itself first, what it came of after it."""
    cause: BaseException | None = error
    seen: set[int] = set()
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__


def _openai() -> OpenService:
    """The connector takes most of a second to import, so it is imported only when chosen, in a thread."""
    from agents.openai_service import openai_service  # noqa: PLC0415

    return openai_service
