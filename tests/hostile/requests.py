"""Requests that a careless, broken or malicious client may send, and the statuses that are right for them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

MARK = "Zq7x"  # in what must not be repeated to the sender
BODY_LIMIT = 12 * 10_000 + 16 * 1024
ID = "550e8400-e29b-41d4-a716-446655440000"

type Header = tuple[str, str | bytes]

CONVERSATION: Header = ("x-ms-conversation-id", "hostile")
JSON: Header = ("Content-Type", "application/json")


@dataclass(frozen=True, slots=True)
class Hostile:
    """`from_server` means that the HTTP server may refuse it before the application sees it."""

    name: str
    request: bytes
    statuses: tuple[int, ...]
    from_server: bool = False

    def __str__(self) -> str:
        return self.name


def request(method: str, target: str | bytes, headers: Sequence[Header] = (), body: bytes | None = None) -> bytes:
    lines = [to_bytes(method) + b" " + to_bytes(target) + b" HTTP/1.1", b"Host: localhost"]
    lines += [to_bytes(name) + b": " + to_bytes(value) for name, value in headers]
    if body is not None:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + (body or b"")


def post(body: str | bytes, *headers: Header) -> bytes:
    return request("POST", "/messages", headers or (CONVERSATION, JSON), to_bytes(body))


def message(text: str = "Hello") -> str:
    return json.dumps({"message": text})


def chunks(body: bytes, *, size: int = 8_192) -> bytes:
    head = request("POST", "/messages", (CONVERSATION, JSON, ("Transfer-Encoding", "chunked")))
    pieces = (body[start : start + size] for start in range(0, len(body), size))
    return head + b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def to_bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value
