"""A client that costs next to nothing: prebuilt requests on kept connections, so that the server is measured."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Connection:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int) -> "Connection":
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def get(self, path: str, **headers: str) -> Answer:
        return await self._exchange(f"GET {path} HTTP/1.1\r\nhost: localhost\r\n{_lines(headers)}\r\n".encode())

    async def post(self, path: str) -> Answer:
        return await self._exchange(f"POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n".encode())

    async def post_message(self, conversation_id: str, text: str, **headers: str) -> Answer:
        body = json.dumps({"message": text}).encode()
        head = (
            "POST /messages HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
            f"x-ms-conversation-id: {conversation_id}\r\ncontent-length: {len(body)}\r\n{_lines(headers)}\r\n"
        )
        return await self._exchange(head.encode() + body)

    async def _exchange(self, request: bytes) -> Answer:
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        return Answer(status, await self._reader.readexactly(int(length)))

    def close(self) -> None:
        self._writer.close()


def _lines(headers: Mapping[str, str]) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items())


async def answered(connection: Connection, conversation_id: str, text: str, *, every: float = 0.25) -> dict[str, Any]:
    """Send a message and poll its status, at once and then every `every` seconds, until it is final."""
    message_id = (await connection.post_message(conversation_id, text)).json()["message_id"]
    while True:
        status: dict[str, Any] = (await connection.get(f"/messages/{message_id}/status")).json()
        if status["status"] in {"completed", "failed", "cancelled"}:
            return status
        await asyncio.sleep(every)
