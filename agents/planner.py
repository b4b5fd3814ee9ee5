"""From a customer's message to its answer: who is asked, what they say, and how it is told."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial

from semantic_kernel.agents import ChatCompletionAgent
from semantic_kernel.connectors.ai.chat_completion_client_base import ChatCompletionClientBase
from semantic_kernel.connectors.ai.prompt_execution_settings import PromptExecutionSettings
from semantic_kernel.contents import AuthorRole, ChatMessageContent
from semantic_kernel.functions import KernelArguments

from agents.agent import Agent
from agents.completion import Today, answer_as, chat_message, chat_messages
from agents.consultation import Consultation, agent_label
from agents.guard import Facts
from agents.mcp_client import CallContext
from agents.prompts import PROMPT_VERSION, invented_note, planner_instructions, unable_note
from agents.run import MODEL, Pass, Run
from agents.upstream import Upstream
from models.conversation import Role, Turn
from models.errors import AnswerFailed
from models.message import Delta, Details, ErrorCode, Message, MessageStatus, Progress
from models.plan import AgentReply, Plan, Route
from telemetry.genai import invoke_agent

PLANNER = agent_label("Planner")
_STAND_IN = "Our usual assistant is not available right now, so our stand-in answers."


@dataclass(frozen=True, slots=True)
class Part:
    """What became of one route: a reply, or the reason why there is none."""

    agent: str
    reply: AgentReply | None = None
    failure: ErrorCode | None = None

    @property
    def is_answered(self) -> bool:
        return self.reply is not None and self.reply.able_to_serve

    @property
    def is_unable(self) -> bool:
        return self.reply is not None and not self.reply.able_to_serve

    @property
    def text(self) -> str:
        if self.reply is not None:
            return self.reply.text
        return (self.failure or ErrorCode.INTERNAL).sentence


class Planner:
    """`upstreams` are what it depends on, by the names under which the health of the service tells of them."""

    def __init__(
        self,
        agents: Sequence[Agent],
        *,
        service: ChatCompletionClientBase,
        settings: PromptExecutionSettings,
        today: Today,
        upstreams: Sequence[Upstream],
    ) -> None:
        self._agents: Mapping[str, Agent] = {agent.spec.name: agent for agent in agents}
        self._today = today
        self._upstreams = upstreams
        self._planner = ChatCompletionAgent(
            name="Planner",
            instructions=planner_instructions([agent.spec for agent in agents]),
            service=service,
            arguments=KernelArguments(settings=settings),
        )

    @property
    def degraded(self) -> tuple[str, ...]:
        """Names of the upstreams whose last call failed."""
        return tuple(upstream.name for upstream in self._upstreams if upstream.is_failing)

    async def answer(self, message: Message, history: Sequence[Turn]) -> AsyncGenerator[Progress | Delta]:
        """The plan, each look-up as it happens, answers as they are written, one final answer; `AnswerFailed`."""
        case = _Case.of(message, history)
        try:
            async with aclosing(self._answer(case)) as told:
                async for said in told:
                    yield said
        except AnswerFailed as failure:
            raise AnswerFailed(failure.code, _spent(case.run)) from failure

    async def _answer(self, case: "_Case") -> AsyncGenerator[Progress | Delta]:
        plan = await self._plan(case)
        yield _planned(plan, case.run)
        async with aclosing(self._consult(plan.routes, case)) as told:
            async for said in told:
                yield said

        if unable := [part.agent for part in case.parts if part.is_unable]:
            plan = await self._plan_again(plan, case, unable)
            asked = {part.agent for part in case.parts}
            routes = [route for route in plan.routes if route.agent not in asked]
            plan = plan.model_copy(update={"routes": routes})
            yield _planned(plan, case.run)
            async with aclosing(self._consult(routes, case)) as told:
                async for said in told:
                    yield said
        yield _final(plan, case)

    async def _plan(self, case: "_Case", *notes: ChatMessageContent) -> Plan:
        with invoke_agent("Planner"):
            plan = await answer_as(
                Plan,
                self._planner,
                [*case.earlier, chat_message(AuthorRole.USER, case.message.text), *notes],
                today=self._today(),
                asking=Pass(case.run),
                check=partial(self._complaint, case),
            )
        requests: dict[str, list[str]] = {}
        for route in plan.routes:
            requests.setdefault(route.agent, []).append(route.request)
        routes = [Route(agent=agent, request=" ".join(texts)) for agent, texts in requests.items()]
        return plan.model_copy(update={"routes": routes})

    async def _plan_again(self, plan: Plan, case: "_Case", unable: Sequence[str]) -> Plan:
        """When that fails, what was answered already is not lost: the failure is told beside it."""
        try:
            return await self._plan(case, chat_message(AuthorRole.SYSTEM, unable_note(unable)))
        except AnswerFailed as failure:
            if not any(part.is_answered for part in case.parts):
                raise
            return plan.model_copy(update={"steps": [], "routes": [], "reply": failure.code.sentence})

    def _complaint(self, case: "_Case", plan: Plan) -> str | None:
        if unknown := [route.agent for route in plan.routes if route.agent not in self._agents]:
            return f"There are no agents named {', '.join(unknown)[:100]}."
        if not plan.routes and not plan.reply:
            return "There are neither routes nor a reply."
        invented = Facts(*case.customer_texts).invented(plan.reply or "")
        return invented_note(invented) if invented else None

    async def _consult(self, routes: Sequence[Route], case: "_Case") -> AsyncGenerator[Progress | Delta]:
        """Ask all agents at once, each on its own copy of the history; their parts are added in the plan's order."""
        told: asyncio.Queue[Progress | Delta | None] = asyncio.Queue()
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._part(route, case, told.put_nowait)) for route in routes]
            waiting = len(tasks)
            for task in tasks:
                task.add_done_callback(lambda _: told.put_nowait(None))
            while waiting:
                if (said := await told.get()) is None:
                    waiting -= 1
                else:
                    yield said
        case.parts.extend(task.result() for task in tasks)

    async def _part(self, route: Route, case: "_Case", tell: Callable[[Progress | Delta], None]) -> Part:
        messages = [*case.earlier, chat_message(AuthorRole.USER, route.request)]
        consultation = Consultation(case.call, case.run, Facts(*case.customer_texts), tell)
        try:
            with invoke_agent(route.agent):
                return Part(route.agent, reply=await self._agents[route.agent].reply(messages, consultation))
        except AnswerFailed as error:
            return Part(route.agent, failure=error.code)


