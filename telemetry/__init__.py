"""Traces, metrics and logs: `open_telemetry` installs the chosen backends; the other modules are for those who report.

`tracing`, `genai` and `meters` are what the rest of the service may use; without backends they do nothing.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from config.telemetry import TelemetrySettings
from telemetry.logs import log_to_terminal

if TYPE_CHECKING:
    from telemetry.pipeline import Pipeline
    from telemetry.prometheus import Page
    from telemetry.recent import RecentSpans


class PortTaken(Exception):
    """METRICS_PORT cannot be served."""


@dataclass(frozen=True, slots=True)
class Telemetry:
    """What the routes show of it; None unless it is asked for."""

    recent: "RecentSpans | None" = None
    prometheus: "Page | None" = None


@asynccontextmanager
async def open_telemetry(
    settings: TelemetrySettings, *, version: str, environment: str, debug: bool = False
) -> AsyncIterator[Telemetry]:
    """Until the end, when what is left is sent; never waits for a collector before that."""
    log_to_terminal(settings, access=debug)
    if not settings.telemetry_enabled:
        yield Telemetry()
        return
    pipeline = await asyncio.to_thread(_pipeline, settings, version, environment)
    try:
        yield Telemetry(
            recent=pipeline.keep_recent() if debug else None,
            prometheus=pipeline.prometheus() if settings.metrics_enabled else None,
        )
    finally:
        await pipeline.close()


def _pipeline(settings: TelemetrySettings, version: str, environment: str) -> "Pipeline":
    """Imported late: OpenTelemetry's SDK is not needed without telemetry."""
    providers, pipeline = import_module("telemetry.providers"), import_module("telemetry.pipeline")
    opened: Pipeline = pipeline.Pipeline(settings, providers.resource(version, environment))
    return opened
