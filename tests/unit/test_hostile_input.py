"""Whatever comes in: no error of ours, no echo, nothing stored that was not accepted, and the next client is served."""

from collections.abc import Iterator

import pytest

from tests.api_client import ApiClient
from tests.config import ANSWER_SECONDS
from tests.hostile import every_hostile_request
from tests.hostile.protocol import cut_requests
from tests.hostile.requests import CONVERSATION, ID, JSON, MARK, Hostile, message, post, request
from tests.live_server import LiveServer, live_server
from tests.raw_http import Answer, exchange, send_and_leave
from tests.waiting import eventually

REQUESTS = every_hostile_request()


@pytest.fixture(scope="module")
def server() -> Iterator[LiveServer]:
    with live_server({"LOG_LEVEL": "WARNING"}) as server:
        yield server


@pytest.fixture(scope="module")
def client(server: LiveServer) -> Iterator[ApiClient]:
    client = ApiClient(server.url)
    yield client
    client.close()


def test_there_are_many() -> None:
    assert len(REQUESTS) >= 120
    assert len({hostile.name for hostile in REQUESTS}) == len(REQUESTS)


@pytest.mark.parametrize("hostile", REQUESTS, ids=str)
def test_hostile_request_gets_its_answer_and_harms_nobody(
    hostile: Hostile, server: LiveServer, client: ApiClient
) -> None:
    stored = client.total()
    answer = exchange(server.port, hostile.request)
    assert answer.status in hostile.statuses, answer.body[:500]
    if answer.status >= 400:
        assert_problem(answer, hostile)
    if answer.status == 201:
        assert_answered(client, str(answer.json["message_id"]))
        stored += 1
    assert_well(client, stored)


@pytest.mark.parametrize("request_part", cut_requests().values(), ids=cut_requests())
def test_client_that_goes_away_leaves_nothing(request_part: bytes, server: LiveServer, client: ApiClient) -> None:
    stored = client.total()
    send_and_leave(server.port, request_part)
    assert_well(client, stored)


def test_accepted_message_is_answered_when_its_sender_does_not_wait(server: LiveServer, client: ApiClient) -> None:
    stored = client.total()
    send_and_leave(server.port, post(message("What is my current bill?")))
    newest = str(_eventually_stored(client, stored + 1))
    assert_answered(client, newest)


@pytest.mark.parametrize("path", ["/messages", f"/messages/{ID}/status", "/conversations/a%2520b"])
def test_slash_too_many_leads_to_no_other_host(path: str, server: LiveServer) -> None:
    answer = exchange(server.port, request("POST", f"{path}/?a=%2F", (("Host", "evil.example"),), b""))
    assert answer.headers["location"] == f"{path}?a=%2F"


def test_body_is_asked_for_only_when_it_will_be_read(server: LiveServer) -> None:
    expecting = (CONVERSATION, JSON, ("Expect", "100-continue"), ("Content-Length", "5000000"))
    assert exchange(server.port, request("POST", "/messages", expecting)).status == 413


def test_requests_in_one_connection_are_answered_each(server: LiveServer, client: ApiClient) -> None:
    stored = client.total()
    answer = exchange(server.port, post(message("one")) + post(message("two")))
    assert answer.status == 201
    _eventually_stored(client, stored + 2)


def test_body_that_holds_a_request_is_no_request(server: LiveServer, client: ApiClient) -> None:
    stored = client.total()
    assert exchange(server.port, post(post(message(MARK)))).status == 400
    assert_well(client, stored)


def test_error_of_many_fields_stays_small(server: LiveServer) -> None:
    """The answer to an attack is no larger than the attack."""
    (hostile,) = (hostile for hostile in REQUESTS if hostile.name == "body: 3,000 unknown fields")
    assert len(exchange(server.port, hostile.request).body) < 10_000


def test_no_internal_error_was_logged(server: LiveServer) -> None:
    assert "Traceback" not in server.output, server.output[-4000:]


def assert_problem(answer: Answer, hostile: Hostile) -> None:
    assert MARK.encode() not in answer.body, answer.body[:500]
    if hostile.from_server and not answer.headers["content-type"].startswith("application/"):
        return
    assert answer.headers["content-type"] == "application/problem+json", answer.headers
    assert answer.json["status"] == answer.status
    assert answer.json["detail"]


def assert_answered(client: ApiClient, message_id: str) -> None:
    last = client.final_updates(message_id)[-1]
    assert last["status"] == "completed", last
    assert client.get(f"/messages/{message_id}/status").is_success


def assert_well(client: ApiClient, stored: int) -> None:
    assert client.total() == stored
    assert client.get("/messages", limit=3).is_success
    assert client.health()["status"] == "healthy"


def _eventually_stored(client: ApiClient, total: int) -> object:
    eventually(lambda: client.total() == total, f"{total} messages", within=ANSWER_SECONDS)
    return client.get("/messages", limit=1).json()["messages"][0]["message_id"]
