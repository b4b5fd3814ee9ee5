"""A client that speaks for several customers of `faults_app`."""

import asyncio
import json
from typing import Any, Self

from benchmarks.http_client import Answer, Connection

POLL_SECONDS = 0.1
FINAL = frozenset({"completed", "failed", "cancelled"})


class CustomerConnection(Connection):
    @classmethod
    async def to(cls, port: int) -> Self:
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def final(self, customer: str, conversation_id: str, text: str, *, within: float) -> dict[str, Any]:
        """The final update of a new message."""
        body = json.dumps({"message": text}).encode()
        head = (
            f"POST /messages HTTP/1.1\r\nhost: localhost\r\nx-customer: {customer}\r\n"
            f"content-type: application/json\r\nx-ms-conversation-id: {conversation_id}\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        )
        sent = await self._exchange(head.encode() + body)
        assert sent.status == 201, sent
        path = f"/messages/{sent.json()['message_id']}/updates"
        async with asyncio.timeout(within):
            while True:
                updates = (await self.get_as(customer, path)).json()
                if updates[-1]["status"] in FINAL:
                    final: dict[str, Any] = updates[-1]
                    return final
                await asyncio.sleep(POLL_SECONDS)

    async def get_as(self, customer: str, path: str) -> Answer:
        return await self._exchange(
            f"GET {path} HTTP/1.1\r\nhost: localhost\r\nx-customer: {customer}\r\n\r\n".encode()
        )
