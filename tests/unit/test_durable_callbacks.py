"""Callbacks outlive processes: what one owes when it is killed, the next one or another one delivers."""

import json
import signal
import sys
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from storage.migrating import migrate
from tests.api_client import ApiClient, Json
from tests.config import ROOT, START_SECONDS
from tests.doubles.postgres import new_database
from tests.doubles.webhook_receiver import SECRET, WebhookReceiver
from tests.live_server import LiveServer, live_server, process
from tests.waiting import eventually

SCRIPTED = (sys.executable, "-m", "tests.doubles.scripted_planner")
BRIEF = json.dumps({"steps": 1, "every": 0.01})


def settings(url: str, **more: str) -> dict[str, str]:
    return {"DATABASE_URL": url, "DEBUG": "true", "WEBHOOK_SECRET": SECRET, "PYTHONPATH": str(ROOT), **more}


def killed(server: LiveServer) -> None:
    server.send(signal.SIGKILL)
    server.wait(10)


def sent(api: ApiClient, receiver: WebhookReceiver, conversation_id: str) -> str:
    response = api.send(BRIEF, conversation_id, callback_url=receiver.url)
    assert response.status_code == 201, response.text
    return str(response.json()["message_id"])


def settled(api: ApiClient, message_id: str, *, within: float = 20) -> Json:
    path = f"/messages/{message_id}/deliveries"
    found: Json = eventually(
        lambda: log if (log := api.get(path).json())["state"] != "pending" else None, "the delivery", within=within
    )
    return found


def test_killed_process_owes_what_the_next_one_delivers(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/semker.db"
    one_hand = settings(url, WEBHOOK_CONCURRENCY="1", WEBHOOK_TIMEOUT="60")
    with WebhookReceiver(0) as receiver:
        with live_server(one_hand, command=SCRIPTED) as server:
            api = ApiClient(server.url)
            begun = sent(api, receiver, "one")
            eventually(lambda: len(receiver.events) == 1, "the try that is never answered", within=10)
            untried = sent(api, receiver, "two")
            api.final_updates(untried)
            assert api.get(f"/messages/{untried}/deliveries").json() == {
                "message_id": untried,
                "state": "pending",
                "deliveries": [],
            }
            killed(server)
        with live_server(one_hand, command=SCRIPTED) as server:
            api = ApiClient(server.url)
            for message_id in (begun, untried):
                log = settled(api, message_id)
                assert log["state"] == "delivered"
                assert [each["status_code"] for each in log["deliveries"]] == [204]
        assert Counter(event.id for event in receiver.events) == {f"evt_{begun}": 2, f"evt_{untried}": 1}


def test_final_message_of_a_killed_process_is_told_by_another_one() -> None:
    url = new_database()
    migrate(url)
    one_hand = settings(url, WEBHOOK_CONCURRENCY="1", WEBHOOK_TIMEOUT="60")
    with WebhookReceiver(0) as receiver:
        with live_server(one_hand, command=SCRIPTED) as server:
            api = ApiClient(server.url)
            sent(api, receiver, "one")
            eventually(lambda: len(receiver.events) == 1, "the try that is never answered", within=10)
            untried = [sent(api, receiver, f"c{number}") for number in range(20)]
            for message_id in untried:
                assert api.final_updates(message_id)[-1]["status"] == "completed"
            killed(server)
        assert len(receiver.events) == 1
        with live_server(settings(url), command=SCRIPTED) as server:
            logs = [settled(ApiClient(server.url), message_id) for message_id in untried]
            assert [[each["status_code"] for each in log["deliveries"]] for log in logs] == [[204]] * len(untried)
        assert Counter(event.id for event in receiver.events[1:]) == {f"evt_{message_id}": 1 for message_id in untried}


def test_processes_share_callbacks_and_none_is_tried_twice_at_once() -> None:
    url = new_database()
    migrate(url)
    with WebhookReceiver(500, 500) as receiver, ExitStack() as stack:
        servers = [stack.enter_context(live_server(settings(url), command=SCRIPTED)) for _ in range(2)]
        apis = [ApiClient(server.url) for server in servers]
        ids = [sent(apis[number % 2], receiver, f"c{number}") for number in range(30)]
        logs = [settled(apis[0], message_id) for message_id in ids]
        assert {log["state"] for log in logs} == {"delivered"}
        told = Counter(event.id for event in receiver.events)
        assert told == {f"evt_{log['message_id']}": len(log["deliveries"]) for log in logs}
        results = Counter(each["status_code"] for log in logs for each in log["deliveries"])
        assert results == {500: 2, 204: 30}


def test_callback_of_a_process_that_is_killed_is_delivered_by_another() -> None:
    url = new_database()
    migrate(url)
    with WebhookReceiver() as receiver, ExitStack() as stack:
        takes_only = settings(url, WORKERS_IN_API="false")
        one, other = (stack.enter_context(live_server(takes_only, command=SCRIPTED)) for _ in range(2))
        message_id = sent(ApiClient(one.url), receiver, "killed")
        killed(one)
        silent = {name: value for name, value in settings(url).items() if not name.startswith("WEBHOOK")}
        with process((*SCRIPTED, "worker"), silent):
            log = settled(ApiClient(other.url), message_id, within=START_SECONDS)
        assert [each["status_code"] for each in log["deliveries"]] == [204]
        assert [event.id for event in receiver.events] == [f"evt_{message_id}"]
