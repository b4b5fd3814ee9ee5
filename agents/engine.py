"""Opens the agents: one model service, one tool server each, everything built once."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

import httpx
from semantic_kernel.connectors.ai.chat_completion_client_base import ChatCompletionClientBase

from agents.agent import Agent, is_out_of_reach
from agents.base import AgentSpec
from agents.config import AGENTS
from agents.mcp_client import ToolServer
from agents.mcp_http import streamable_http
from agents.mcp_transports import Transport, in_process, stdio
from agents.model_service import ModelService, is_down, kept
from agents.planner import Planner
from agents.run import MODEL
from agents.skernel import chat_service, execution_settings, offline_service
from agents.upstream import IMPATIENCE, Upstream
from config.settings import Settings
from mcp_servers import create_server
from models.errors import AnswerFailed
from models.plan import AgentReply, Plan
from telemetry.httpx_logger import LoggedClient
from telemetry.meters import observe_each

CONNECT_SECONDS = 5.0
KEEP_ALIVE_SECONDS = 4.0
TURN_SECONDS = 10.0
PREPARE_SECONDS = 1.0
STDIO = "stdio:"

logger = logging.getLogger(__name__)


@asynccontextmanager
async def open_planner(settings: Settings, specs: Sequence[AgentSpec] = AGENTS) -> AsyncIterator[Planner]:
    """A tool server that cannot be reached yet is tried again when it is needed."""
    today = settings.processing.today
    async with AsyncExitStack() as stack:
        primary = await stack.enter_async_context(chat_service(settings.model))
        service = _model_service(primary, settings)
        client = _client(settings, specs)
        if client is not None:
            await stack.enter_async_context(client)
        upstreams = [service.upstream]
        agents: list[Agent] = []
        for spec in specs:
            server = ToolServer(
                spec.name,
                _transport(settings, spec.server, client),
                connect_timeout=min(CONNECT_SECONDS, settings.model.request_timeout),
                call_timeout=settings.model.request_timeout,
            )
            await stack.enter_async_context(server)
            upstreams.append(_tool_upstream(spec.server, settings))
            agents.append(
                Agent(
                    spec,
                    server,
                    upstream=upstreams[-1],
                    service=service,
                    settings=execution_settings(settings.model, AgentReply),
                    today=today,
                )
            )
        observe_each("semker.upstream.left_alone", "upstream", partial(_left_alone, upstreams))
        await stack.enter_async_context(_preparing(agents))
        yield Planner(
            agents,
            service=service,
            settings=execution_settings(settings.model, Plan),
            today=today,
            upstreams=upstreams,
        )


def _model_service(primary: ChatCompletionClientBase, settings: Settings) -> ModelService:
    model = settings.model
    upstream = Upstream(
        MODEL, settings.upstream, is_failure=is_down, most_calls=model.max_calls, patience=model.request_timeout
    )
    has_fallback = model.fallback == "offline" and model.resolved_provider != "offline"
    return ModelService(
        ai_model_id=primary.ai_model_id,
        service_id=primary.service_id,
        primary=primary,
        upstream=upstream,
        open_fallback=kept(offline_service) if has_fallback else None,
    )


def _tool_upstream(name: str, settings: Settings) -> Upstream:
    return Upstream(
        name,
        settings.upstream,
        is_failure=is_out_of_reach,
        most_calls=settings.mcp_max_calls,
        patience=min(TURN_SECONDS, settings.model.request_timeout),
        silence=IMPATIENCE,
    )


def _left_alone(upstreams: Sequence[Upstream]) -> dict[str, float]:
    return {upstream.name: float(upstream.is_left_alone) for upstream in upstreams}


@asynccontextmanager
async def _preparing(agents: Sequence[Agent]) -> AsyncIterator[None]:
    """All at once, and none is waited for long: a server that hangs at the start holds up only its own agent."""
    tasks = [asyncio.create_task(_prepare(agent)) for agent in agents]
    try:
        await asyncio.wait(tasks, timeout=PREPARE_SECONDS)
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _prepare(agent: Agent) -> None:
    try:
        await agent.prepare()
    except AnswerFailed:
        logger.warning("%s: starts without its tools", agent.spec.name)


def _client(settings: Settings, specs: Sequence[AgentSpec]) -> httpx.AsyncClient | None:
    """One for all remote servers; building one costs tens of milliseconds, so none without a server to call."""
    urls = [settings.mcp.url(spec.server) for spec in specs]
    if not any(url and not url.startswith(STDIO) for url in urls):
        return None
    # Shorter than the 5 seconds after which uvicorn and Node close an idle connection, perhaps under a request.
    limits = httpx.Limits(max_connections=settings.model.max_connections, keepalive_expiry=KEEP_ALIVE_SECONDS)
    timeout = httpx.Timeout(settings.model.request_timeout, connect=CONNECT_SECONDS)
    return LoggedClient(limits=limits, timeout=timeout, trust_env=False)


def _transport(settings: Settings, server: str, client: httpx.AsyncClient | None) -> Transport:
    url = settings.mcp.url(server)
    if url is None:
        return in_process(partial(create_server, server, settings.processing.today))
    if url.startswith(STDIO):
        return stdio(url.removeprefix(STDIO))
    assert client is not None
    return streamable_http(url, client)
