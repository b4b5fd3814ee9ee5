"""One structured answer from a Semantic Kernel agent, checked, with one attempt to repair it."""

import logging
from collections.abc import Callable, Sequence
from datetime import date

from pydantic import ValidationError
from semantic_kernel.agents import ChatCompletionAgent
from semantic_kernel.contents import AuthorRole, ChatMessageContent
from semantic_kernel.functions import KernelArguments

from agents.skernel import error_code
from models.conversation import Role, Turn
from models.errors import AnswerFailed
from models.message import ErrorCode
from models.plan import AgentReply, Plan

ATTEMPTS = 2

type Today = Callable[[], date]

logger = logging.getLogger(__name__)


async def answer_as[Output: (Plan, AgentReply)](
    output: type[Output], agent: ChatCompletionAgent, messages: Sequence[ChatMessageContent], today: date
) -> Output:
    """Raises `AnswerFailed`."""
    for _ in range(ATTEMPTS):
        text = await _complete(agent, messages, today)
        try:
            return output.model_validate_json(text)
        except ValidationError as error:
            logger.warning("%s: not a valid %s, %d problems", agent.name, output.__name__, error.error_count())
    raise AnswerFailed(ErrorCode.BAD_MODEL_OUTPUT)


def chat_messages(history: Sequence[Turn]) -> list[ChatMessageContent]:
    return [chat_message(_ROLES[turn.role], turn.text) for turn in history]


def chat_message(role: AuthorRole, text: str) -> ChatMessageContent:
    return ChatMessageContent(role=role, content=text)


_ROLES = {Role.USER: AuthorRole.USER, Role.ASSISTANT: AuthorRole.ASSISTANT}


async def _complete(agent: ChatCompletionAgent, messages: Sequence[ChatMessageContent], today: date) -> str:
    try:
        arguments = KernelArguments(semker_today=today.isoformat())
        response = await agent.get_response(messages=list(messages), arguments=arguments)
    except AnswerFailed:
        raise
    except Exception as error:
        code = error_code(error)
        unforeseen = error if code is ErrorCode.INTERNAL else None
        logger.warning("%s: %s after %s", agent.name, code, type(error).__name__, exc_info=unforeseen)
        raise AnswerFailed(code) from error
    return response.message.content
