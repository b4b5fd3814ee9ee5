"""A client's own address: checks signatures, keeps what came, answers what it is told to."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from standardwebhooks import Webhook

from tests.doubles.fake_openai_http import Exchange, SocketServer

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ"


@dataclass(frozen=True, slots=True)
class Event:
    id: str
    content: Mapping[str, Any]


class WebhookReceiver(SocketServer):
    """`answers` are used up one by one, then it is 204; 0 never answers, -1 answers without end."""

    def __init__(self, *answers: int) -> None:
        super().__init__(self._respond)
        self.events: list[Event] = []
        self.paths: list[str] = []
        self._answers = list(answers)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    async def _respond(self, exchange: Exchange) -> None:
        request = exchange.request
        content = Webhook(SECRET).verify(request.body, dict(request.headers))
        self.paths.append(request.path)
        self.events.append(Event(request.headers["webhook-id"], content))
        status = self._answers.pop(0) if self._answers else 204
        if status == 0:
            await exchange.client_gone()
        elif status == -1:
            await exchange.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n")
            while True:
                await exchange.write(b"x" * 65536)
        else:
            location = {"location": f"http://127.0.0.1:{self.port}/elsewhere"} if 300 <= status < 400 else {}
            await exchange.send(status, json.dumps({}).encode() if status != 204 else b"", headers=location)
