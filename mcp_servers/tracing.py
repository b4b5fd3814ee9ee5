"""A span for each call of a tool, as a child of the caller's; nothing at all unless somebody wants traces.

As a program of its own it exports where the standard OTEL_EXPORTER_OTLP_* variables say; inside another program its
spans go where that program's go. OpenTelemetry is not imported without need.
"""

import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SCOPE = "mcp_servers"
_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_FLUSH_SECONDS = 3.0

type Fail = Callable[[str], None]


@contextmanager
def tool_span(tool: str, traceparent: str | None) -> Iterator[Fail]:
    """Gives what to call with the kind of a failure that is told as a result."""
    if "opentelemetry.trace" not in sys.modules:
        yield lambda kind: None
        return
    from opentelemetry import trace  # noqa: PLC0415 - it is there already
    from opentelemetry.context import Context  # noqa: PLC0415
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

    caller = TraceContextTextMapPropagator().extract({"traceparent": traceparent} if traceparent else {}, Context())
    names = {"mcp.method.name": "tools/call", "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": tool}
    span = trace.get_tracer(SCOPE).start_span(f"tools/call {tool}", caller, trace.SpanKind.SERVER, names)

    def fail(kind: str) -> None:
        span.set_attribute("error.type", kind)
        span.set_status(trace.StatusCode.ERROR)

    try:
        yield fail
    finally:
        span.end()


@contextmanager
def exporting() -> Iterator[None]:
    if not any(os.environ.get(name) for name in _ENDPOINTS) or os.environ.get("OTEL_SDK_DISABLED") == "true":
        yield
        return
    from opentelemetry import trace  # noqa: PLC0415 - only when configured
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter  # noqa: PLC0415

    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # a collector that is away is no news of ours
    os.environ.setdefault("OTEL_SERVICE_NAME", "semker-mcp")
    provider = TracerProvider(shutdown_on_exit=False)
    exporter: SpanExporter
    if os.environ.get("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc") == "grpc":
        from opentelemetry.exporter.otlp.proto.grpc import trace_exporter as grpc  # noqa: PLC0415

        exporter = grpc.OTLPSpanExporter()
    else:
        from opentelemetry.exporter.otlp.proto.http import trace_exporter as http  # noqa: PLC0415

        exporter = http.OTLPSpanExporter()
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    try:
        yield
    finally:
        flush = threading.Thread(target=provider.shutdown, daemon=True)
        flush.start()
        flush.join(_FLUSH_SECONDS)
