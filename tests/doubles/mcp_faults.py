"""Ways in which an MCP server over HTTP can misbehave in one exchange."""

import asyncio
import gzip
import json
from collections.abc import Callable
from functools import cache

from tests.doubles.mcp_faulty_server import JSON, Behaviour, Exchange, FaultyServer

__all__ = ["Behaviour", "Exchange", "FaultyServer"]


def status(code: int, body: bytes = b"", kind: str = JSON, **headers: str) -> Behaviour:
    async def behave(exchange: Exchange) -> None:
        await exchange.respond(code, body, kind, **headers)

    return behave


def answer(value: object, **changes: object) -> Behaviour:
    async def behave(exchange: Exchange) -> None:
        await exchange.respond(200, exchange.result(value, **changes))

    return behave


def rpc_error(code: int, message: str) -> Behaviour:
    async def behave(exchange: Exchange) -> None:
        error = {"jsonrpc": "2.0", "id": exchange.rpc["id"], "error": {"code": code, "message": message}}
        await exchange.respond(200, json.dumps(error).encode())

    return behave


def events(*messages: Callable[[Exchange], bytes]) -> Behaviour:
    async def behave(exchange: Exchange) -> None:
        await exchange.start_stream()
        for message in messages:
            await exchange.event(message(exchange))
        await exchange.chunk(b"")

    return behave


async def hang(exchange: Exchange) -> None:
    await asyncio.Event().wait()


async def die(exchange: Exchange) -> None:
    raise ConnectionError


async def reset(exchange: Exchange) -> None:
    exchange.reset()
    raise ConnectionError


async def half_an_answer(exchange: Exchange) -> None:
    await exchange.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{")
    raise ConnectionError


async def drip(exchange: Exchange) -> None:
    await exchange.start_stream()
    while True:
        await exchange.chunk(b": still thinking\n\n")
        await asyncio.sleep(0.01)


async def flood(exchange: Exchange) -> None:
    """An event that never ends."""
    await exchange.start_stream()
    while True:
        await exchange.chunk(b"data: " + b"x" * 65536)


async def gzip_bomb(exchange: Exchange) -> None:
    await exchange.respond(200, _bomb(), Content_Encoding="gzip")


@cache
def _bomb() -> bytes:
    return gzip.compress(b" " * 50_000_000)


async def stream_without_answer(exchange: Exchange) -> None:
    await exchange.start_stream()
    await exchange.chunk(b"id: 1\ndata:\n\n")
    await exchange.chunk(b"")
