"""A collector on a socket that speaks OTLP over gRPC and keeps what comes.

`with OtlpCollector() as collector:` in a test, or `python -m tests.doubles.otlp_collector --port 4317` as a process.
"""

import argparse
import signal
import sys
import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import grpc  # type: ignore[import-untyped]
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2, logs_service_pb2_grpc
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2, metrics_service_pb2_grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from tests.config import ANSWER_SECONDS
from tests.waiting import eventually


@dataclass(frozen=True, slots=True)
class CollectedSpan:
    name: str
    trace_id: str
    span_id: str
    parent_id: str
    kind: int
    is_error: bool
    links: tuple[tuple[str, str], ...]
    attributes: Mapping[str, Any]
    service: str
    raw: str


@dataclass(frozen=True, slots=True)
class CollectedLog:
    body: str
    logger: str
    trace_id: str
    attributes: Mapping[str, Any]


class OtlpCollector:
    """`raw` is everything as text, for those who look for what must not be in it."""

    def __init__(self, port: int = 0, *, keeps: bool = True) -> None:
        self.spans: list[CollectedSpan] = []
        self.logs: list[CollectedLog] = []
        self.metrics: dict[str, Any] = {}
        self.raw: list[str] = []
        self.headers: list[Mapping[str, str]] = []
        self._keeps = keeps
        self._server = grpc.server(ThreadPoolExecutor(max_workers=4))
        trace_service_pb2_grpc.add_TraceServiceServicer_to_server(_Traces(self), self._server)  # type: ignore[no-untyped-call]
        metrics_service_pb2_grpc.add_MetricsServiceServicer_to_server(_Metrics(self), self._server)  # type: ignore[no-untyped-call]
        logs_service_pb2_grpc.add_LogsServiceServicer_to_server(_Logs(self), self._server)  # type: ignore[no-untyped-call]
        self.port: int = self._server.add_insecure_port(f"127.0.0.1:{port}")

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, stack: TracebackType | None
    ) -> None:
        self._server.stop(grace=0).wait()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def trace_with(self, *names: str) -> list[CollectedSpan]:
        """The spans of the first trace that has spans of all these names, once it has."""

        def found() -> list[CollectedSpan] | None:
            traces: dict[str, list[CollectedSpan]] = {}
            for span in list(self.spans):
                traces.setdefault(span.trace_id, []).append(span)
            wanted = set(names)
            return next((trace for trace in traces.values() if wanted <= {span.name for span in trace}), None)

        return eventually(found, f"a trace with {', '.join(names)}", within=ANSWER_SECONDS)

    def keep(self, request: Any, context: grpc.ServicerContext) -> bool:
        if self._keeps:
            self.raw.append(str(request))
            self.headers.append({str(name): str(value) for name, value in context.invocation_metadata()})
        return self._keeps


class _Traces(trace_service_pb2_grpc.TraceServiceServicer):
    def __init__(self, collector: OtlpCollector) -> None:
        self._collector = collector

    def Export(self, request: Any, context: grpc.ServicerContext) -> Any:
        if self._collector.keep(request, context):
            for resource in request.resource_spans:
                service = attributes(resource.resource.attributes).get("service.name", "")
                for scope in resource.scope_spans:
                    self._collector.spans += [_span(span, service) for span in scope.spans]
        return trace_service_pb2.ExportTraceServiceResponse()


class _Metrics(metrics_service_pb2_grpc.MetricsServiceServicer):
    def __init__(self, collector: OtlpCollector) -> None:
        self._collector = collector

    def Export(self, request: Any, context: grpc.ServicerContext) -> Any:
        if self._collector.keep(request, context):
            for resource in request.resource_metrics:
                for scope in resource.scope_metrics:
                    self._collector.metrics |= {metric.name: metric for metric in scope.metrics}
        return metrics_service_pb2.ExportMetricsServiceResponse()


class _Logs(logs_service_pb2_grpc.LogsServiceServicer):
    def __init__(self, collector: OtlpCollector) -> None:
        self._collector = collector

    def Export(self, request: Any, context: grpc.ServicerContext) -> Any:
        if self._collector.keep(request, context):
            for resource in request.resource_logs:
                for scope in resource.scope_logs:
                    self._collector.logs += [_log(record, scope.scope.name) for record in scope.log_records]
        return logs_service_pb2.ExportLogsServiceResponse()


def _span(span: Any, service: str) -> CollectedSpan:
    return CollectedSpan(
        name=span.name,
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex(),
        kind=span.kind,
        is_error=span.status.code == 2,
        links=tuple((link.trace_id.hex(), link.span_id.hex()) for link in span.links),
        attributes=attributes(span.attributes),
        service=service,
        raw=str(span),
    )


def _log(record: Any, logger: str) -> CollectedLog:
    return CollectedLog(record.body.string_value, logger, record.trace_id.hex(), attributes(record.attributes))


def attributes(pairs: Iterable[KeyValue]) -> dict[str, Any]:
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: AnyValue) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_value(item) for item in value.array_value.values]
    return getattr(value, kind) if kind else None


def main() -> None:
    parser = argparse.ArgumentParser(description="A collector that takes everything and keeps nothing")
    parser.add_argument("--port", type=int, default=4317)
    with OtlpCollector(parser.parse_args().port, keeps=False) as collector:
        sys.stderr.write(f"OTLP_ENDPOINT={collector.endpoint}\n")
        stopped = threading.Event()
        signal.signal(signal.SIGTERM, lambda number, frame: stopped.set())
        stopped.wait()


if __name__ == "__main__":
    main()
