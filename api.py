"""The HTTP application: `uvicorn api:app`, or `create_app(settings)` to embed or test it."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.staticfiles import StaticFiles

from config.constants import REPLAYED_HEADER
from config.environment import InvalidSettings
from config.settings import Settings
from lifecycle import STARTUP_FAILURE
from models.principal import Principal
from routes import (
    conversations,
    deliveries,
    documentation,
    events,
    messages,
    metrics,
    problems,
    system,
    traces,
    updates,
)
from routes.body_limit import BodyLimit
from routes.dependencies import Identify
from routes.openapi import complete_openapi
from runtime import PlannerFactory, open_runtime
from telemetry.requests import RequestTelemetry

STATIC = Path(__file__).parent / "web" / "static"


def create_app(
    settings: Settings, planner: PlannerFactory | None = None, *, identify: Identify | None = None
) -> FastAPI:
    """`identify` tells on whose behalf a request is made; without it everybody is the demonstration's customer."""
    demo_customer = Principal(tenant="default", customer_id=settings.processing.demo_customer_id)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
        async with open_runtime(settings, planner, works=settings.store.workers_in_api) as runtime:
            app.state.engine = runtime.engine
            shared = ("processor", "following", "callbacks", "engine", "telemetry")
            yield {name: getattr(runtime, name) for name in shared}

    app = FastAPI(
        title=settings.api.title,
        version=settings.api.version,
        description=settings.api.description,
        contact=settings.contact.model_dump(),
        license_info=settings.license.model_dump(),
        servers=[{"url": settings.server.url, "description": settings.server.description}],
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # see routes/problems.py: Starlette's name the host as the client wrote it
        lifespan=lifespan,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # see telemetry/requests.py
    )
    app.state.settings = settings
    app.state.identify = identify or (lambda _: demo_customer)
    problems.install(app)
    complete_openapi(app)
    _add_middleware(app, settings)
    for router in _routers(settings):
        app.routes.extend(router.routes)  # an included router is searched for its route once more
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


def _add_middleware(app: FastAPI, settings: Settings) -> None:
    """The last one is met first."""
    app.add_middleware(BodyLimit, max_bytes=settings.processing.max_body_bytes)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.cors.origins,
        allow_credentials=settings.cors.allow_credentials,
        allow_methods=settings.cors.allow_methods,
        allow_headers=settings.cors.allow_headers,
        expose_headers=["Location", "Link", "Retry-After", "ETag", "Preference-Applied", REPLAYED_HEADER],
    )
    app.add_middleware(RequestTelemetry)


def _routers(settings: Settings) -> list[APIRouter]:
    modules = [messages, updates, events, deliveries, conversations, system, documentation]
    modules += [traces] if settings.api.debug else []
    modules += [metrics] if settings.telemetry.metrics_enabled else []
    return [module.router for module in modules]


@cache
def _default_app() -> FastAPI:
    try:
        return create_app(Settings.load())
    except InvalidSettings as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(STARTUP_FAILURE) from None


def __getattr__(name: str) -> FastAPI:
    """`app` is made when a server asks for it, so that importing `create_app` does not read the environment."""
    if name == "app":
        return _default_app()
    raise AttributeError(name)
