"""What the steps of one scenario share, and the servers that scenarios share."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.api_client import ApiClient, Json, new_conversation
from tests.live_server import LiveServer, Process, live_server

type Running = tuple[LiveServer, ApiClient]
type Make[Thing] = Callable[[], Thing]


class Scope:
    """Servers and other things that live as long as the run, a feature or a scenario does."""

    def __init__(self) -> None:
        self._things: dict[object, Any] = {}
        self._stack = ExitStack()

    def server(self, settings: Mapping[str, str]) -> Running:
        """One for each choice of settings, started when it is first asked for."""
        return self.keep(frozenset(settings.items()), lambda: self.start(live_server(settings)))

    def start(self, opening: AbstractContextManager[LiveServer]) -> Running:
        server = self._stack.enter_context(opening)
        client = ApiClient(server.url)
        self._stack.callback(client.close)
        return server, client

    def enter[Thing](self, opening: AbstractContextManager[Thing]) -> Thing:
        return self._stack.enter_context(opening)

    def keep[Thing](self, key: object, make: Make[Thing]) -> Thing:
        if key not in self._things:
            self._things[key] = make()
        thing: Thing = self._things[key]
        return thing

    def close(self) -> None:
        self._stack.close()
        self._things.clear()


@dataclass
class World:
    run: Scope
    feature: Scope
    scenario: Scope = field(default_factory=Scope)
    conversation_id: str = field(default_factory=new_conversation)
    message_ids: list[str] = field(default_factory=list)
    responses: list[httpx.Response] = field(default_factory=list)
    listing: httpx.Response | None = None
    pages: list[Json] = field(default_factory=list)
    updates: list[Json] = field(default_factory=list)
    stored_before: int = 0
    running: Running | None = None
    command: Process | None = None

    def use(self, running: Running) -> None:
        self.running = running
        self.stored_before = self.api.total()

    @property
    def server(self) -> LiveServer:
        assert self.running is not None, "no step started the API"
        return self.running[0]

    @property
    def api(self) -> ApiClient:
        assert self.running is not None, "no step started the API"
        return self.running[1]

    @property
    def response(self) -> httpx.Response:
        return self.responses[-1]

    @property
    def message_id(self) -> str:
        return self.message_ids[-1]

    def send(
        self,
        text: object,
        conversation_id: str | None = None,
        headers: Mapping[str, str] | None = None,
        **fields: str,
    ) -> None:
        """What is accepted for the first time becomes the newest of `message_ids`."""
        response = self.api.send(text, conversation_id or self.conversation_id, headers, **fields)
        self.responses.append(response)
        if response.status_code == httpx.codes.CREATED and response.json()["message_id"] not in self.message_ids:
            self.message_ids.append(response.json()["message_id"])

    def follow(self) -> list[Json]:
        """The updates of the newest message, once the last one is final."""
        self.updates = self.api.final_updates(self.message_id)
        return self.updates

    @property
    def answer(self) -> Json:
        return self.follow()[-1]

    @property
    def conversation(self) -> Json:
        response = self.api.get(f"/conversations/{self.conversation_id}")
        self.responses.append(response)
        conversation: Json = response.json()
        return conversation


def unescaped(text: str) -> str:
    """A feature file keeps combining characters apart from their letters only when they are written as escapes."""
    return text.replace("\\u0301", "\u0301")
