"""A client for server-sent events that costs next to nothing; each event comes as one chunk."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    name: str
    id: str | None
    data: dict[str, Any]


class EventStream:
    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader

    async def __aiter__(self) -> AsyncIterator[Event]:
        while size := int(await self._reader.readline(), 16):
            chunk = (await self._reader.readexactly(size + 2)).decode()
            fields = dict(line.split(": ", 1) for line in chunk.splitlines() if line and not line.startswith(":"))
            if "event" in fields:
                yield Event(fields["event"], fields.get("id"), json.loads(fields["data"]))


@asynccontextmanager
async def event_stream(port: int, path: str, *, after: str = "0") -> AsyncIterator[EventStream]:
    """Open once the server has accepted it; the connection is cut on the way out."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nhost: localhost\r\nlast-event-id: {after}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        yield EventStream(reader)
    finally:
        writer.transport.abort()
