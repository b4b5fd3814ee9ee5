"""A span as plain JSON, for files, the terminal and whoever looks at one message."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import override

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import StatusCode


def span_view(span: ReadableSpan) -> dict[str, object]:
    context = span.get_span_context()
    assert context is not None
    begun, ended = span.start_time or 0, span.end_time or 0
    view: dict[str, object] = {
        "time": datetime.fromtimestamp(begun / 1e9, UTC).isoformat(timespec="microseconds"),
        "name": span.name,
        "duration_ms": round((ended - begun) / 1e6, 3),
        "trace_id": f"{context.trace_id:032x}",
        "span_id": f"{context.span_id:016x}",
        "parent_id": f"{span.parent.span_id:016x}" if span.parent else None,
        "kind": span.kind.name.lower(),
        "status": "error" if span.status.status_code is StatusCode.ERROR else "ok",
        "attributes": dict(span.attributes or {}),
    }
    if span.links:
        view["links"] = [f"{link.context.trace_id:032x}-{link.context.span_id:016x}" for link in span.links]
    return view


class TerminalSpans(SpanExporter):
    """TELEMETRY_CONSOLE: a line for each span."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write

    @override
    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        for span in spans:
            view = span_view(span)
            self._write(
                f"span {view['duration_ms']:>9} ms  {view['name']}  {view['status']}  trace={view['trace_id']}\n"
            )
        return SpanExportResult.SUCCESS

    @override
    def shutdown(self) -> None:
        pass
