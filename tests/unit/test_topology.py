"""Three API processes, one of which answers, and two workers on one PostgreSQL: customers cannot tell them apart."""

import json
import re
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle, islice

import psycopg
import pytest

from storage.migrating import migrate
from tests.api_client import ApiClient, sequences
from tests.config import ROOT, START_SECONDS
from tests.doubles.postgres import new_database
from tests.live_server import LiveServer, Process, live_server, process
from tests.waiting import eventually

SCRIPTED = (sys.executable, "-m", "tests.doubles.scripted_planner")
LEASE = 3.0
LOOK_SECONDS = 5.0  # until a stream whose announcements are lost looks by itself


def script(**steps: float) -> str:
    return json.dumps({"steps": 1, "every": 0.01, **steps})


@dataclass(frozen=True, slots=True)
class Topology:
    """`apis[0]` also answers; the others only take."""

    url: str
    servers: tuple[LiveServer, ...]
    workers: tuple[Process, ...]
    apis: tuple[ApiClient, ...]

    def in_turn(self, number: int) -> Iterator[ApiClient]:
        return islice(cycle(self.apis), number)


def settings(url: str, **more: str) -> Mapping[str, str]:
    shared = {"DATABASE_URL": url, "LEASE_SECONDS": str(LEASE), "SHUTDOWN_GRACE": "3", "PYTHONPATH": str(ROOT)}
    return {**shared, "WORKERS_IN_API": "false", **more}


@contextmanager
def topology() -> Iterator[Topology]:
    url = new_database()
    migrate(url)
    answering = settings(url, WORKERS_IN_API="true")
    with ExitStack() as stack:
        workers = tuple(stack.enter_context(process((*SCRIPTED, "worker"), settings(url))) for _ in range(2))
        servers = tuple(
            stack.enter_context(live_server(each, command=SCRIPTED))
            for each in (answering, settings(url), settings(url))
        )
        apis = tuple(ApiClient(server.url) for server in servers)
        for api in apis:
            stack.callback(api.close)
        wait_until_employed(url, 3)
        yield Topology(url, servers, workers, apis)


def wait_until_employed(url: str, number: int) -> None:
    """Until so many processes take work."""
    with psycopg.connect(url, autocommit=True) as connection:

        def employed() -> bool:
            return len(connection.execute("SELECT id FROM procrastinate_workers").fetchall()) >= number

        eventually(employed, f"{number} to take work", within=START_SECONDS)


@pytest.fixture(scope="module")
def running() -> Iterator[Topology]:
    with topology() as opened:
        yield opened


def test_every_process_tells_the_same_of_every_message(running: Topology) -> None:
    ids = [api.accepted(script(), f"any-{number}") for number, api in enumerate(running.in_turn(9))]
    for message_id in ids:
        running.apis[0].final_updates(message_id, within=START_SECONDS)
        for path in ("status", "updates", "events"):
            told = {api.get(f"/messages/{message_id}/{path}").text for api in running.apis}
            assert len(told) == 1, path
        assert sequences(running.apis[1].updates(message_id)) == [1, 2, 3]


def test_conversation_that_is_fed_through_all_of_them_stays_in_order(running: Topology) -> None:
    texts = [script(every=number / 10_000) for number in range(45)]
    ids = [api.accepted(text, "in-turn") for text, api in zip(texts, running.in_turn(45), strict=True)]
    results = [running.apis[1].final_updates(message_id, within=20)[-1]["result"] for message_id in ids]
    assert results == [f"answer after {min(2 * number, 16)} turns" for number in range(45)]
    for api in running.apis:
        conversation = api.get("/conversations/in-turn", limit=100).json()
        assert [turn["text"] for turn in conversation["turns"]][::2] == texts


def test_message_that_came_meanwhile_is_begun_when_the_one_before_is_over(running: Topology) -> None:
    names = [f"meanwhile-{number}" for number in range(6)]
    before = [running.apis[1].accepted(script(every=0.3), name) for name in names]
    for message_id in before:
        eventually(lambda: running.apis[2].status(message_id)["status"] != "received", "work to begin", within=5)  # noqa: B023
    after = [running.apis[2].accepted(script(), name) for name in names]
    for earlier, later in zip(before, after, strict=True):
        ended = running.apis[0].final_updates(earlier)[-1]["processed_at"]
        answered = running.apis[0].final_updates(later)[-1]["processed_at"]
        pause = datetime.fromisoformat(answered) - datetime.fromisoformat(ended)
        assert timedelta(0) < pause < timedelta(seconds=2)


