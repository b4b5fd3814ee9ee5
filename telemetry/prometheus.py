"""Metrics for GET /metrics, read when they are asked for."""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.exporter.prometheus import PrometheusMetricReader
from prometheus_client import CollectorRegistry, generate_latest, start_http_server

from telemetry import PortTaken


class Page:
    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.reader = PrometheusMetricReader(scope_info_enabled=False, registry=self._registry)

    def __call__(self) -> bytes:
        return generate_latest(self._registry)

    @contextmanager
    def served(self, port: int) -> Iterator[None]:
        """On a port of its own, for a process that has no HTTP API; raises `PortTaken`."""
        try:
            server, thread = start_http_server(port, registry=self._registry)
        except OSError as error:
            raise PortTaken(f"METRICS_PORT={port} cannot be served: {error.strerror}") from error
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
