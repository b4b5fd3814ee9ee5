"""What a backend is: where spans, metrics and log records go."""

from collections.abc import Callable
from dataclasses import dataclass

from opentelemetry.sdk._logs.export import LogRecordExporter
from opentelemetry.sdk.metrics.export import MetricExporter
from opentelemetry.sdk.trace.export import SpanExporter

from config.telemetry import TelemetrySettings


@dataclass(frozen=True, slots=True)
class Exporters:
    """`is_local` means that a log record is written at once, since it costs little and may be the last one."""

    spans: SpanExporter
    metrics: MetricExporter
    logs: LogRecordExporter
    is_local: bool = False


type Backend = Callable[[TelemetrySettings], Exporters]
