"""Clients that send without end, too slowly, or nothing: each is let go, and the others are served."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from slow_clients import HEAD_BYTES, Patience, patient_protocol
from tests.doubles.live_app import QuietServer
from tests.doubles.mcp_clients import until

PATIENCE = Patience(unread=5, head=0.3, request=0.6)
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n"
UPGRADE = b"POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: %d\r\n\r\n" % len(GET)
LAST = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


async def answer(request: Request) -> Response:
    try:
        return PlainTextResponse(f"<{len(await request.body())}>")
    except ClientDisconnect:
        return PlainTextResponse("gone")


async def stream(request: Request) -> Response:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"piece"
            await asyncio.sleep(0.05)

    return StreamingResponse(pieces())


@asynccontextmanager
async def serving() -> AsyncIterator[int]:
    app = Starlette(routes=[Route("/", answer, methods=["GET", "POST"]), Route("/stream", stream)])
    config = uvicorn.Config(
        app, port=0, log_config=None, http=patient_protocol(PATIENCE), lifespan="off", timeout_graceful_shutdown=1
    )
    server = QuietServer(config)
    task = asyncio.create_task(server.serve())

    async def is_started() -> bool:
        return server.started

    await until(is_started, 5)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await task


async def said(port: int, *pieces: bytes, pause: float = 0.05) -> bytes:
    """Everything that the server says until it closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)
        async with asyncio.timeout(8):
            return await reader.read()
    except ConnectionError:  # it closed while we were still sending; what it said before is lost
        return b""
    finally:
        writer.close()


def statuses(text: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1.1 (\d{3}) ", text)]


def padded(size: int) -> bytes:
    return LAST.replace(b"\r\n\r\n", b"\r\nX-Padding: " + b"a" * size + b"\r\n\r\n")


@pytest.mark.parametrize(
    ("pieces", "wanted"),
    [
        ([LAST], [200]),
        ([LAST[:20], LAST[20:]], [200]),
        ([GET + GET + LAST], [200, 200, 200]),
        ([GET, LAST], [200, 200]),
        ([padded(HEAD_BYTES - 200)], [200]),
        ([padded(HEAD_BYTES + 1)], [431]),
        ([padded(HEAD_BYTES + 1)[:30_000], padded(HEAD_BYTES + 1)[30_000:]], [431]),
        ([GET, padded(HEAD_BYTES + 1)], [200, 431]),
        ([b"GET /" + b"a" * (HEAD_BYTES + 1) + b" HTTP/1.1\r\n"], [431]),
        ([b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 7_000 + b"\r\n"], [431]),
        ([(POST % 50_000 + b"x" * 50_000) * 3 + LAST], [200, 200, 200, 200]),
        ([POST % 50_000 + b"x" * 40_000, b"x" * 10_000 + LAST[:9], LAST[9:]], [200, 200]),
        ([b"no HTTP at all\r\n\r\n"], [400]),
        ([b""], []),
        ([b"GET / HT"], [408]),
        ([GET, b"GET / HT"], [200, 408]),
        ([GET, b"\r\n"], [200]),
        ([POST % 10 + b"half"], [408]),
        ([POST % 4 + b"all", b"!", LAST], [200, 200]),
        ([UPGRADE + GET, LAST], [200, 200]),  # the body is a body, whatever it looks like
        ([UPGRADE, GET, LAST], [200, 200]),
        ([UPGRADE[:50], UPGRADE[50:] + GET], [400]),
        ([POST % 16 + b"x\r\nupgrade: y\r\nz", LAST], [200, 200]),
    ],
)
async def test_request_is_answered_or_its_client_let_go(pieces: list[bytes], wanted: list[int]) -> None:
    async with serving() as port:
        assert statuses(await said(port, *pieces)) == wanted
        assert statuses(await said(port, LAST)) == [200]


async def test_answer_may_take_longer_than_a_request() -> None:
    async with serving() as port:
        streamed = await said(port, LAST.replace(b"GET / ", b"GET /stream "))
        assert streamed.count(b"piece") == 20


@pytest.mark.parametrize(("start", "drop"), [(b"GET / HTTP/1.1\r\n", b"a: b\r\n"), (POST % 1_000, b"x")])
async def test_client_that_sends_by_drops_is_let_go(start: bytes, drop: bytes) -> None:
    async with serving() as port:
        begun = asyncio.get_running_loop().time()
        assert statuses(await said(port, start, *[drop] * 200, pause=0.02)) in ([408], [])
        assert asyncio.get_running_loop().time() - begun < 2


async def test_many_heads_without_an_end_leave_room_for_others() -> None:
    async with serving() as port:
        endless = [asyncio.create_task(said(port, GET[:-2], *[b"a" * 8_000] * 50, pause=0.01)) for _ in range(50)]
        assert statuses(await said(port, LAST)) == [200]
        assert {status for text in await asyncio.gather(*endless) for status in statuses(text)} <= {431, 408}
