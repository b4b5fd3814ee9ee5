"""A bare HTTP/1.1 server on a loopback socket, in a thread with its own event loop.

It exists because faults live below any framework: a reset, a half reply, silence.
"""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from threading import Event, Thread
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from pydantic import JsonValue

_NO_LINGER = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


class Exchange:
    """One request and the socket that answers it, raw when a fault wants it raw."""

    def __init__(self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.request = request
        self._reader = reader
        self._writer = writer

    async def send_json(self, status: int, content: JsonValue, headers: Mapping[str, str] | None = None) -> None:
        await self.send(
            status, json.dumps(content).encode(), headers={"content-type": "application/json"} | {**(headers or {})}
        )

    async def send(self, status: int, body: bytes, *, headers: Mapping[str, str]) -> None:
        await self.write(_head(status, {**headers, "content-length": str(len(body))}) + body)

    async def send_events(self, events: AsyncIterator[str]) -> None:
        """Server-sent events in chunked encoding; the caller ends them with `end_events`."""
        await self.write(_head(200, {"content-type": "text/event-stream", "transfer-encoding": "chunked"}))
        async for event in events:
            await self.write(_chunk(f"data: {event}\n\n".encode()))

    async def end_events(self) -> None:
        await self.write(b"0\r\n\r\n")

    async def write(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    def close(self) -> None:
        self._writer.close()

    def reset(self) -> None:
        """The peer reads ECONNRESET instead of an end of file."""
        connection = self._writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self._writer.transport.abort()

    async def client_gone(self) -> None:
        await self._reader.read()
        self.close()


class SocketServer:
    """`with SocketServer(handle) as server:` listens on 127.0.0.1 until the block ends."""

    def __init__(self, handle: Callable[[Exchange], Awaitable[None]], *, port: int = 0) -> None:
        self.connections = 0
        self.port = port
        self._handle = handle
        self._ready = Event()
        self._thread = Thread(target=lambda: asyncio.run(self.serve()), name="fake server", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._idle = Event()

    def all_closed(self, *, within: float = 5) -> bool:
        """Blocks until no connection is open."""
        return self._idle.wait(timeout=within)

    async def serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(timeout=10):
            raise RuntimeError("the fake server did not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(timeout=10)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._idle.clear()
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while not writer.is_closing():
                    await self._handle(Exchange(await _read(reader), reader, writer))
        finally:
            writer.close()
            self._tasks.discard(task)
            if not self._tasks:
                self._idle.set()


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    url = urlsplit(target)
    return Request(method, url.path, dict(parse_qsl(url.query)), headers, body)


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n{lines}\r\n".encode("latin-1")


def _chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"
