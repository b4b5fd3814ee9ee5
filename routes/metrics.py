"""Metrics as Prometheus reads them (only with METRICS_ENABLED=true)."""

import asyncio

from fastapi import APIRouter, Request, Response

from telemetry import Telemetry

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

router = APIRouter(tags=["system"])


@router.get("/metrics", operation_id="getMetrics", summary="Metrics in Prometheus' format", response_class=Response)
async def get_metrics(request: Request) -> Response:
    telemetry: Telemetry = request.state.telemetry
    assert telemetry.prometheus is not None
    return Response(await asyncio.to_thread(telemetry.prometheus), media_type=CONTENT_TYPE)
