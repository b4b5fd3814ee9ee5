"""From a customer's message to its answer: who is asked, what they say, and how it is told."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from semantic_kernel.agents import ChatCompletionAgent
from semantic_kernel.connectors.ai.chat_completion_client_base import ChatCompletionClientBase
from semantic_kernel.connectors.ai.prompt_execution_settings import PromptExecutionSettings
from semantic_kernel.contents import AuthorRole, ChatMessageContent
from semantic_kernel.functions import KernelArguments

from agents.agent import Agent
from agents.completion import Today, answer_as, chat_message, chat_messages
from agents.consultation import Consultation, agent_label
from agents.mcp_client import CallContext
from agents.prompts import planner_instructions, unable_note
from models.conversation import Turn
from models.errors import AnswerFailed
from models.message import ErrorCode, Message, MessageStatus, Progress
from models.plan import AgentReply, Plan, Route

PLANNER = agent_label("Planner")


@dataclass(frozen=True, slots=True)
class Part:
    """What became of one route: a reply, or the reason why there is none."""

    agent: str
    reply: AgentReply | None = None
    failure: ErrorCode | None = None

    @property
    def is_unable(self) -> bool:
        return self.reply is not None and not self.reply.able_to_serve

    @property
    def text(self) -> str:
        if self.reply is not None:
            return self.reply.text
        return (self.failure or ErrorCode.INTERNAL).sentence


class Planner:
    def __init__(
        self,
        agents: Sequence[Agent],
        *,
        service: ChatCompletionClientBase,
        settings: PromptExecutionSettings,
        today: Today,
    ) -> None:
        self._agents: Mapping[str, Agent] = {agent.spec.name: agent for agent in agents}
        self._today = today
        self._planner = ChatCompletionAgent(
            name="Planner",
            instructions=planner_instructions([agent.spec for agent in agents]),
            service=service,
            arguments=KernelArguments(settings=settings),
        )

    async def answer(self, message: Message, history: Sequence[Turn]) -> AsyncGenerator[Progress]:
        """The plan, each look-up as it happens, and one final answer; raises `AnswerFailed`."""
        earlier = chat_messages(history)
        question = chat_message(AuthorRole.USER, message.text)
        call = CallContext(message.owner, message.conversation_id, message.id, message.attempt)

        plan = await self._plan([*earlier, question])
        yield _planned(plan)
        parts: list[Part] = []
        async with aclosing(self._consult(plan.routes, earlier, call, parts)) as told:
            async for progress in told:
                yield progress

        if unable := [part.agent for part in parts if part.is_unable]:
            plan = await self._plan([*earlier, question, chat_message(AuthorRole.SYSTEM, unable_note(unable))])
            asked = {part.agent for part in parts}
            routes = [route for route in plan.routes if route.agent not in asked]
            plan = plan.model_copy(update={"routes": routes})
            yield _planned(plan)
            async with aclosing(self._consult(routes, earlier, call, parts)) as told:
                async for progress in told:
                    yield progress
        yield _final(plan, parts)

    async def _plan(self, messages: Sequence[ChatMessageContent]) -> Plan:
        plan = await answer_as(Plan, self._planner, messages, self._today())
        requests: dict[str, list[str]] = {}
        for route in plan.routes:
            if route.agent not in self._agents:
                raise AnswerFailed(ErrorCode.BAD_MODEL_OUTPUT)
            requests.setdefault(route.agent, []).append(route.request)
        if not requests and not plan.reply:
            raise AnswerFailed(ErrorCode.BAD_MODEL_OUTPUT)
        routes = [Route(agent=agent, request=" ".join(texts)) for agent, texts in requests.items()]
        return plan.model_copy(update={"routes": routes})

    async def _consult(
        self, routes: Sequence[Route], earlier: Sequence[ChatMessageContent], call: CallContext, parts: list[Part]
    ) -> AsyncGenerator[Progress]:
        """Ask all agents at once, each on its own copy of the history; their parts are added in the plan's order."""
        told: asyncio.Queue[Progress | None] = asyncio.Queue()
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(self._part(route, earlier, Consultation(call, told.put_nowait))) for route in routes
            ]
            waiting = len(tasks)
            for task in tasks:
                task.add_done_callback(lambda _: told.put_nowait(None))
            while waiting:
                if (progress := await told.get()) is None:
                    waiting -= 1
                else:
                    yield progress
        parts.extend(task.result() for task in tasks)

    async def _part(self, route: Route, earlier: Sequence[ChatMessageContent], consultation: Consultation) -> Part:
        messages = [*earlier, chat_message(AuthorRole.USER, route.request)]
        try:
            return Part(route.agent, reply=await self._agents[route.agent].reply(messages, consultation))
        except AnswerFailed as error:
            return Part(route.agent, failure=error.code)


def _planned(plan: Plan) -> Progress:
    return Progress(
        result=" ".join(plan.steps) or "Thinking about your message.",
        agent_name=PLANNER,
        details={
            "kind": "plan",
            "agents": [route.agent for route in plan.routes],
            "confidence": plan.confidence,
            "reasons": list(plan.reasons),
        },
    )


def _final(plan: Plan, parts: Sequence[Part]) -> Progress:
    """One agent's answer stands as it is; several stand under a heading each; none is the planner's own reply."""
    served = [part for part in parts if not part.is_unable]
    if served and all(part.failure for part in served):
        raise AnswerFailed(served[0].failure or ErrorCode.INTERNAL)
    if not served:
        text = plan.reply or (parts[0].text if parts else "")
        return Progress(
            status=MessageStatus.COMPLETED, result=text, agent_name=PLANNER, input_required=plan.input_required
        )
    sections = [f"### {part.agent}\n\n{part.text}" for part in served] if len(served) > 1 else [served[0].text]
    if len(served) < len(parts) and not plan.routes and plan.reply:
        sections.append(plan.reply)
    return Progress(
        status=MessageStatus.COMPLETED,
        result="\n\n".join(sections),
        agent_name=", ".join(agent_label(part.agent) for part in served),
        input_required=any(part.reply is not None and part.reply.human_input_required for part in served),
    )
