"""A line for each outgoing request to a model or an MCP server: where, how long, how much; never headers or bodies.

With TELEMETRY_CONTENT the bodies follow at DEBUG, redacted. Clients of httpx and of httpx2 use the same `Exchange`.
"""

import logging
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any, Protocol, override

import httpx

from telemetry.redaction import one_line, redact
from telemetry.tracing import captures_content

_MOST_BODY = 4_000
_REQUEST_IDS = ("x-request-id", "apim-request-id", "x-ms-request-id")

logger = logging.getLogger(__name__)


class Url(Protocol):
    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int | None: ...
    @property
    def path(self) -> str: ...


class Request(Protocol):
    @property
    def method(self) -> str: ...
    @property
    def url(self) -> Url: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def content(self) -> bytes: ...


class Response(Protocol):
    @property
    def status_code(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...


class Exchange:
    """One request and what came back; `end` tells it, once."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._begun = time.perf_counter()
        self._response: Response | None = None
        self._received = 0
        self._kept: list[bytes] | None = [] if captures_content() else None
        self._ended = False

    def answered(self, response: Response) -> None:
        self._response = response

    def chunk(self, data: bytes) -> None:
        self._received += len(data)
        if self._kept is not None and self._received <= _MOST_BODY:
            self._kept.append(data)

    def end(self, error: BaseException | None = None) -> None:
        if self._ended:
            return
        self._ended = True
        level = logging.WARNING if error is not None or self._status >= 400 else logging.INFO
        if not logger.isEnabledFor(level):
            return
        url, milliseconds = self._request.url, 1000 * (time.perf_counter() - self._begun)
        port = f":{url.port}" if url.port else ""
        outcome = type(error).__name__ if error is not None else str(self._status)
        sent = self._request.headers.get("content-length", "0")
        logger.log(
            level,
            "%s %s%s%s -> %s in %.1f ms, sent %s bytes, received %d bytes, request id %s",
            self._request.method,
            *(url.host, port, url.path, outcome, milliseconds, sent, self._received, self._request_id()),
        )
        if self._kept is not None:
            body = b"".join(self._kept)
            logger.debug("sent %s; received %s", _readable(self._request.content), _readable(body))

    @property
    def _status(self) -> int:
        return self._response.status_code if self._response is not None else 0

    def _request_id(self) -> str:
        found = (self._response.headers.get(name) for name in _REQUEST_IDS) if self._response is not None else ()
        return next((str(value) for value in found if value), "-")


def _readable(body: bytes) -> str:
    return one_line(redact(body[:_MOST_BODY].decode("utf-8", "replace")))


class LoggedClient(httpx.AsyncClient):
    @override
    async def send(self, request: httpx.Request, *, stream: bool = False, **options: Any) -> httpx.Response:
        exchange = Exchange(request)
        try:
            response = await super().send(request, stream=True, **options)
        except BaseException as error:
            exchange.end(error)
            raise
        exchange.answered(response)
        assert isinstance(response.stream, httpx.AsyncByteStream)
        response.stream = _Watched(response.stream, exchange)
        if not stream:
            await response.aread()
        return response


class _Watched(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream, exchange: Exchange) -> None:
        self._stream = stream
        self._exchange = exchange

    @override
    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for data in self._stream:
                self._exchange.chunk(data)
                yield data
        except Exception as error:
            self._exchange.end(error)
            raise

    @override
    async def aclose(self) -> None:
        self._exchange.end()
        await self._stream.aclose()
