"""The Aspire dashboard, or any other collector that speaks OTLP, over gRPC or HTTP."""

from config.telemetry import TelemetrySettings
from telemetry.exporters import Exporters


def exporters(settings: TelemetrySettings) -> Exporters:
    return _http(settings) if settings.resolved_otlp_protocol == "http/protobuf" else _grpc(settings)


def _grpc(settings: TelemetrySettings) -> Exporters:
    from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter  # noqa: PLC0415 - only when chosen
    from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter  # noqa: PLC0415
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter  # noqa: PLC0415

    endpoint, seconds = settings.otlp_endpoint, settings.otlp_timeout
    return Exporters(
        OTLPSpanExporter(endpoint=endpoint, timeout=seconds),
        OTLPMetricExporter(endpoint=endpoint, timeout=seconds),
        OTLPLogExporter(endpoint=endpoint, timeout=seconds),
    )


def _http(settings: TelemetrySettings) -> Exporters:
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter  # noqa: PLC0415 - only when chosen
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter  # noqa: PLC0415
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415

    seconds = settings.otlp_timeout  # also what a shutdown waits at most for a collector that keeps silent
    base = settings.otlp_endpoint.rstrip("/").removesuffix("/v1/traces")
    return Exporters(
        OTLPSpanExporter(endpoint=f"{base}/v1/traces", timeout=seconds),
        OTLPMetricExporter(endpoint=f"{base}/v1/metrics", timeout=seconds),
        OTLPLogExporter(endpoint=f"{base}/v1/logs", timeout=seconds),
    )
