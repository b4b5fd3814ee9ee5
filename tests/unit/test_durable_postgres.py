"""Two API processes and a worker on one PostgreSQL: which of them is asked, killed or ended makes no difference."""

import json
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from httpx import Response

from distributed.queue import COUNT_SECONDS, TURN_SECONDS
from storage.migrating import migrate
from tests.api_client import ApiClient
from tests.config import ROOT, START_SECONDS
from tests.doubles.postgres import away, new_database
from tests.live_server import LiveServer, Process, live_server, process
from tests.waiting import eventually

SCRIPTED = (sys.executable, "-m", "tests.doubles.scripted_planner")
BRIEF = json.dumps({"steps": 1, "every": 0.01})
HANGING = json.dumps({"steps": 1, "every": 0.01, "hang": 600})
LEASE = 2.0


@dataclass(frozen=True, slots=True)
class Cluster:
    """Two that take messages and do not answer them; workers are the test's own."""

    url: str
    servers: tuple[LiveServer, LiveServer]

    @property
    def apis(self) -> tuple[ApiClient, ApiClient]:
        one, other = self.servers
        return ApiClient(one.url), ApiClient(other.url)

    @property
    def settings(self) -> dict[str, str]:
        return settings(self.url)


def settings(url: str) -> dict[str, str]:
    return {
        "DATABASE_URL": url,
        "LEASE_SECONDS": str(LEASE),
        "WORKERS_IN_API": "false",
        "SHUTDOWN_GRACE": "5",
        "PYTHONPATH": str(ROOT),
    }


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    url = new_database()
    migrate(url)
    with ExitStack() as stack:
        one, other = (stack.enter_context(live_server(settings(url), command=SCRIPTED)) for _ in range(2))
        yield Cluster(url, (one, other))


class Staff:
    """One worker for many tests, and a new one after a test that ended it."""

    def __init__(self, cluster: Cluster, stack: ExitStack) -> None:
        self._cluster = cluster
        self._stack = stack
        self._worker: Process | None = None

    def worker(self) -> Process:
        if self._worker is None or not self._worker.is_running:
            self._worker = self._stack.enter_context(process((*SCRIPTED, "worker"), self._cluster.settings))
        return self._worker

    def end(self) -> None:
        if self._worker is not None:
            self._worker.end()


@pytest.fixture(scope="module")
def staff(cluster: Cluster) -> Iterator[Staff]:
    with ExitStack() as stack:
        yield Staff(cluster, stack)


@pytest.fixture
def worker(staff: Staff) -> Process:
    return staff.worker()


def begun(api: ApiClient, message_id: str, *, within: float = START_SECONDS) -> None:
    eventually(lambda: api.status(message_id)["status"] == "inprogress", "work to begin", within=within)


def test_any_process_answers_for_any_message(cluster: Cluster, worker: Process) -> None:
    one, other = cluster.apis
    first = one.accepted(BRIEF, "shared")
    second = other.accepted(BRIEF, "shared")
    for message_id, api in ((first, other), (second, one)):
        updates = api.final_updates(message_id, within=START_SECONDS)
        assert updates[-1]["status"] == "completed"
        assert [update["sequence"] for update in updates] == [1, 2, 3]
    assert one.updates(second)[-1]["result"] == "answer after 2 turns"
    assert one.health()["system"]["store"] == "postgresql"


def test_news_wakes_who_waits_at_another_process(cluster: Cluster, worker: Process) -> None:
    one, other = cluster.apis
    one.final_updates(one.accepted(BRIEF, "warm-up"), within=START_SECONDS)
    message_id = one.accepted(json.dumps({"steps": 1, "every": 0.5}), "waiting")
    eventually(lambda: one.status(message_id)["status"] != "received" or None, "a step", within=10)
    begun_at = time.monotonic()
    response = other.request("GET", f"/messages/{message_id}/updates?after=2", headers={"Prefer": "wait=10"})
    assert response.json()[-1]["status"] == "completed"
    assert time.monotonic() - begun_at < 3, "the announcement was not heard, only the look every 5 s"


def test_cancel_at_one_process_ends_the_work_of_another(cluster: Cluster, worker: Process) -> None:
    one, other = cluster.apis
    message_id = one.accepted(HANGING, "cancelled")
    behind = one.accepted(BRIEF, "cancelled")
    begun(one, message_id)
    assert other.request("POST", f"/messages/{message_id}/cancel").json()["status"] == "cancelled"
    assert one.final_updates(behind, within=5)[-1]["status"] == "completed"


def test_worker_that_is_paused_beyond_its_lease_changes_nothing_any_more(cluster: Cluster, worker: Process) -> None:
    one, _ = cluster.apis
    message_id = one.accepted(json.dumps({"steps": 4, "every": 0.4}), "paused")
    begun(one, message_id)
    worker.send(signal.SIGSTOP)
    with process((*SCRIPTED, "worker"), cluster.settings):
        updates = one.final_updates(message_id, within=START_SECONDS)
        worker.send(signal.SIGCONT)
        after = one.final_updates(one.accepted(BRIEF, "paused"), within=5)
        assert after[-1]["result"] == "answer after 2 turns"
    assert one.updates(message_id) == updates
    assert {"kind": "worker_lost", "attempt": 1} in [update["details"] for update in updates]


