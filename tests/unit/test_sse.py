"""Event streams on the wire, with clients that read well, badly and not at all."""

import json
import re
import signal
import socket
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from random import Random

import httpx
import pytest

from tests.api_client import HEADER, ApiClient
from tests.config import ANSWER_SECONDS, ROOT
from tests.live_server import LiveServer, live_server
from tests.waiting import eventually

COMMAND = (sys.executable, "-m", "tests.doubles.scripted_planner")
HANGS = json.dumps({"steps": 1, "hang": 60})


@contextmanager
def scripted(**settings: str) -> Iterator[tuple[LiveServer, ApiClient]]:
    with live_server({"PYTHONPATH": str(ROOT), **settings}, command=COMMAND) as server:
        api = ApiClient(server.url)
        try:
            yield server, api
        finally:
            api.close()


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[LiveServer, ApiClient]]:
    with scripted() as started:
        yield started


@pytest.fixture
def server(running: tuple[LiveServer, ApiClient]) -> LiveServer:
    return running[0]


@pytest.fixture
def api(running: tuple[LiveServer, ApiClient]) -> ApiClient:
    return running[1]


def script(**steps: float | str) -> str:
    return json.dumps(steps)


def test_stream_looks_as_documented(api: ApiClient) -> None:
    message_id = api.accepted(script(steps=1, deltas=1, delta_text="Good morning"), "wire")
    api.final_updates(message_id)
    response = api.get(f"/messages/{message_id}/events")
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert response.headers["cache-control"] == "no-cache"
    assert response.headers["x-accel-buffering"] == "no"
    blocks = response.text.split("\n\n")
    assert blocks[0] == "retry: 1500"
    for number, (block, update) in enumerate(zip(blocks[1:4], api.updates(message_id), strict=True), 1):
        event, data, identifier = block.split("\n")
        assert (event, identifier) == ("event: update", f"id: {number}")
        assert json.loads(data.removeprefix("data: ")) == update
    event, data = blocks[4].split("\n")
    assert event == "event: done"
    assert json.loads(data.removeprefix("data: ")) == {"message_id": message_id, "status": "completed"}
    assert blocks[5:] == [""]


def test_pieces_of_the_answer_come_while_it_is_written(api: ApiClient) -> None:
    message_id = api.accepted(script(steps=2, every=0.2, deltas=3), "pieces")
    text = api.get(f"/messages/{message_id}/events").text
    pieces = re.findall(r"event: delta\ndata: (.*)\n\n", text)
    assert "".join(json.loads(piece)["text"] for piece in pieces) == "word " * 6
    assert {json.loads(piece)["message_id"] for piece in pieces} == {message_id}
    assert text.index("event: delta") < text.index("id: 3")


def test_last_event_id_wins_over_after(api: ApiClient) -> None:
    message_id = api.accepted(script(steps=3), "resume")
    api.final_updates(message_id)
    path = f"/messages/{message_id}/events"
    assert re.findall(r"id: (\d+)", api.get(path, after=3).text) == ["4", "5"]
    resumed = api.request("GET", f"{path}?after=1", headers={"Last-Event-ID": "4"})
    assert re.findall(r"id: (\d+)", resumed.text) == ["5"]


@pytest.mark.parametrize("last", ["-1", "abc", "1.5", "9" * 30])
def test_wrong_last_event_id_is_refused(api: ApiClient, last: str) -> None:
    message_id = api.accepted("Hello", "wrong")
    refused = api.request("GET", f"/messages/{message_id}/events", headers={"Last-Event-ID": last})
    assert refused.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert refused.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/messages/unknown/events", "/conversations/unknown/events"])
def test_stream_of_something_unknown_is_a_problem_and_no_stream(api: ApiClient, path: str) -> None:
    refused = api.get(path)
    assert refused.status_code == httpx.codes.NOT_FOUND
    assert refused.headers["content-type"] == "application/problem+json"


def test_cut_streams_go_on_where_they_were(server: LiveServer, api: ApiClient) -> None:
    """Cut as a network does it, at any byte."""
    messages = [api.accepted(script(steps=12, every=0.05, deltas=2), f"cut-{number}") for number in range(16)]

    def follow(number: int) -> list[int]:
        chance, seen = Random(number), list[int]()
        while not seen or seen[-1] < 14:
            text = cut_off(server.port, f"/messages/{messages[number]}/events", seen[-1:], chance.randint(200, 3000))
            seen += [int(found) for found in re.findall(r"id: (\d+)\n\n", text)]
        return seen

    with ThreadPoolExecutor(len(messages)) as readers:
        for seen in readers.map(follow, range(len(messages))):
            assert seen == list(range(1, 15))
    assert "ERROR" not in server.output


