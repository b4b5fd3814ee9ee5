"""Backends, installed and taken away again."""

import asyncio
import logging
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor, SimpleLogRecordProcessor
from opentelemetry.sdk.metrics.export import MetricReader, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor

from config.telemetry import LoggingType, TelemetrySettings
from telemetry.exporters import Backend, Exporters
from telemetry.logs import ExportHandler
from telemetry.marks import conversation_hash
from telemetry.providers import meter_provider, tracer_provider
from telemetry.recent import RecentSpans
from telemetry.spanview import TerminalSpans

if TYPE_CHECKING:
    from telemetry.prometheus import Page

FLUSH_SECONDS = 3.0

_BACKENDS: Mapping[LoggingType, str] = {
    LoggingType.ASPIRE: "telemetry.aspire",
    LoggingType.APPINSIGHTS: "telemetry.appinsights",
    LoggingType.FILELOG: "telemetry.filelog",
}


class Pipeline:
    def __init__(self, settings: TelemetrySettings, described: Resource) -> None:
        self._backends = [_backend(kind)(settings) for kind in settings.logging_type]
        self._tracers = tracer_provider(described)
        self._tracers.captures_content = settings.telemetry_content
        self._tracers.hashed = conversation_hash(settings)
        self._meters = meter_provider(described)
        self._loggers = LoggerProvider(resource=described, shutdown_on_exit=False)
        self._handler = ExportHandler(settings, self._loggers)
        self._closers: list[Callable[[], object]] = [self._loggers.shutdown]
        for backend in self._backends:
            self._install(backend)
        if settings.telemetry_console:
            self._add_spans(SimpleSpanProcessor(TerminalSpans(sys.stderr.write)))
        logging.getLogger().addHandler(self._handler)

    def keep_recent(self) -> RecentSpans:
        recent = RecentSpans()
        self._add_spans(recent)
        return recent

    def prometheus(self) -> "Page":
        page: Page = import_module("telemetry.prometheus").Page()
        self._add_metrics(page.reader)
        return page

    async def close(self) -> None:
        """Send what is left; a collector that does not take it in time is left alone."""
        logging.getLogger().removeHandler(self._handler)
        flushing = asyncio.gather(*(asyncio.to_thread(close) for close in self._closers), return_exceptions=True)
        await asyncio.wait([flushing], timeout=FLUSH_SECONDS)
        if not flushing.done():
            for backend in self._backends:  # ends the waits between their attempts
                backend.spans.shutdown()
                backend.logs.shutdown()  # type: ignore[no-untyped-call]
                backend.metrics.shutdown()
        await flushing

    def _install(self, backend: Exporters) -> None:
        self._add_spans(BatchSpanProcessor(backend.spans))
        self._add_metrics(PeriodicExportingMetricReader(backend.metrics))
        processor = SimpleLogRecordProcessor if backend.is_local else BatchLogRecordProcessor
        self._loggers.add_log_record_processor(processor(backend.logs))

    def _add_spans(self, processor: SpanProcessor) -> None:
        self._tracers.add_span_processor(processor)
        self._closers.append(processor.shutdown)

    def _add_metrics(self, reader: MetricReader) -> None:
        self._meters.add_metric_reader(reader)

        def close() -> None:
            reader.force_flush()
            self._meters.remove_metric_reader(reader)

        self._closers.append(close)


def _backend(kind: LoggingType) -> Backend:
    backend: Backend = import_module(_BACKENDS[kind]).exporters
    return backend
