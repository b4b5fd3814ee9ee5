"""Files of JSON lines in LOG_FOLDER: semker.log, spans.log and metrics.log, each rotating by size and count."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import override

from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.sdk._logs.export import LogRecordExporter, LogRecordExportResult
from opentelemetry.sdk.metrics.export import MetricExporter, MetricExportResult, MetricsData
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from config.telemetry import TelemetrySettings
from telemetry.exporters import Exporters
from telemetry.jsonlines import JsonLines
from telemetry.spanview import span_view


def exporters(settings: TelemetrySettings) -> Exporters:
    return Exporters(
        FileSpans(JsonLines(settings, "spans")),
        FileMetrics(JsonLines(settings, "metrics")),
        FileLogs(JsonLines(settings, "semker")),
        is_local=True,
    )


class FileSpans(SpanExporter):
    def __init__(self, lines: JsonLines) -> None:
        self._lines = lines

    @override
    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self._lines.write(span_view(span) for span in spans)
        return SpanExportResult.SUCCESS

    @override
    def shutdown(self) -> None:
        self._lines.close()


class FileLogs(LogRecordExporter):
    def __init__(self, lines: JsonLines) -> None:
        self._lines = lines

    @override
    def export(self, batch: Sequence[ReadableLogRecord]) -> LogRecordExportResult:
        self._lines.write(_log_line(item) for item in batch)
        return LogRecordExportResult.SUCCESS

    @override
    def shutdown(self) -> None:
        self._lines.close()

    @override
    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return True


class FileMetrics(MetricExporter):
    def __init__(self, lines: JsonLines) -> None:
        super().__init__()
        self._lines = lines

    @override
    def export(self, metrics_data: MetricsData, timeout_millis: float = 10_000, **kwargs: object) -> MetricExportResult:
        self._lines.write(_metric_lines(metrics_data))
        return MetricExportResult.SUCCESS

    @override
    def force_flush(self, timeout_millis: float = 10_000) -> bool:
        return True

    @override
    def shutdown(self, timeout_millis: float = 30_000, **kwargs: object) -> None:
        self._lines.close()


def _log_line(item: ReadableLogRecord) -> dict[str, object]:
    record = item.log_record
    line: dict[str, object] = {
        "time": _time(record.timestamp),
        "level": record.severity_text,
        "logger": item.instrumentation_scope.name if item.instrumentation_scope else None,
        "message": record.body,
    }
    if record.trace_id:
        line |= {"trace_id": f"{record.trace_id:032x}", "span_id": f"{record.span_id:016x}"}
    return line | {name.removeprefix("semker."): value for name, value in (record.attributes or {}).items()}


def _metric_lines(data: MetricsData) -> Iterable[Mapping[str, object]]:
    for resource in data.resource_metrics:
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                for point in metric.data.data_points:
                    facts = {
                        name: getattr(point, name) for name in ("value", "count", "sum", "max") if hasattr(point, name)
                    }
                    yield {
                        "time": _time(point.time_unix_nano),
                        "name": metric.name,
                        "unit": metric.unit,
                        "attributes": dict(point.attributes or {}),
                        **facts,
                    }


def _time(nanoseconds: int | None) -> str:
    return datetime.fromtimestamp((nanoseconds or 0) / 1e9, UTC).isoformat(timespec="microseconds")
