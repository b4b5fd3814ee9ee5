"""The spans of the last messages, in memory, for developers."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import override

from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor

from telemetry.marks import MESSAGE_ID
from telemetry.spanview import span_view

MOST_TRACES = 200
MOST_SPANS = 500


class RecentSpans(SpanProcessor):
    """At most `MOST_SPANS` of each of the newest `MOST_TRACES` traces."""

    def __init__(self) -> None:
        self._traces: OrderedDict[int, list[ReadableSpan]] = OrderedDict()

    @override
    def on_end(self, span: ReadableSpan) -> None:
        context = span.get_span_context()
        if context is None:
            return
        spans = self._traces.setdefault(context.trace_id, [])
        if len(spans) < MOST_SPANS:
            spans.append(span)
        while len(self._traces) > MOST_TRACES:
            self._traces.popitem(last=False)

    def of_message(self, trace_id: str, message_id: str) -> list[dict[str, object]]:
        """Oldest first: those marked with the message, and what happened below them."""
        spans = list(self._traces.get(int(trace_id, 16), ()))
        found = {_id(span) for span in spans if (span.attributes or {}).get(MESSAGE_ID) == message_id}
        while more := {_id(span) for span in spans if span.parent and span.parent.span_id in found} - found:
            found |= more
        return [span_view(span) for span in _in_order(spans) if _id(span) in found]


def _in_order(spans: Sequence[ReadableSpan]) -> Sequence[ReadableSpan]:
    return sorted(spans, key=lambda span: span.start_time or 0)


def _id(span: ReadableSpan) -> int:
    context = span.get_span_context()
    return context.span_id if context else 0