def cut_off(port: int, path: str, last: list[int], size: int) -> str:
    """What came before the connection was cut after so many bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout=ANSWER_SECONDS) as connection:
        after = str((last or [0])[0])
        connection.sendall(f"GET {path} HTTP/1.1\r\nhost: localhost\r\nlast-event-id: {after}\r\n\r\n".encode())
        received = b""
        while len(received) < size and not received.endswith(b"\r\n0\r\n\r\n"):
            received += connection.recv(min(512, size - len(received)))
        return re.sub(r"\r\n[0-9a-f]+\r\n", "", received.decode(errors="replace"))


def test_clients_that_go_away_disturb_nothing(server: LiveServer, api: ApiClient) -> None:
    message_id = api.accepted(script(steps=10, every=0.05, deltas=5), "away")
    for _ in range(20):
        cut_off(server.port, f"/messages/{message_id}/events", [], 100)
        with pytest.raises(httpx.ReadTimeout):
            api.request("GET", f"/messages/{message_id}/updates?after=99", headers={"Prefer": "wait=5"}, timeout=0.01)
    assert api.final_updates(message_id)[-1]["status"] == "completed"
    assert "ERROR" not in server.output


def test_message_is_answered_when_its_sender_does_not_wait_for_the_201(server: LiveServer, api: ApiClient) -> None:
    body = json.dumps({"message": script(steps=1)})
    head = f"POST /messages HTTP/1.1\r\nhost: localhost\r\n{HEADER}: impatient\r\ncontent-type: application/json\r\n"
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(f"{head}content-length: {len(body)}\r\n\r\n{body}".encode())

    def all_completed() -> bool:
        return api.total(conversation_id="impatient", status="completed") == api.total(conversation_id="impatient") > 0

    eventually(all_completed, "all that was stored to be completed", within=ANSWER_SECONDS)
    assert "ERROR" not in server.output


def test_client_that_does_not_read_is_let_go() -> None:
    with scripted(SLOW_READER_SECONDS="0.3", MAX_STREAMS="1", STREAM_MAX_SECONDS="600") as (server, api):
        message_id = api.accepted(script(steps=200, every=0.01, deltas=2, delta_text="x", delta_times=20_000), "slow")
        path = f"/messages/{message_id}/events"
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.connect(("127.0.0.1", server.port))
            client.sendall(f"GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n".encode())
            client.recv(100)
            taken = api.get(path)
            assert taken.status_code == httpx.codes.SERVICE_UNAVAILABLE
            assert int(taken.headers["retry-after"]) > 0
            eventually(
                lambda: api.request("HEAD", "/health/live") and is_free(api, path),
                "a free place",
                within=ANSWER_SECONDS,
            )
        assert api.final_updates(message_id)[-1]["sequence"] == 202
        assert "ERROR" not in server.output


def is_free(api: ApiClient, path: str) -> bool:
    with httpx.stream("GET", api.url + path, timeout=ANSWER_SECONDS, trust_env=False) as response:
        return response.is_success


def test_one_client_may_not_follow_too_much() -> None:
    with scripted(MAX_STREAMS_PER_CLIENT="2") as (_, api):
        message_id = api.accepted(HANGS, "many")
        url = f"{api.url}/messages/{message_id}"
        with (
            httpx.stream("GET", f"{url}/events", trust_env=False),
            httpx.stream("GET", f"{api.url}/conversations/many/events", trust_env=False),
        ):
            for path, headers in (("/events", {}), ("/updates?after=99", {"Prefer": "wait=5"})):
                refused = api.request("GET", f"/messages/{message_id}{path}", headers=headers)
                assert refused.status_code == httpx.codes.TOO_MANY_REQUESTS
                assert int(refused.headers["retry-after"]) > 0
            assert api.get(f"/messages/{message_id}/updates").is_success
        eventually(lambda: is_free(api, f"/messages/{message_id}/events"), "a free place", within=ANSWER_SECONDS)


def test_stream_says_bye_after_its_longest_life() -> None:
    with scripted(STREAM_MAX_SECONDS="0.2") as (_, api):
        message_id = api.accepted(HANGS, "long")
        text = api.get(f"/messages/{message_id}/events", after=2).text
        assert text.endswith('event: bye\ndata: {"reason":"time"}\n\n')


def test_open_streams_do_not_hold_up_a_shutdown() -> None:
    with scripted(SHUTDOWN_GRACE="0.2") as (server, api):
        done = api.accepted("Hello", "idle")
        api.final_updates(done)
        message_id = api.accepted(HANGS, "busy")
        wait = f"/messages/{message_id}/updates?after=2"
        with ThreadPoolExecutor(1) as reader, ExitStack() as open_streams:
            streams = [
                open_streams.enter_context(httpx.stream("GET", f"{api.url}/{path}/events", trust_env=False))
                for path in ("conversations/idle", "conversations/busy", f"messages/{message_id}")
            ]
            waited = reader.submit(api.request, "GET", wait, headers={"Prefer": "wait=30"})
            server.send(signal.SIGTERM)
            server.wait(4)
            texts = [stream.read().decode() for stream in streams]
        bye = 'event: bye\ndata: {"reason":"shutdown"}\n\n'
        assert texts[0].endswith(bye)
        assert texts[1].endswith(bye)
        assert json.dumps({"message_id": message_id, "status": "failed"}, separators=(",", ":")) in texts[2]
        assert [update["error_code"] for update in waited.result().json()] == ["worker_lost"]
        assert "ERROR" not in server.output
