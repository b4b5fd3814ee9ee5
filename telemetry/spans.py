"""Our spans: what OpenTelemetry's own record, for a third of its time.

Its spans guard against callers that share one between threads, put in values that cannot be exported and change what
is already on its way. Each of ours belongs to one task and takes plain values; the service makes nine for a message.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import override

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace import Tracer as SdkTracer
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.trace import Link, NonRecordingSpan, Span, SpanContext, SpanKind, Status, StatusCode, TraceFlags
from opentelemetry.util._decorator import _agnosticcontextmanager
from opentelemetry.util.types import Attributes, AttributeValue

_UNSET = Status(StatusCode.UNSET)


class PlainSpan(ReadableSpan, Span):
    """Handed to the processor when it ends; what is set later is not recorded."""

    def __init__(
        self,
        tracer: SdkTracer,
        name: str,
        *,
        context: SpanContext,
        parent: SpanContext | None,
        kind: SpanKind,
        attributes: dict[str, AttributeValue],
        links: Sequence[Link],
        start_time: int,
    ) -> None:
        super().__init__(
            name,
            context,
            parent,
            tracer.resource,
            attributes,
            links=links,
            kind=kind,
            status=_UNSET,
            start_time=start_time,
            instrumentation_scope=tracer._instrumentation_scope,
        )
        self._here = context
        self._recorded = attributes
        self._processor = tracer.span_processor

    @override
    def get_span_context(self) -> SpanContext:
        return self._here

    @override
    def is_recording(self) -> bool:
        return self._end_time is None

    @override
    def end(self, end_time: int | None = None) -> None:
        if self._end_time is None:
            self._end_time = end_time or time.time_ns()
            self._processor.on_end(self)

    @override
    def set_attributes(self, attributes: Mapping[str, AttributeValue]) -> None:
        if self._end_time is None:
            self._recorded.update(attributes)

    @override
    def set_attribute(self, key: str, value: AttributeValue) -> None:
        if self._end_time is None:
            self._recorded[key] = value

    @override
    def set_status(self, status: Status | StatusCode, description: str | None = None) -> None:
        """Without a description, since those that are made of exceptions hold their text."""
        if self._end_time is None:
            self._status = Status(status.status_code if isinstance(status, Status) else status)

    @override
    def update_name(self, name: str) -> None:
        if self._end_time is None:
            self._name = name

    @override
    def add_event(self, name: str, attributes: Attributes = None, timestamp: int | None = None) -> None:
        if self._end_time is None:
            self._events = [*self._events, Event(name, attributes, timestamp)]

    @override
    def record_exception(
        self,
        exception: BaseException,
        attributes: Attributes = None,
        timestamp: int | None = None,
        escaped: bool = False,
    ) -> None:
        """Its kind alone: its text may hold what a customer wrote."""
        self.set_attribute("error.type", type(exception).__qualname__)


class PlainTracer(trace.Tracer):
    """Samples and numbers spans as OpenTelemetry's tracer does."""

    def __init__(self, tracer: SdkTracer) -> None:
        self._tracer = tracer

    @override
    def start_span(
        self,
        name: str,
        context: Context | None = None,
        kind: SpanKind = SpanKind.INTERNAL,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        start_time: int | None = None,
        record_exception: bool = True,
        set_status_on_exception: bool = True,
    ) -> Span:
        ids = self._tracer.id_generator
        found = trace.get_current_span(context).get_span_context()
        parent = found if found.is_valid else None
        trace_id = parent.trace_id if parent else ids.generate_trace_id()
        sampling = self._tracer.sampler.should_sample(context, trace_id, name, kind, attributes, links)
        flags = TraceFlags.SAMPLED if sampling.decision is Decision.RECORD_AND_SAMPLE else TraceFlags.DEFAULT
        is_random = parent.trace_flags.random_trace_id if parent else ids.is_trace_id_random()
        flags |= TraceFlags.RANDOM_TRACE_ID if is_random else 0
        here = SpanContext(trace_id, ids.generate_span_id(), False, TraceFlags(flags), sampling.trace_state)
        if sampling.decision is Decision.DROP:
            return NonRecordingSpan(here)
        return PlainSpan(
            self._tracer,
            name,
            context=here,
            parent=parent,
            kind=kind,
            attributes=dict(sampling.attributes or {}),
            links=links or (),
            start_time=start_time or time.time_ns(),
        )

    @override
    @_agnosticcontextmanager
    def start_as_current_span(
        self,
        name: str,
        context: Context | None = None,
        kind: SpanKind = SpanKind.INTERNAL,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        start_time: int | None = None,
        record_exception: bool = True,
        set_status_on_exception: bool = True,
        end_on_exit: bool = True,
    ) -> Iterator[Span]:
        span = self.start_span(name, context, kind, attributes, links, start_time)
        with trace.use_span(span, end_on_exit, record_exception, set_status_on_exception):
            yield span
