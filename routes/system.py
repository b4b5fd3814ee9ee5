"""Health for people and probes; many of those send HEAD."""

import os
import platform
import resource
import time
from typing import Literal, Protocol

from fastapi import APIRouter, Request, Response

from config.settings import Settings
from models.clock import utc_now
from models.health import HealthResponse, ProbeResponse, SystemInformation
from process.message_processor import MessageProcessor
from routes.dependencies import Processor
from routes.openapi import problems

router = APIRouter(tags=["system"])
_started = time.monotonic()


class Engine(Protocol):
    @property
    def is_ready(self) -> bool:
        """True once the agents are loaded."""

    @property
    def failure(self) -> str | None:
        """Why they could not be loaded yet."""

    @property
    def degraded(self) -> tuple[str, ...]:
        """What is failing of the servers that answers depend on."""


@router.head("/health", include_in_schema=False)
@router.get("/health", operation_id="getHealth", summary="How the service is, with system information")
async def get_health(request: Request, processor: Processor) -> HealthResponse:
    settings: Settings = request.app.state.settings
    state = _state(request, processor)
    degraded = request.state.engine.degraded
    return HealthResponse(
        status=state if state != "ready" else "degraded" if degraded else "healthy",
        degraded=list(degraded),
        timestamp=utc_now(),
        version=settings.api.version,
        uptime_seconds=round(time.monotonic() - _started, 3),
        system=SystemInformation(
            environment=settings.server.environment,
            python_version=platform.python_version(),
            platform=platform.system(),
            cpu_count=os.cpu_count() or 1,
            memory_mb=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
            model_provider=settings.model.resolved_provider,
            store=settings.store.kind,
            messages_waiting=processor.waiting,
            messages_at_work=processor.at_work,
        ),
    )


@router.head("/health/live", include_in_schema=False)
@router.get(
    "/health/live",
    operation_id="getLiveness",
    summary="Liveness probe: the process answers",
    response_model_exclude_none=True,
)
async def get_liveness() -> ProbeResponse:
    return ProbeResponse(status="live")


@router.head("/health/ready", include_in_schema=False)
@router.get(
    "/health/ready",
    operation_id="getReadiness",
    summary="Readiness probe: 503 while the agents are loaded, without the database, during a shutdown",
    response_model_exclude_none=True,
    responses={**problems(), 503: {"model": ProbeResponse}},
)
async def get_readiness(request: Request, response: Response, processor: Processor) -> ProbeResponse:
    state = _state(request, processor)
    if state != "ready":
        response.status_code = 503
        response.headers["Retry-After"] = "1"
    return ProbeResponse(status=state, reason=request.state.engine.failure)


def _state(request: Request, processor: MessageProcessor) -> Literal["ready", "starting", "draining", "unavailable"]:
    engine: Engine = request.state.engine
    if processor.is_draining:
        return "draining"
    if not processor.has_store:
        return "unavailable"
    return "ready" if engine.is_ready else "starting"
