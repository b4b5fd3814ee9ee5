"""What a client of the API does: send, follow, list."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

import httpx

from tests.config import ANSWER_SECONDS
from tests.waiting import eventually

type Json = dict[str, Any]

HEADER = "x-ms-conversation-id"
FINAL = frozenset({"completed", "failed", "cancelled"})


class ApiClient:
    def __init__(self, url: str) -> None:
        self.url = url
        self._http = httpx.Client(base_url=url, timeout=ANSWER_SECONDS, trust_env=False)

    def close(self) -> None:
        self._http.close()

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self._http.request(method, path, **options)

    def get(self, path: str, **parameters: str | int) -> httpx.Response:
        return self._http.get(path, params=parameters or None)

    def send(
        self, text: object, conversation_id: str, headers: Mapping[str, str] | None = None, **fields: str
    ) -> httpx.Response:
        """`fields` are those of the body besides `message`."""
        return self._http.post(
            "/messages", json={"message": text, **fields}, headers={HEADER: conversation_id, **(headers or {})}
        )

    def accepted(self, text: str, conversation_id: str) -> str:
        """The id of a message that was accepted."""
        response = self.send(text, conversation_id)
        assert response.status_code == httpx.codes.CREATED, response.text
        return str(response.json()["message_id"])

    def updates(self, message_id: str) -> list[Json]:
        response = self.get(f"/messages/{message_id}/updates")
        assert response.is_success, response.text
        updates: list[Json] = response.json()
        return updates

    def status(self, message_id: str) -> Json:
        response = self.get(f"/messages/{message_id}/status")
        assert response.is_success, response.text
        status: Json = response.json()
        return status

    def final_updates(self, message_id: str, *, within: float = ANSWER_SECONDS) -> list[Json]:
        """All updates, once the last one is final."""

        def look() -> list[Json] | None:
            updates = self.updates(message_id)
            return updates if updates[-1]["status"] in FINAL else None

        return eventually(look, f"the final update of {message_id}", within=within)

    def ask(self, text: str, conversation_id: str | None = None) -> Json:
        """The final update of a new message."""
        return self.final_updates(self.accepted(text, conversation_id or new_conversation()))[-1]

    def total(self, **filters: str) -> int:
        response = self.get("/messages", **filters)
        assert response.is_success, response.text
        return int(response.json()["total_messages"])

    def health(self) -> Json:
        health: Json = self.get("/health").json()
        return health

    def wait_for_work(self, *, at_work: int, waiting: int) -> None:
        def look() -> bool:
            system = self.health()["system"]
            return (system["messages_at_work"], system["messages_waiting"]) == (at_work, waiting)

        eventually(look, f"{at_work} messages at work and {waiting} waiting", within=ANSWER_SECONDS)


def new_conversation() -> str:
    return f"conversation-{uuid4()}"


def sequences(updates: Sequence[Json]) -> list[int]:
    return [update["sequence"] for update in updates]