def test_busy_conversation_keeps_nobody_else_waiting(running: Topology) -> None:
    one, *_ = running.apis
    for api in running.in_turn(150):
        api.accepted(script(every=0.1), "busy")
    others = [api.accepted(script(), f"beside-{number}") for number, api in enumerate(running.in_turn(20))]
    for message_id in others:
        one.final_updates(message_id)
    assert one.total(conversation_id="busy", status="received") > 75
    assert one.request("DELETE", "/conversations/busy").is_success


def test_hundred_posts_with_one_key_at_all_of_them_are_one_message(running: Topology) -> None:
    def post(api: ApiClient) -> str:
        sent = api.send(script(), "keyed", {"Idempotency-Key": "one-for-all"})
        assert sent.is_success, sent.text
        return str(sent.json()["message_id"])

    with ThreadPoolExecutor(50) as pool:
        ids = set(pool.map(post, running.in_turn(100)))
    assert len(ids) == 1
    assert [api.total(conversation_id="keyed") for api in running.apis] == [1, 1, 1]
    assert sequences(running.apis[2].final_updates(ids.pop())) == [1, 2, 3]


def test_stream_tells_the_whole_story_of_work_that_is_done_elsewhere(running: Topology) -> None:
    one, other, third = running.apis
    with ThreadPoolExecutor(8) as readers:
        begun = time.monotonic()
        ids = [one.accepted(script(steps=8, every=0.1), f"streamed-{number}") for number in range(4)]
        paths = [f"/messages/{message_id}/events" for message_id in ids]
        texts = readers.map(lambda api, path: api.get(path).text, (other, third) * 2, paths)
        for message_id, text in zip(ids, texts, strict=True):
            updates = [json.loads(data) for data in re.findall(r"event: update\ndata: (.*)\n", text)]
            assert updates == one.updates(message_id)
            assert re.findall(r"^id: (\d+)", text, re.MULTILINE) == [str(number) for number in range(1, 11)]
            assert text.endswith(f'event: done\ndata: {{"message_id":"{message_id}","status":"completed"}}\n\n')
    assert time.monotonic() - begun < LOOK_SECONDS, "announcements of other processes were not heard"


def test_cancel_at_a_process_that_does_not_work_ends_the_work_of_another(running: Topology) -> None:
    _, other, third = running.apis
    ids = [other.accepted(script(hang=600), f"cancelled-{number}") for number in range(6)]
    behind = [third.accepted(script(), f"cancelled-{number}") for number in range(6)]
    for message_id in ids:
        eventually(lambda: third.status(message_id)["status"] == "inprogress", "work to begin", within=5)  # noqa: B023
    with ThreadPoolExecutor(6) as readers:
        streams = readers.map(lambda message_id: other.get(f"/messages/{message_id}/events").text, ids)
        for message_id in ids:
            assert third.request("POST", f"/messages/{message_id}/cancel").json()["status"] == "cancelled"
        assert all('"status":"cancelled"' in text.splitlines()[-2] for text in streams)
    for message_id in behind:
        assert other.final_updates(message_id, within=5)[-1]["result"] == "answer after 0 turns"
    for message_id in ids:
        assert other.updates(message_id)[-1]["status"] == "cancelled"


def test_work_of_a_killed_worker_is_taken_over_when_its_lease_is_over(running: Topology) -> None:
    """Last, because it takes a worker away."""
    one, other, _ = running.apis
    ids = [api.accepted(script(hang=0.5), f"killed-{number}") for number, api in enumerate(running.in_turn(30))]
    eventually(lambda: other.status(ids[-1])["status"] != "received", "work to be in hand", within=10)
    running.workers[0].send(signal.SIGKILL)
    stories = [one.final_updates(message_id, within=4 * LEASE) for message_id in ids]
    assert {story[-1]["status"] for story in stories} == {"completed"}
    for story in stories:
        assert sequences(story) == list(range(1, len(story) + 1))
        assert sum(update["status"] == "completed" for update in story) == 1
    assert any({"kind": "worker_lost", "attempt": 1} in [each["details"] for each in story] for story in stories)
