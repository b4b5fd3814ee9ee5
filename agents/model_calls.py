"""A span and metrics for every call of a model, whichever service makes it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol
from urllib.parse import urlsplit

from semantic_kernel.connectors.ai.chat_completion_client_base import ChatCompletionClientBase
from semantic_kernel.contents import ChatHistory, ChatMessageContent

from telemetry.genai import ModelCall
from telemetry.tracing import captures_content


class Answered(Protocol):
    def __call__(self, answer: ChatMessageContent) -> ChatMessageContent:
        """Tell what the model answered; gives it back."""


@contextmanager
def model_call(service: ChatCompletionClientBase, history: ChatHistory) -> Iterator[Answered]:
    call = ModelCall(_provider(service), service.ai_model_id)

    def answered(answer: ChatMessageContent) -> ChatMessageContent:
        _describe(call, answer)
        if captures_content():
            call.record_content([_plain(message) for message in history.messages], [_plain(answer)])
        return answer

    try:
        yield answered
    except BaseException as error:
        call.end(error)
        raise
    call.end()


def _describe(call: ModelCall, answer: ChatMessageContent) -> None:
    reason, identifier = answer.finish_reason, answer.metadata.get("id")
    call.answered(
        model=answer.ai_model_id,
        response_id=str(identifier) if identifier else None,
        finish_reason=reason.value if reason else None,
    )
    if (usage := answer.metadata.get("usage")) is not None:
        call.used(input_tokens=usage.prompt_tokens or 0, output_tokens=usage.completion_tokens or 0)


def _provider(service: ChatCompletionClientBase) -> str:
    """By its address, since one service speaks to all that understand OpenAI's protocol."""
    address = service.service_url()
    if not address:
        return "semker"
    return "azure.ai.openai" if urlsplit(address).path.startswith("/openai") else "openai"


def _plain(message: ChatMessageContent) -> dict[str, str]:
    return {"role": message.role.value, "content": str(message.model_dump(mode="json", include={"items"})["items"])}
