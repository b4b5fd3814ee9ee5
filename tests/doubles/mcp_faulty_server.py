"""An MCP server over HTTP that can be told to misbehave, byte by byte, on a real socket."""

import asyncio
import json
import socket
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

ECHO = {
    "name": "echo",
    "description": "Says it again.",
    "inputSchema": {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
}
JSON = "application/json"
SSE = "text/event-stream"


@dataclass(eq=False, slots=True)
class Exchange:
    """One HTTP request, and the means to answer it well or badly."""

    verb: str
    path: str
    headers: dict[str, str]
    rpc: dict[str, Any]
    writer: asyncio.StreamWriter

    @property
    def method(self) -> str:
        return str(self.rpc.get("method", "answer" if self.rpc else self.verb))

    @property
    def text(self) -> str:
        return str(self.rpc["params"]["arguments"].get("text"))

    def result(self, value: object, **changes: object) -> bytes:
        return json.dumps({"jsonrpc": "2.0", "id": self.rpc.get("id"), "result": value} | changes).encode()

    async def respond(self, status: int, body: bytes = b"", kind: str = JSON, **headers: str) -> None:
        lines = {"Content-Type": kind, "Content-Length": str(len(body))} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        await self.write(f"HTTP/1.1 {status} Status\r\n{head}\r\n".encode() + body)

    async def start_stream(self) -> None:
        await self.write(f"HTTP/1.1 200 OK\r\nContent-Type: {SSE}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())

    async def event(self, message: bytes) -> None:
        await self.chunk(b"event: message\ndata: " + message + b"\n\n")

    async def chunk(self, data: bytes) -> None:
        await self.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    async def write(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        connection = self.writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Behaviour = Callable[[Exchange], Awaitable[None]]


@dataclass
class FaultyServer:
    """Well-behaved until `behaviours` says otherwise for a method, or `text_behaviours` for a call with that text.

    `moved` is with which status and whereto it redirects from the address that it is known by.
    """

    session_id: str | None = None
    tools: list[dict[str, Any]] = field(default_factory=lambda: [ECHO])
    behaviours: dict[str, Behaviour] = field(default_factory=dict)
    text_behaviours: dict[str, Behaviour] = field(default_factory=dict)
    seen: list[Exchange] = field(default_factory=list)
    connections: int = 0
    moved: tuple[int, str] | None = None
    port: int = 0
    _listener: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    listening: set[Exchange] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/mcp"

    def count(self, method: str) -> int:
        return sum(exchange.method == method for exchange in self.seen)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        self._listener = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """As a crash: connections are cut."""
        if self._listener:
            self._listener.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def push(self, message: dict[str, Any]) -> None:
        """Say something on the streams that clients hold open."""
        for exchange in self.listening:
            await exchange.event(json.dumps({"jsonrpc": "2.0"} | message).encode())

    def cut_streams(self) -> None:
        for exchange in self.listening:
            exchange.reset()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        self.connections += 1
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                await self._serve(await _read(reader, writer))
        writer.transport.abort()
        self._tasks.discard(task)

    async def _serve(self, exchange: Exchange) -> None:
        self.seen.append(exchange)
        if self.moved and exchange.path == "/mcp":
            status, location = self.moved
            await exchange.respond(status, Location=location)
            return
        behaviour = self.behaviours.get(exchange.method, self._behave)
        if exchange.method == "tools/call":
            behaviour = self.text_behaviours.get(exchange.text, behaviour)
        await behaviour(exchange)

    async def _behave(self, exchange: Exchange) -> None:
        is_open = exchange.headers.get("mcp-session-id") == self.session_id
        match exchange.method:
            case "initialize":
                headers = {"Mcp_Session_Id": self.session_id} if self.session_id else {}
                await exchange.respond(200, exchange.result(_welcome(exchange)), **headers)
            case "DELETE":
                await exchange.respond(200)
            case _ if not is_open:
                await exchange.respond(404)
            case "tools/list":
                await exchange.respond(200, exchange.result({"tools": self.tools}))
            case "tools/call":
                await exchange.respond(200, exchange.result(_echo(exchange)))
            case "GET":
                await self._listen(exchange)
            case _:
                await exchange.respond(202)

    async def _listen(self, exchange: Exchange) -> None:
        await exchange.start_stream()
        self.listening.add(exchange)
        try:
            await asyncio.Event().wait()
        finally:
            self.listening.discard(exchange)


async def _read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Exchange:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    verb, path, _ = head[0].split()
    return Exchange(verb, path, headers, json.loads(body) if body else {}, writer)


def _welcome(exchange: Exchange) -> dict[str, Any]:
    return {
        "protocolVersion": exchange.rpc["params"]["protocolVersion"],
        "capabilities": {"tools": {"listChanged": True}},
        "serverInfo": {"name": "double", "version": "1"},
    }


def _echo(exchange: Exchange) -> dict[str, Any]:
    return {"content": [], "structuredContent": {"text": exchange.text}}
