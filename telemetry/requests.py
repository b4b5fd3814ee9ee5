"""Each request is measured, and those that change something are traced.

Our own middleware rather than FastAPI's telemetry: that one puts raw paths and queries, and so conversation ids, into
its spans and makes a span for each step of a request. Reading (polls above all) is measured without a span, unless the
client brings a trace.
"""

import time
from contextlib import AbstractContextManager, nullcontext

from opentelemetry.trace import Span, SpanKind
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from telemetry.marks import current_facts, current_mark
from telemetry.meters import REQUEST_SECONDS
from telemetry.tracing import child_of, current_trace_id, failed, remote, span

TRACE_ID = "semker.trace_id"  # in the scope: error handlers run outside of the span

_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_METHODS = _READS | {"POST", "PUT", "PATCH", "DELETE"}
_STREAM = "/events"
_NO_SPAN = nullcontext()


class RequestTelemetry:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in _METHODS else "_OTHER"
        begun, status = time.perf_counter(), 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        current_mark.set(None)  # a pipelined request begins in the context of the one before
        with _span(scope, method) as current:
            scope[TRACE_ID] = current_trace_id() if current is not None else None
            try:
                await self._app(scope, receive, watched)
            finally:
                route = getattr(scope.get("route"), "path", None)
                facts = {"http.request.method": method, "http.response.status_code": status}
                facts |= {"http.route": route} if route else {}
                if route is None or not route.endswith(_STREAM):
                    REQUEST_SECONDS.record(time.perf_counter() - begun, facts)
                if current is not None:
                    self._describe(current, facts, status)

    def _describe(self, current: Span, facts: dict[str, str | int], status: int) -> None:
        current.set_attributes({**facts, **current_facts()})
        if "http.route" in facts:
            current.update_name(f"{facts['http.request.method']} {facts['http.route']}")
        if status >= 500:
            failed(current, str(status))


def _span(scope: Scope, method: str) -> AbstractContextManager[Span | None]:
    traceparent = next((value for name, value in scope["headers"] if name == b"traceparent"), None)
    if method in _READS and traceparent is None:
        return _NO_SPAN
    parent = remote(traceparent.decode("latin-1")) if traceparent else None
    return span(method, {"url.scheme": scope["scheme"]}, kind=SpanKind.SERVER, context=child_of(parent))
