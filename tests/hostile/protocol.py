"""What is hardly HTTP."""

from collections.abc import Iterator

from tests.hostile.requests import CONVERSATION, JSON, MARK, Hostile, chunks, message, post, request
from tests.raw_http import NO_ANSWER


def broken_http() -> Iterator[Hostile]:
    body = message(MARK).encode()
    head = request("POST", "/messages", (CONVERSATION, JSON))[:-2]
    chunked = head + b"Transfer-Encoding: chunked\r\n"
    length = b"Content-Length: %d\r\n" % len(body)
    raw = {
        "chunk size is no number": chunked + b"\r\nzz\r\n" + body + b"\r\n0\r\n\r\n",
        "chunk size is negative": chunked + b"\r\n-5\r\n" + body + b"\r\n0\r\n\r\n",
        "chunk size is huge": chunked + b"\r\nfffffffffffffffff\r\n" + body,
        "chunk is longer than said": chunked + b"\r\n2\r\n" + body + b"\r\n0\r\n\r\n",
        "length and chunks": chunked + length + b"\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(body), body),
        "two lengths": head + b"Content-Length: 5\r\n" + length + b"\r\n" + body,
        "length is negative": head + b"Content-Length: -5\r\n\r\n" + body,
        "length is no number": head + b"Content-Length: many\r\n\r\n" + body,
        "length has 5,000 digits": head + b"Content-Length: " + b"0" * 5_000 + length[16:] + b"\r\n" + body,
        "length has a plus": head + b"Content-Length: +5\r\n\r\n" + body,
        "unknown transfer encoding": head + b"Transfer-Encoding: xchunked\r\n" + length + b"\r\n" + body,
        "space before the colon": b"POST /messages HTTP/1.1\r\nHost : a\r\n" + length + b"\r\n" + body,
        "header without a colon": head + b"nothing\r\n\r\n",
        "header without a name": head + b": nothing\r\n\r\n",
        "space in the address": b"GET /mess ages HTTP/1.1\r\nHost: a\r\n\r\n",
        "NUL in the address": b"GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n",
        "unknown version": b"GET /messages HTTP/9.9\r\nHost: a\r\n\r\n",
        "no version": b"GET /messages\r\n\r\n",
        "beginning of TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xaa" * 40 + b"\r\n\r\n",
        "HTTP/2 at once": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "noise": bytes(range(256)) * 20 + b"\r\n\r\n",
        "CONNECT": b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n",
    }
    for name, data in raw.items():
        yield Hostile(f"HTTP: {name}", data, (200, 201, 400, 404, 405, 413, NO_ANSWER), from_server=True)
    refused = (431, NO_ANSWER)
    yield Hostile("HTTP: a header of 1 MB", head + b"a: " + b"b" * 1_000_000 + b"\r\n\r\n", refused, from_server=True)
    yield Hostile("HTTP: an address of 1 MB", request("GET", "/" + "a" * 1_000_000), refused, from_server=True)
    yield Hostile("HTTP: 20,000 headers", head + b"a: b\r\n" * 20_000 + b"\r\n", refused, from_server=True)
    large = request("GET", "/messages?limit=1", (("Cookie", "c" * 31_000),))
    yield Hostile("HTTP: a header of 31,000 bytes", large, (200,))
    larger = request("GET", "/messages?limit=1", (("Cookie", "c" * 33_000),))
    yield Hostile("HTTP: a header of 33,000 bytes", larger, (431,), from_server=True)


def cut_requests() -> dict[str, bytes]:
    """What a client that goes away has sent."""
    whole = post(message(MARK))
    return {
        "nothing": b"",
        "half a request line": b"POST /mess",
        "half the headers": whole[:60],
        "half the body": whole[:-5],
        "half a chunk": chunks(message(MARK).encode())[:-12],
        "an open chunk": chunks(message(MARK).encode())[:-5],
    }
