"""Runs one agent: a Semantic Kernel chat completion agent whose tools are those of its MCP server."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

from pydantic import JsonValue
from semantic_kernel import Kernel
from semantic_kernel.agents import ChatCompletionAgent
from semantic_kernel.connectors.ai.chat_completion_client_base import ChatCompletionClientBase
from semantic_kernel.connectors.ai.function_choice_behavior import FunctionChoiceBehavior
from semantic_kernel.connectors.ai.prompt_execution_settings import PromptExecutionSettings
from semantic_kernel.contents import ChatMessageContent
from semantic_kernel.filters import AutoFunctionInvocationContext, FilterTypes
from semantic_kernel.functions import KernelArguments

from agents.base import AgentSpec
from agents.completion import Today, answer_as
from agents.consultation import Consultation, agent_label, current_consultation, looking_up
from agents.mcp_client import ToolServer
from agents.mcp_errors import ToolFailed, ToolUnavailable
from agents.mcp_tools import Tool
from agents.plugin import plugin
from agents.prompts import agent_instructions, invented_note
from agents.reply_stream import CheckedText
from agents.run import Feed, Pass, seconds_allowed
from agents.upstream import Upstream, UpstreamRefused
from models.errors import AnswerFailed
from models.message import Delta, ErrorCode
from models.plan import AgentReply
from models.work import current_work
from telemetry.tracing import current_traceparent

MOST_TOOL_ROUNDS = 5
LONGEST_CALL = 3600.0  # the server has a timeout of its own; this is for the deadline of the message
_OUT_OF_REACH = (ToolUnavailable, UpstreamRefused, TimeoutError)

logger = logging.getLogger(__name__)


def is_out_of_reach(error: Exception) -> bool:
    """A failure of the server or of the way to it, as opposed to a tool that says no."""
    return isinstance(error, _OUT_OF_REACH)


class Agent:
    def __init__(
        self,
        spec: AgentSpec,
        server: ToolServer,
        *,
        upstream: Upstream,
        service: ChatCompletionClientBase,
        settings: PromptExecutionSettings,
        today: Today,
    ) -> None:
        self.spec = spec
        self._server = server
        self._upstream = upstream
        self._service = service
        self._settings = settings
        self._today = today
        self._tools: dict[str, Tool] = {}
        self._built: tuple[tuple[Tool, ...], ChatCompletionAgent] | None = None

    async def prepare(self) -> ChatCompletionAgent:
        """The kernel agent, made anew only when the server's tools change; raises `AnswerFailed` when it is silent."""
        try:
            # Tools that are kept say nothing of how their server is now.
            proves = not self._server.is_connected
            async with self._upstream.calling(proves=proves), asyncio.timeout(seconds_allowed(LONGEST_CALL)):
                tools = await self._server.tools()
        except _OUT_OF_REACH as error:
            logger.warning("%s: tools are not available: %s", self.spec.name, error or "no time is left")
            raise AnswerFailed(ErrorCode.TOOL_UNAVAILABLE) from error
        if self._built is None or self._built[0] is not tools:
            self._tools = {tool.name: tool for tool in tools}
            self._built = tools, self._build(tools)
        return self._built[1]

    async def reply(self, messages: Sequence[ChatMessageContent], consultation: Consultation) -> AgentReply:
        """Answer the last of `messages`; raises `AnswerFailed`."""
        token = current_consultation.set(consultation)
        try:
            agent = await self.prepare()
            asking = Pass(consultation.run, partial(self._hear, consultation))
            check = partial(_complaint, consultation)
            return await answer_as(AgentReply, agent, messages, today=self._today(), asking=asking, check=check)
        except AnswerFailed as error:
            failure = AnswerFailed(consultation.failure or error.code)
            if failure.code is ErrorCode.TOOL_UNAVAILABLE:
                consultation.run.missing.add(self._upstream.name)
            raise failure from error
        finally:
            current_consultation.reset(token)

    def _hear(self, consultation: Consultation) -> Feed | None:
        if not current_work.get().is_followed():
            return None
        label = agent_label(self.spec.name)
        return CheckedText(consultation.facts, lambda text: consultation.tell(Delta(text, label))).feed

    def _build(self, tools: Sequence[Tool]) -> ChatCompletionAgent:
        kernel = Kernel()
        kernel.add_filter(FilterTypes.AUTO_FUNCTION_INVOCATION, self._announce)
        return ChatCompletionAgent(
            name=self.spec.name,
            instructions=agent_instructions(self.spec),
            service=self._service,
            kernel=kernel,
            plugins=[plugin(self.spec.name, tools, self._call)] if tools else [],
            function_choice_behavior=FunctionChoiceBehavior.Auto(maximum_auto_invoke_attempts=MOST_TOOL_ROUNDS),
            arguments=KernelArguments(settings=self._settings),
        )

    async def _announce(
        self,
        context: AutoFunctionInvocationContext,
        next: Callable[[AutoFunctionInvocationContext], Awaitable[None]],
    ) -> None:
        """Tell what is looked up before it is; stop the model when a tool's failure leaves nothing to say."""
        consultation = current_consultation.get()
        tool = self._tools.get(context.function.name)
        content = context.function_call_content
        if tool is not None and content is not None:
            consultation.tell(looking_up(self.spec.name, tool, content.parse_arguments() or {}))
        await next(context)
        context.terminate = context.terminate or consultation.failure is not None

    async def _call(self, tool: str, arguments: Mapping[str, JsonValue]) -> str:
        consultation = current_consultation.get()
        try:
            async with self._upstream.calling(), asyncio.timeout(seconds_allowed(LONGEST_CALL)):
                result = await self._server.call(tool, arguments, consultation.call.traced(current_traceparent()))
        except _OUT_OF_REACH as error:
            logger.warning("%s: %s is not available: %s", self.spec.name, tool, error or "no time is left")
            consultation.failure = ErrorCode.TOOL_UNAVAILABLE
            raise ToolFailed("This tool is not available right now.") from error
        except ToolFailed as failure:
            consultation.facts.add(str(failure))
            raise
        consultation.facts.add(result)
        return result


def _complaint(consultation: Consultation, reply: AgentReply) -> str | None:
    invented = consultation.facts.invented(reply.text)
    return invented_note(invented) if invented else None
