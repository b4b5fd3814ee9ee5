"""The process's providers of OpenTelemetry; backends come and go with `pipeline.py`."""

from functools import cached_property
from typing import override

from opentelemetry import metrics, trace
from opentelemetry.metrics import Meter, NoOpMeter
from opentelemetry.sdk.metrics import AlwaysOffExemplarFilter, MeterProvider
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import Tracer as SdkTracer
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import NoOpTracer, Tracer
from opentelemetry.util.types import Attributes

from telemetry.marks import Hash
from telemetry.spans import PlainTracer
from telemetry.tracing import wanted_trace_id

_OURS = ("semker", "mcp_servers")


class Ids(RandomIdGenerator):
    """A root takes the trace of the request that it is linked to, so that one trace id tells the whole story."""

    @override
    def generate_trace_id(self) -> int:
        return wanted_trace_id.get() or super().generate_trace_id()


class OurTracerProvider(TracerProvider):
    """Makes our spans only: libraries put exceptions' texts and whole schemas into theirs, at three times the cost."""

    captures_content = False
    hashed: Hash | None = None

    def __init__(self, described: Resource) -> None:
        super().__init__(resource=described, id_generator=Ids(), shutdown_on_exit=False)
        self._made: dict[str, Tracer] = {}

    @override
    def get_tracer(
        self,
        instrumenting_module_name: str,
        instrumenting_library_version: str | None = None,
        schema_url: str | None = None,
        attributes: Attributes = None,
    ) -> Tracer:
        if instrumenting_module_name not in _OURS:
            return NoOpTracer()
        if instrumenting_module_name not in self._made:  # asked for with every call of a tool
            made = super().get_tracer(instrumenting_module_name, instrumenting_library_version, schema_url, attributes)
            self._made[instrumenting_module_name] = PlainTracer(made) if isinstance(made, SdkTracer) else made
        return self._made[instrumenting_module_name]


class OurMeterProvider(MeterProvider):
    @override
    def get_meter(
        self,
        name: str,
        version: str | None = None,
        schema_url: str | None = None,
        attributes: Attributes = None,
    ) -> Meter:
        if name not in _OURS:
            return NoOpMeter(name)
        return super().get_meter(name, version, schema_url, attributes)


class OurResource(Resource):
    """Exporters ask for its hash with every span, which makes JSON of it every time."""

    @override
    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return super().__hash__()


def resource(version: str, environment: str) -> Resource:
    """What OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say wins."""
    ours = {"service.name": "semker", "service.version": version, "deployment.environment.name": environment}
    described = Resource.get_empty().merge(Resource(ours)).merge(OTELResourceDetector().detect())
    return OurResource(described.attributes, described.schema_url)


def tracer_provider(described: Resource) -> OurTracerProvider:
    """OpenTelemetry lets a process set its providers once; a second start in it uses the first one's."""
    existing = trace.get_tracer_provider()
    if isinstance(existing, OurTracerProvider):
        return existing
    provider = OurTracerProvider(described)
    trace.set_tracer_provider(provider)
    return provider


def meter_provider(described: Resource) -> OurMeterProvider:
    existing = metrics.get_meter_provider()
    if isinstance(existing, OurMeterProvider):
        return existing
    # Exemplars would point from a metric to a trace, and make up a fifth of the cost of telemetry.
    provider = OurMeterProvider(resource=described, shutdown_on_exit=False, exemplar_filter=AlwaysOffExemplarFilter())
    metrics.set_meter_provider(provider)
    return provider
