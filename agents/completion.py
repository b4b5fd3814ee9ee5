"""One structured answer from a Semantic Kernel agent, checked, with one attempt to repair it."""

import logging
from collections.abc import Callable, Sequence
from datetime import date
from weakref import WeakKeyDictionary

from pydantic import ValidationError
from semantic_kernel.agents import ChatCompletionAgent, ChatHistoryAgentThread
from semantic_kernel.contents import AuthorRole, ChatHistory, ChatMessageContent
from semantic_kernel.functions import KernelArguments

from agents.prompts import repair_note
from agents.run import Pass, current_pass
from agents.skernel import error_code
from models.conversation import Role, Turn
from models.errors import AnswerFailed
from models.message import ErrorCode
from models.plan import AgentReply, Plan

_MOST_PROBLEMS = 3
_LONGEST_PROBLEM = 200

type Today = Callable[[], date]
type Check[Output] = Callable[[Output], str | None]
"""Says what is wrong with an answer, in a sentence for the model."""

logger = logging.getLogger(__name__)


async def answer_as[Output: (Plan, AgentReply)](
    output: type[Output],
    agent: ChatCompletionAgent,
    messages: Sequence[ChatMessageContent],
    *,
    today: date,
    asking: Pass,
    check: Check[Output],
) -> Output:
    """Raises `AnswerFailed`. The repair goes on where the answer ended, so no tool is called twice for it."""
    thread = ChatHistoryAgentThread(ChatHistory(messages=list(messages)))
    value, problem = await _attempt(output, agent, thread, [], today=today, asking=asking, check=check)
    if value is None:
        note = chat_message(AuthorRole.SYSTEM, repair_note(problem))
        unheard = Pass(asking.run)
        value, problem = await _attempt(output, agent, thread, [note], today=today, asking=unheard, check=check)
    if value is None:
        raise AnswerFailed(ErrorCode.BAD_MODEL_OUTPUT)
    return value


def chat_messages(history: Sequence[Turn]) -> list[ChatMessageContent]:
    """Shared by all runs, so nobody may change them."""
    return [_remembered(turn) for turn in history]


def chat_message(role: AuthorRole, text: str) -> ChatMessageContent:
    return ChatMessageContent(role=role, content=text)


_ROLES = {Role.USER: AuthorRole.USER, Role.ASSISTANT: AuthorRole.ASSISTANT}
# A turn is sent with every later message of its conversation, and building its content is slow. It is forgotten with
# the turn itself.
_built: WeakKeyDictionary[Turn, ChatMessageContent] = WeakKeyDictionary()


def _remembered(turn: Turn) -> ChatMessageContent:
    content = _built.get(turn)
    if content is None:
        content = _built[turn] = chat_message(_ROLES[turn.role], turn.text)
    return content


async def _attempt[Output: (Plan, AgentReply)](
    output: type[Output],
    agent: ChatCompletionAgent,
    thread: ChatHistoryAgentThread,
    notes: list[ChatMessageContent],
    *,
    today: date,
    asking: Pass,
    check: Check[Output],
) -> tuple[Output | None, str]:
    """The answer, or what is wrong with it."""
    token = current_pass.set(asking)
    try:
        text = await _complete(agent, thread, notes, today)
    finally:
        current_pass.reset(token)
    try:
        value = output.model_validate_json(_json_in(text))
    except ValidationError as error:
        problem = _problems(error)
    else:
        if (complaint := check(value)) is None:
            return value, ""
        problem = complaint
    logger.warning("%s: not a usable %s", agent.name, output.__name__)
    return None, problem


async def _complete(
    agent: ChatCompletionAgent, thread: ChatHistoryAgentThread, notes: list[ChatMessageContent], today: date
) -> str:
    try:
        arguments = KernelArguments(semker_today=today.isoformat())
        response = await agent.get_response(
            messages=list[str | ChatMessageContent](notes), thread=thread, arguments=arguments
        )
    except AnswerFailed:
        raise
    except Exception as error:
        code = error_code(error)
        unforeseen = error if code is ErrorCode.INTERNAL else None
        logger.warning("%s: %s after %s", agent.name, code, type(error).__name__, exc_info=unforeseen)
        raise AnswerFailed(code) from error
    if response.message.role == AuthorRole.TOOL:  # a filter ended the run behind a tool's failure
        raise AnswerFailed(ErrorCode.TOOL_ERROR)
    return response.message.content


def _json_in(text: str) -> str:
    """Local models think aloud first, or put their answer into a code fence."""
    text = text.rpartition("</think>")[2]
    return text[max(text.find("{"), 0) : text.rfind("}") + 1]


def _problems(error: ValidationError) -> str:
    problems = [f"{'.'.join(map(str, detail['loc']))}: {detail['msg']}" for detail in error.errors()[:_MOST_PROBLEMS]]
    return "; ".join(problem[:_LONGEST_PROBLEM].removeprefix(": ") for problem in problems)