@dataclass(frozen=True, slots=True)
class _Case:
    """One message while it is answered."""

    message: Message
    history: Sequence[Turn]
    earlier: Sequence[ChatMessageContent]
    call: CallContext
    run: Run = field(default_factory=Run)
    parts: list[Part] = field(default_factory=list)

    @classmethod
    def of(cls, message: Message, history: Sequence[Turn]) -> "_Case":
        call = CallContext(message.owner, message.conversation_id, message.id, message.attempt)
        return cls(message, history, chat_messages(history), call)

    @property
    def customer_texts(self) -> Iterator[str]:
        """Amounts that the customer wrote may be repeated to them."""
        yield self.message.text
        yield from (turn.text for turn in self.history if turn.role is Role.USER)


def _planned(plan: Plan, run: Run) -> Progress:
    steps = [*plan.steps, _STAND_IN] if MODEL in run.missing else plan.steps
    return Progress(
        result=" ".join(steps) or "Thinking about your message.",
        agent_name=PLANNER,
        details={
            "kind": "plan",
            "agents": [route.agent for route in plan.routes],
            "confidence": plan.confidence,
            "reasons": list(plan.reasons),
            "degraded": run.degraded,
        },
    )


def _final(plan: Plan, case: _Case) -> Progress:
    """One agent's answer stands as it is; several stand under a heading each; none is the planner's own reply."""
    parts = case.parts
    served = [part for part in parts if not part.is_unable]
    if served and all(part.failure for part in served):
        raise AnswerFailed(served[0].failure or ErrorCode.INTERNAL)
    if not served:
        text = plan.reply or (parts[0].text if parts else "")
        return Progress(
            status=MessageStatus.COMPLETED,
            result=text,
            agent_name=PLANNER,
            input_required=plan.input_required,
            details=_details(case.run, ()),
        )
    sections = [f"### {part.agent}\n\n{part.text}" for part in served] if len(served) > 1 else [served[0].text]
    if len(served) < len(parts) and not plan.routes:
        sections.append(plan.reply or next(part.text for part in parts if part.is_unable))
    return Progress(
        status=MessageStatus.COMPLETED,
        result="\n\n".join(sections),
        agent_name=", ".join(agent_label(part.agent) for part in served),
        input_required=any(part.reply is not None and part.reply.human_input_required for part in served),
        details=_details(case.run, served),
    )


def _details(run: Run, served: Sequence[Part]) -> Details:
    return {
        "kind": "answer",
        "agents": [part.agent for part in served if part.failure is None],
        "prompts": PROMPT_VERSION,
        "degraded": run.degraded,
        **_spent(run),
    }


def _spent(run: Run) -> Details:
    return {"model": run.model, "usage": run.usage()}
