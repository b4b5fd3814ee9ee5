"""Spans, as the rest of the service makes them; without telemetry they cost next to nothing.

No span ever holds an exception's text: only what kind of failure it was.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, NonRecordingSpan, Span, SpanContext, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from telemetry.marks import Mark, current_facts, current_mark

SCOPE = "semker"

type Attributes = Mapping[str, str | int | float | bool]

tracer = trace.get_tracer(SCOPE)
wanted_trace_id: ContextVar[int | None] = ContextVar("wanted_trace_id", default=None)
_propagator = TraceContextTextMapPropagator()


class Entered:
    """A span that is current until the block ends. A class, since a generator would cost as much as the span."""

    __slots__ = ("_token", "span")

    def __init__(self, span: Span) -> None:
        self.span = span
        self._token = otel_context.attach(trace.set_span_in_context(span))

    def __enter__(self) -> Span:
        return self.span

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, stack: TracebackType | None
    ) -> None:
        if error is not None:
            failed(self.span, error_type(error))
        otel_context.detach(self._token)
        self.span.end()


def span(
    name: str, attributes: Attributes, *, kind: SpanKind = SpanKind.INTERNAL, context: Context | None = None
) -> Entered:
    """For a `with`; not around a `yield` of an async generator, which may be closed in another context."""
    return Entered(tracer.start_span(name, context, kind, {**attributes, **current_facts()}))


@contextmanager
def processing(mark: Mark, traceparent: str | None, attributes: Attributes) -> Iterator[None]:
    """The work on a message: a root of its own, in the trace of the request that brought it and linked to it."""
    request = remote(traceparent)
    marked = current_mark.set(mark)
    try:
        with Entered(_root("process message", request, {**attributes, **mark.facts})):
            yield
    finally:
        current_mark.reset(marked)


def failed(current: Span, reason: str) -> None:
    current.set_attribute("error.type", reason)
    current.set_status(StatusCode.ERROR)


def error_type(error: BaseException) -> str:
    """Its code when it has one, else its class."""
    code = getattr(error, "code", None)
    return str(code) if isinstance(code, str) else type(error).__name__


def current_traceparent() -> str | None:
    here = trace.get_current_span().get_span_context()
    if not here.is_valid:
        return None
    return f"00-{here.trace_id:032x}-{here.span_id:016x}-{here.trace_flags & 3:02x}"


def current_trace_id() -> str | None:
    here = trace.get_current_span().get_span_context()
    return f"{here.trace_id:032x}" if here.is_valid else None


def remote(traceparent: str | None) -> SpanContext | None:
    """None when there is none or it is not one."""
    if not traceparent:
        return None
    found = trace.get_current_span(_propagator.extract({"traceparent": traceparent}, Context())).get_span_context()
    return found if found.is_valid else None


def child_of(parent: SpanContext | None) -> Context:
    """Outside of whatever span is current."""
    return trace.set_span_in_context(NonRecordingSpan(parent), Context()) if parent else Context()


def captures_content() -> bool:
    """Whether prompts, replies, arguments and bodies may be recorded."""
    return getattr(trace.get_tracer_provider(), "captures_content", False) is True


def _root(name: str, request: SpanContext | None, attributes: Attributes) -> Span:
    if request is None:
        return tracer.start_span(name, Context(), SpanKind.CONSUMER, attributes)
    if not request.trace_flags.sampled:
        return tracer.start_span(name, child_of(request), SpanKind.CONSUMER)
    wanted = wanted_trace_id.set(request.trace_id)
    try:
        return tracer.start_span(name, Context(), SpanKind.CONSUMER, attributes, [Link(request)])
    finally:
        wanted_trace_id.reset(wanted)
