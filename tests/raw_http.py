"""HTTP/1.1 as bytes on a socket, for requests that no client library would send."""

import json
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

SECONDS = 10.0
NO_ANSWER = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is NO_ANSWER when the server closed the connection without one."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        content = json.loads(self.body)
        assert isinstance(content, dict)
        return content


def exchange(port: int, request: bytes) -> Answer:
    """The first answer to what was sent."""
    with socket.create_connection(("127.0.0.1", port), SECONDS) as connection:
        with suppress(ConnectionError):  # a server may refuse before it has read all
            connection.sendall(request)
        return _read(connection)


def send_and_leave(port: int, request: bytes) -> None:
    """The client goes away without waiting for an answer."""
    with socket.create_connection(("127.0.0.1", port), SECONDS) as connection:
        connection.sendall(request)


def _read(connection: socket.socket) -> Answer:
    received = b""
    with suppress(ConnectionError):
        while piece := connection.recv(65_536):
            received = _without_interim(received + piece)
            head, separator, body = received.partition(b"\r\n\r\n")
            if separator and len(body) >= int(_headers(head).get("content-length", "0")):
                break
    if not received:
        return Answer(NO_ANSWER, {}, b"")
    head, _, body = received.partition(b"\r\n\r\n")
    return Answer(int(head.split(b" ", 2)[1]), _headers(head), body)


def _without_interim(received: bytes) -> bytes:
    """100 Continue is no answer."""
    return received.partition(b"\r\n\r\n")[2] if received.startswith(b"HTTP/1.1 100 ") else received


def _headers(head: bytes) -> dict[str, str]:
    lines = head.decode("latin-1").split("\r\n")[1:]
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
