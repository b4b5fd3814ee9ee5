"""Metrics for GET /metrics, read when they are asked for."""

from opentelemetry.exporter.prometheus import PrometheusMetricReader
from prometheus_client import CollectorRegistry, generate_latest


class Page:
    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.reader = PrometheusMetricReader(scope_info_enabled=False, registry=self._registry)

    def __call__(self) -> bytes:
        return generate_latest(self._registry)
