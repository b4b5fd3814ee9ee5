"""uvicorn's HTTP protocol, which also lets go of clients that send without end, too slowly, or do not read."""

import asyncio
import json
import logging
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from config.constants import PROBLEM_JSON

HEAD_BYTES = 32 * 1024
_UPGRADE = re.compile(rb"\n(?i:upgrade)(?=[ \t]*:)")
_TOO_LARGE = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"The head is larger than {HEAD_BYTES} bytes"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds until what is written has to be read, and until a head, and all of a request, has to be there."""

    unread: float
    head: float = 10.0
    request: float = 30.0


class Refused(Exception):
    """Stops the parser, which has the connection closed."""


class PatientProtocol(HttpToolsProtocol):
    """Bounds the head of a request in bytes, head and body in seconds, and how long what we write is left unread.

    One timer looks after a connection whose request is incomplete. It is left alone when the request is there: most
    come in two pieces, and a timer for each would cost more than the rest of this.
    """

    patience: ClassVar[Patience]
    _stuck: asyncio.TimerHandle | None = None
    _look: asyncio.TimerHandle | None = None
    _since: float | None = None
    _received = 0
    _is_in_body = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._look, self._stuck):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if not self._is_in_body and b"pgrade" in data:
            data = _without_upgrade(data)
        before = self.cycle
        self._received += len(data)
        super().data_received(data)
        cycle = self.cycle
        if cycle is None or self.scope is not cycle.scope or (cycle.response_complete and not cycle.more_body):
            self._in_head(is_all_of_it=cycle is before and not self._is_in_body)
        elif cycle.more_body:
            self._received = 0
            self._is_in_body = True
            if self._since is None:
                self._wait()
        else:
            self._received = 0
            self._since = None
            self._is_in_body = False

    def on_headers_complete(self) -> None:
        if self._received > HEAD_BYTES and self._size_of_head() > HEAD_BYTES:
            self._refuse(*_TOO_LARGE)
            raise Refused
        if self.parser.should_upgrade():  # CONNECT, or a head in pieces: its body would be read as another request
            self._refuse(HTTPStatus.BAD_REQUEST, "This server speaks HTTP/1.1 and changes to no other protocol")
            raise Refused
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        if not self.transport.is_closing():
            self._refuse(HTTPStatus.BAD_REQUEST, "This is no HTTP request")

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stuck = self.loop.call_later(self.patience.unread, self._let_go)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._stuck is not None:
            self._stuck.cancel()
            self._stuck = None

    @property
    def _waits_for_answer(self) -> bool:
        """A request has begun, and no other answer is being written."""
        cycle = self.cycle
        if self.scope is None or cycle is None:
            return self.scope is not None
        return cycle.response_complete if self.scope is not cycle.scope else not cycle.response_started

    def _in_head(self, *, is_all_of_it: bool) -> None:
        """Or between requests. `is_all_of_it`: what was received since then is of one head, and of nothing before."""
        self._is_in_body = False
        if self._since is None:
            self._wait()
        if not is_all_of_it:
            self._received = 0
        elif self._received > HEAD_BYTES and not self.transport.is_closing():
            self._refuse(*_TOO_LARGE)

    def _size_of_head(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    def _wait(self) -> None:
        self._since = self.loop.time()
        if self._look is None:
            self._look = self.loop.call_later(self.patience.head, self._look_again)

    def _look_again(self) -> None:
        self._look = None
        if self._since is None or self.transport.is_closing():
            return
        left = self._since + (self.patience.request if self._is_in_body else self.patience.head) - self.loop.time()
        if left > 0:
            self._look = self.loop.call_later(left, self._look_again)
        elif self._waits_for_answer:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, "The request did not come in time")
        else:
            self._let_go()

    def _refuse(self, status: HTTPStatus, detail: str) -> None:
        problem = {"type": "about:blank", "title": status.phrase, "status": status, "detail": detail}
        body = json.dumps(problem).encode()
        head = f"content-type: {PROBLEM_JSON}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        self.transport.write(STATUS_LINE[status] + head.encode() + body)
        self.transport.close()

    def _let_go(self) -> None:
        logger.info("a client that was too slow was let go")
        self.transport.abort()


def _without_upgrade(data: bytes) -> bytes:
    """An offer of another protocol, as many clients make with HTTP/2, may be ignored (RFC 9110, 7.8).

    The parser would take it, though nobody does, and drop the body that follows.
    """
    head, end, rest = data.partition(b"\r\n\r\n")
    return _UPGRADE.sub(b"\nx-upgrade", head) + end + rest


def patient_protocol(patience: Patience) -> type[PatientProtocol]:
    return type("PatientProtocol", (PatientProtocol,), {"patience": patience})
