"""Processes that are told to end while they are busy: they end in time and cleanly, and others finish the rest."""

import json
import re
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import count

import httpx
import pytest

from storage.migrating import migrate
from tests.api_client import ApiClient, sequences
from tests.config import COMMAND_LINE, START_SECONDS, START_SERVER
from tests.doubles.postgres import new_database
from tests.live_server import LiveServer, live_server, process
from tests.unit.test_topology import SCRIPTED, script, settings
from tests.waiting import eventually

GRACE = 1
LINGER = 1  # for clients that poll
CLOSING = 4  # on a busy machine
STREAMS = 50
BYE = 'event: bye\ndata: {"reason":"shutdown"}\n\n'


@pytest.fixture(scope="module")
def url() -> str:
    url = new_database()
    migrate(url)
    return url


class Crowd:
    """Customers that write until they are refused."""

    def __init__(self, api: ApiClient) -> None:
        self._api = api
        self._numbers = count()
        self.accepted: list[str] = []

    def write_once(self) -> bool:
        number = next(self._numbers)
        lasting = GRACE + 1 if number < 10 else 0
        try:
            sent = self._api.send(script(steps=2, every=0.1, hang=lasting), f"conversation-{number % 90}")
        except httpx.TransportError:
            return False
        if not sent.is_success:
            assert (sent.status_code, int(sent.headers["retry-after"]) > 0) == (503, True)
            return False
        self.accepted.append(sent.json()["message_id"])
        return True

    def write(self) -> None:
        while self.write_once():
            pass


@contextmanager
def serving(url: str, **more: str) -> Iterator[tuple[LiveServer, ApiClient]]:
    with live_server(settings(url, SHUTDOWN_GRACE=str(GRACE), **more), command=SCRIPTED) as server:
        api = ApiClient(server.url)
        try:
            yield server, api
        finally:
            api.close()


def test_api_process_that_is_ended_under_load_loses_nothing_and_says_goodbye(url: str) -> None:
    with ExitStack() as stack:
        _, other = stack.enter_context(serving(url))
        ending, api = stack.enter_context(serving(url, WORKERS_IN_API="true"))
        crowd = Crowd(api)
        while len(crowd.accepted) < 100:
            assert crowd.write_once()
        readers = stack.enter_context(ThreadPoolExecutor(STREAMS + 1))
        streams = list(
            readers.map(lambda each: readers.submit(api.get, f"/messages/{each}/events"), crowd.accepted[:STREAMS])
        )
        writing = readers.submit(crowd.write)
        eventually(lambda: other.total(status="completed") >= 10, "work to be under way", within=START_SECONDS)
        ending.send(signal.SIGTERM)
        assert ending.wait(GRACE + LINGER + CLOSING) == 0
        writing.result()
        told = [stream.result().text for stream in streams]
        stack.enter_context(process((*SCRIPTED, "worker"), settings(url)))
        for message_id in crowd.accepted:
            updates = other.final_updates(message_id, within=30)
            assert updates[-1]["status"] == "completed"
            assert sequences(updates) == list(range(1, len(updates) + 1))
            assert sum(update["status"] == "completed" for update in updates) == 1
        for message_id, text in zip(crowd.accepted, told, strict=False):
            assert followed(other, message_id, text) == other.updates(message_id)
        assert any(text.endswith(BYE) for text in told)
        assert any("event: done" in text for text in told)
        assert "Traceback" not in ending.output


def followed(other: ApiClient, message_id: str, text: str) -> list[dict[str, object]]:
    """The updates of a stream, and of its continuation at another process when it ended with a goodbye."""
    if text.endswith(BYE):
        last = re.findall(r"^id: (\d+)", text, re.MULTILINE)[-1]
        text += other.request("GET", f"/messages/{message_id}/events", headers={"Last-Event-ID": last}).text
    assert text.endswith(f'event: done\ndata: {{"message_id":"{message_id}","status":"completed"}}\n\n')
    return [json.loads(data) for data in re.findall(r"event: update\ndata: (.*)\n", text)]


def test_worker_that_is_ended_under_load_finishes_what_it_began(url: str) -> None:
    """The real command and the real agents."""
    with ExitStack() as stack:
        ending, _ = [stack.enter_context(process((*COMMAND_LINE, "worker"), settings(url))) for _ in range(2)]
        server = stack.enter_context(live_server(settings(url), command=START_SERVER))
        api = ApiClient(server.url)
        stack.callback(api.close)
        ids = [api.accepted("What is my current bill?", f"worked-on-{number % 40}") for number in range(120)]
        eventually(lambda: api.status(ids[20])["status"] == "completed", "work to be under way", within=START_SECONDS)
        ending.send(signal.SIGTERM)
        assert ending.wait(3 + LINGER + CLOSING) == 0
        for message_id in ids:
            updates = api.final_updates(message_id, within=START_SECONDS)
            assert (updates[-1]["status"], "£45.50" in updates[-1]["result"]) == ("completed", True)
            assert sequences(updates) == list(range(1, len(updates) + 1))
            assert "worker_lost" not in json.dumps(updates)
        assert "Traceback" not in ending.output
