"""Log records on their way out: redacted, on one line, marked with trace, message and conversation.

An exception is told by its kind and by where it happened; its text may quote a customer, a prompt or a key and is told
only at LOG_LEVEL=DEBUG.
"""

import logging
import sys
import time
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import override

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry._logs import LoggerProvider, LogRecord, SeverityNumber

from config.telemetry import TelemetrySettings
from telemetry.marks import current_facts
from telemetry.redaction import one_line, redact

QUIET_SECONDS = 300.0
_CHATTY = ("semantic_kernel", "mcp", "httpx", "httpx2", "openai", "azure", "urllib3", "aiohttp", "grpc", "alembic")
_TOLD = "semker_told"
_STACK = "Traceback (most recent call last)"
_EXPORT = ("opentelemetry", "azure.monitor", "azure.core")
# What becomes of messages and of the database is told by us.
_TOLD_BY_US = ("procrastinate", "psycopg", "psycopg.pool")
# A complaint for each span that is dropped while a collector is away, and one when a reader of metrics is taken away.
_NEEDLESS = ("opentelemetry.sdk._shared_internal", "opentelemetry.sdk.metrics")
_SEVERITIES = {
    logging.DEBUG: SeverityNumber.DEBUG,
    logging.INFO: SeverityNumber.INFO,
    logging.WARNING: SeverityNumber.WARN,
    logging.ERROR: SeverityNumber.ERROR,
    logging.CRITICAL: SeverityNumber.FATAL,
}


def log_to_terminal(settings: TelemetrySettings, *, access: bool = False) -> None:
    """Also takes over the loggers that uvicorn sets up for itself when it is the command."""
    root = logging.getLogger()
    root.setLevel(settings.log_level)
    if not any(isinstance(handler, TerminalHandler) for handler in root.handlers):
        root.addHandler(TerminalHandler(settings))
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _TOLD_BY_US:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    for name in _NEEDLESS:
        logging.getLogger(name).setLevel(logging.ERROR)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.getLogger("uvicorn.error").addFilter(_names_no_address)
    if not access:
        logging.getLogger("uvicorn.access").setLevel(logging.WARNING)


def _names_no_address(record: logging.LogRecord) -> bool:
    """A refused WebSocket is told with its path and query."""
    return '"WebSocket' not in str(record.msg)


class Told:
    """The words of a record."""

    def __init__(self, settings: TelemetrySettings) -> None:
        self._with_exception_text = settings.log_level == "DEBUG"

    def message(self, record: logging.LogRecord) -> str:
        """Made once for both handlers; all of a process have the same settings."""
        told: str | None = vars(record).get(_TOLD)
        if told is None:
            told = vars(record)[_TOLD] = self._made(record)
        return told

    def _made(self, record: logging.LogRecord) -> str:
        try:
            text = record.getMessage()
        except (TypeError, ValueError):  # the arguments do not fit; logging would print them all
            text = str(record.msg)
        if record.name == "asyncio":  # goes on with the repr of a task, which holds its exception's text
            text = text.partition("\n")[0]
        if _STACK in text:
            text = _without_stack(text, with_words=record.name == "uvicorn.error" or self._with_exception_text)
        return one_line(redact(text))

    def exception(self, record: logging.LogRecord) -> str | None:
        error = record.exc_info[1] if record.exc_info else None
        return "\n".join(self._stack(error)) if error else None

    def _stack(self, error: BaseException) -> Iterator[str]:
        seen: set[int] = set()
        cause: BaseException | None = error
        while cause is not None and id(cause) not in seen:
            seen.add(id(cause))
            text = f": {one_line(redact(str(cause)))}" if self._with_exception_text else ""
            yield f"{type(cause).__module__}.{type(cause).__qualname__}{text}"
            yield from _frames(cause.__traceback__)
            cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)


def _without_stack(text: str, *, with_words: bool) -> str:
    """A stack that was logged as text: what went before, and the exception; uvicorn tells a failed start like this."""
    before, _, stack = text.partition(_STACK)
    last = stack.rstrip().rpartition("\n")[2]
    return f"{before.rstrip()} {last if with_words else last.partition(':')[0]}".strip()


def _frames(stack: TracebackType | None) -> Iterator[str]:
    for frame in traceback.extract_tb(stack)[-20:]:
        yield f"  {frame.filename}:{frame.lineno} {frame.name}"


class ExportTrouble(logging.Filter):
    """What exporters say about a collector that is away: once in a while, without a stack."""

    def __init__(self) -> None:
        super().__init__()
        self._told: dict[tuple[str, int], float] = {}

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        if not record.name.startswith(_EXPORT):
            return True
        record.exc_info = None
        now, place = time.monotonic(), (record.pathname, record.lineno)
        if now - self._told.get(place, -QUIET_SECONDS) < QUIET_SECONDS:
            return False
        self._told[place] = now
        return True


class TerminalHandler(logging.StreamHandler):  # type: ignore[type-arg]
    """`10:30:00.123 INFO  process.worker  message failed  trace=... message=... conversation=...`"""

    def __init__(self, settings: TelemetrySettings) -> None:
        super().__init__(sys.stderr)
        self._told = Told(settings)
        self.addFilter(ExportTrouble())

    @override
    def format(self, record: logging.LogRecord) -> str:
        moment = time.strftime("%H:%M:%S", time.localtime(record.created))
        line = f"{moment}.{int(record.msecs):03} {record.levelname:<7} {record.name}  {self._told.message(record)}"
        here = trace.get_current_span().get_span_context()
        if here.is_valid:
            line += f"  trace={here.trace_id:032x}"
        for name, value in current_facts().items():
            line += f" {name.removeprefix('semker.').removesuffix('_id')}={value}"
        stack = self._told.exception(record)
        return line + "".join(f"\n    {row}" for row in stack.split("\n")) if stack else line


class ExportHandler(logging.Handler):
    """Hands records to the backends; what the exporters themselves say is for the terminal only."""

    def __init__(self, settings: TelemetrySettings, provider: LoggerProvider) -> None:
        super().__init__()
        self._told = Told(settings)
        self._provider = provider

    @override
    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith(_EXPORT):
            return
        facts = dict(current_facts())
        if record.exc_info and record.exc_info[0]:
            facts["exception.type"] = record.exc_info[0].__qualname__
            facts["exception.stacktrace"] = self._told.exception(record) or ""
        self._provider.get_logger(record.name).emit(
            LogRecord(
                timestamp=int(record.created * 1e9),
                observed_timestamp=int(record.created * 1e9),
                context=otel_context.get_current(),
                severity_text=record.levelname,
                severity_number=_SEVERITIES.get(record.levelno, SeverityNumber.UNSPECIFIED),
                body=self._told.message(record),
                attributes=facts,
            )
        )
