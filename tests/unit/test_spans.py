"""Our spans leave the process as OpenTelemetry's own would."""

from collections.abc import Sequence
from itertools import count
from typing import override

import pytest
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, Tracer, TracerProvider
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, ParentBased, Sampler
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    StatusCode,
    TraceFlags,
    get_current_span,
    set_span_in_context,
)
from opentelemetry.trace import Tracer as AnyTracer

from telemetry.spans import PlainTracer

ELSEWHERE = SpanContext(7, 8, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))
UNSAMPLED = SpanContext(7, 9, is_remote=True, trace_flags=TraceFlags(TraceFlags.DEFAULT))


class Counted(IdGenerator):
    def __init__(self) -> None:
        self._numbers = count(1)

    @override
    def generate_trace_id(self) -> int:
        return next(self._numbers)

    @override
    def generate_span_id(self) -> int:
        return next(self._numbers)


class Ended(SpanProcessor):
    def __init__(self) -> None:
        self.spans: list[ReadableSpan] = []

    @override
    def on_end(self, span: ReadableSpan) -> None:
        self.spans.append(span)


def tracer(ended: Ended, sampler: Sampler = ALWAYS_ON) -> Tracer:
    provider = TracerProvider(sampler, Resource({"service.name": "test"}), id_generator=Counted())
    provider.add_span_processor(ended)
    made = provider.get_tracer("semker")
    assert isinstance(made, Tracer)
    return made


def trace_a_request(with_tracer: AnyTracer) -> None:
    """A request from elsewhere, work that is linked to it, and a call in it that fails."""
    incoming = set_span_in_context(NonRecordingSpan(ELSEWHERE), Context())
    request = with_tracer.start_span("POST", incoming, SpanKind.SERVER, {"url.scheme": "http"}, start_time=10)
    request.set_attributes({"http.response.status_code": 201, "shares": (0.5, 1.5), "names": ["a", "b"]})
    request.update_name("POST /messages")
    links = [Link(request.get_span_context())]
    work = with_tracer.start_span("work", Context(), SpanKind.CONSUMER, {"attempt": 1}, links, start_time=11)
    call = with_tracer.start_span("call", set_span_in_context(work, Context()), start_time=12)
    call.add_event("tried", {"number": 2}, timestamp=13)
    call.set_status(StatusCode.ERROR)
    for span, end in ((call, 14), (work, 15), (request, 16)):
        span.end(end)


def test_what_leaves_the_process_is_the_same_to_the_byte() -> None:
    ours, theirs = Ended(), Ended()
    trace_a_request(PlainTracer(tracer(ours)))
    trace_a_request(tracer(theirs))
    assert len(ours.spans) == 3
    assert encoded(ours.spans) == encoded(theirs.spans)


def encoded(spans: Sequence[ReadableSpan]) -> bytes:
    return bytes(encode_spans(spans).SerializeToString(deterministic=True))


def test_what_is_set_after_the_end_is_not_recorded() -> None:
    ended = Ended()
    span = PlainTracer(tracer(ended)).start_span("once")
    span.end(5)
    before = encoded(ended.spans)
    span.set_attribute("late", True)
    span.set_attributes({"late": True})
    span.update_name("late")
    span.set_status(StatusCode.ERROR)
    span.add_event("late")
    span.end(6)
    assert encoded(ended.spans) == before


def test_exception_is_told_without_its_text() -> None:
    ended = Ended()
    with PlainTracer(tracer(ended)).start_span("call") as span:
        span.record_exception(ValueError("call me at +44 7700 900123"))
    assert ended.spans[0].attributes == {"error.type": "ValueError"}
    assert not ended.spans[0].events


@pytest.mark.parametrize(
    ("sampler", "parent"),
    [(ALWAYS_OFF, None), (ALWAYS_OFF, ELSEWHERE), (ParentBased(ALWAYS_ON), UNSAMPLED), (ParentBased(ALWAYS_OFF), None)],
)
def test_what_is_not_sampled_is_passed_on_and_not_recorded(sampler: Sampler, parent: SpanContext | None) -> None:
    contexts = []
    for plain in (True, False):
        ended = Ended()
        made = tracer(ended, sampler)
        around = set_span_in_context(NonRecordingSpan(parent), Context()) if parent else Context()
        span = (PlainTracer(made) if plain else made).start_span("unseen", around)
        span.end()
        assert not span.is_recording()
        assert not ended.spans
        contexts.append(span.get_span_context())
    assert contexts[0] == contexts[1]


def test_span_is_current_in_its_block_and_ends_with_it() -> None:
    ended = Ended()
    with PlainTracer(tracer(ended)).start_as_current_span("block") as span:
        assert get_current_span() is span
        assert not ended.spans
    assert get_current_span() is not span
    assert [each.name for each in ended.spans] == ["block"]


def test_block_that_fails_says_so_without_the_text() -> None:
    ended = Ended()
    with pytest.raises(ValueError, match="secret"), PlainTracer(tracer(ended)).start_as_current_span("block"):
        raise ValueError("secret")
    assert ended.spans[0].status.status_code is StatusCode.ERROR
    assert b"secret" not in encoded(ended.spans)