def test_worker_that_is_ended_finishes_what_it_began(cluster: Cluster, worker: Process) -> None:
    one, _ = cluster.apis
    message_id = one.accepted(json.dumps({"steps": 2, "every": 0.5}), "ended")
    waiting = one.accepted(BRIEF, "ended")
    begun(one, message_id)
    worker.send(signal.SIGTERM)
    assert worker.wait(8) == 0
    assert one.status(message_id)["status"] == "completed"
    with process((*SCRIPTED, "worker"), cluster.settings):
        assert one.final_updates(waiting, within=START_SECONDS)[-1]["status"] == "completed"
    assert len(one.updates(message_id)) == 4


def test_worker_that_needs_longer_than_its_lease_to_end_is_not_taken_for_lost(cluster: Cluster, staff: Staff) -> None:
    one, _ = cluster.apis
    staff.end()
    with process((*SCRIPTED, "worker"), cluster.settings | {"SHUTDOWN_GRACE": "30"}) as ending:
        message_id = one.accepted(json.dumps({"steps": 1, "every": 0.01, "hang": 2 * LEASE + 1}), "patient")
        begun(one, message_id)
        staff.worker()
        ending.send(signal.SIGTERM)
        updates = one.final_updates(message_id, within=START_SECONDS)
        assert ending.wait(START_SECONDS) == 0
    assert [update["details"] for update in updates if (update["details"] or {}).get("kind") == "worker_lost"] == []
    assert updates[-1]["status"] == "completed"


def test_hundred_messages_of_one_conversation_keep_their_order(cluster: Cluster, worker: Process) -> None:
    apis = cluster.apis
    with process((*SCRIPTED, "worker"), cluster.settings):
        ids = [apis[number % 2].accepted(BRIEF, "long") for number in range(40)]
        results = [apis[0].final_updates(message_id, within=START_SECONDS)[-1]["result"] for message_id in ids]
    assert results == [f"answer after {min(2 * number, 16)} turns" for number in range(40)]


def test_database_that_is_away_is_told_and_comes_back(cluster: Cluster, worker: Process) -> None:
    one, other = cluster.apis
    with away(cluster.url):
        refused = one.send(BRIEF, "away")
        assert (refused.status_code, refused.json()["status"]) == (503, 503)
        assert int(refused.headers["Retry-After"]) > 0
        eventually(lambda: one.get("/health/ready").status_code == 503, "readiness to say so", within=10)
        assert one.get("/health/live").is_success
    eventually(lambda: one.get("/health/ready").is_success, "readiness to come back", within=10)
    assert one.final_updates(other.accepted(BRIEF, "back"), within=START_SECONDS)[-1]["status"] == "completed"


def test_hundred_posts_with_one_key_are_one_message(cluster: Cluster) -> None:
    apis = cluster.apis

    def post(number: int) -> str:
        sent = apis[number % 2].send(BRIEF, "keyed", {"Idempotency-Key": "one-key"})
        assert sent.is_success, sent.text
        return str(sent.json()["message_id"])

    with ThreadPoolExecutor(20) as pool:
        assert len(set(pool.map(post, range(100)))) == 1
    assert apis[0].total(conversation_id="keyed") == 1


def test_burst_of_slow_messages_lets_others_have_their_turn(cluster: Cluster, staff: Staff) -> None:
    one, other = cluster.apis
    staff.end()
    with process((*SCRIPTED, "worker"), cluster.settings | {"MAX_CONCURRENT_MESSAGES": "1"}):
        slow = json.dumps({"steps": 2, "every": TURN_SECONDS / 2 + 0.1})
        burst = [one.accepted(slow, "burst") for _ in range(5)]
        begun(one, burst[0])
        other.final_updates(other.accepted(BRIEF, "beside"))
        assert one.total(conversation_id="burst", status="completed") <= 2
        assert one.request("DELETE", "/conversations/burst").is_success


def refusal(sent: Response) -> Response | None:
    """Of others' messages a process knows from its last count."""
    return None if sent.is_success else sent


def test_only_a_queue_that_is_full_refuses(cluster: Cluster, staff: Staff) -> None:
    """However many came and went since this process last counted those that wait."""
    few = cluster.settings | {"MAX_QUEUED_MESSAGES": "40"}
    with ExitStack() as stack:
        staff.worker()
        servers = [stack.enter_context(live_server(few, command=SCRIPTED)) for _ in range(2)]
        one, other = (ApiClient(server.url) for server in servers)
        for _ in range(3):
            for message_id in [one.accepted(BRIEF, f"many-{number}") for number in range(20)]:
                one.final_updates(message_id)
        staff.end()
        for number in range(39):
            (one, other)[number % 2].accepted(BRIEF, f"many-{number}")
        refused = eventually(lambda: refusal(other.send(BRIEF, "one-more")), "a refusal", within=COUNT_SECONDS + 1)
        assert (refused.status_code, "Too many messages are waiting" in refused.text) == (503, True)
        answered = staff.worker()
        eventually(lambda: other.send(BRIEF, "one-more").is_success, "room", within=START_SECONDS)
        assert answered.is_running


def test_schema_that_is_not_there_stops_the_start() -> None:
    with process(SCRIPTED, settings(new_database())) as started:
        assert started.wait(START_SECONDS) != 0
        assert "run `python main.py migrate` first" in started.output
        assert "Traceback" not in started.output
