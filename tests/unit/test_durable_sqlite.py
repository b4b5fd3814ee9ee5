"""A process on a SQLite file that is killed, and the next one that takes up its messages."""

import json
import signal
import sys
from pathlib import Path

import pytest

from tests.api_client import ApiClient, sequences
from tests.config import ANSWER_SECONDS, COMMAND_LINE, ROOT, START_SECONDS, START_SERVER
from tests.live_server import LiveServer, free_port, live_server, process
from tests.waiting import eventually

SCRIPTED = (sys.executable, "-m", "tests.doubles.scripted_planner")
BRIEF = json.dumps({"steps": 1, "every": 0.01})
HANGING = json.dumps({"steps": 1, "every": 0.01, "hang": 600})


def settings(directory: Path, **more: str) -> dict[str, str]:
    return {"DATABASE_URL": f"sqlite:///{directory}/semker.db", "PYTHONPATH": str(ROOT), **more}


def killed(server: LiveServer) -> None:
    server.send(signal.SIGKILL)
    server.wait(10)


def test_killed_process_loses_nothing(tmp_path: Path) -> None:
    with live_server(settings(tmp_path), command=SCRIPTED) as server:
        api = ApiClient(server.url)
        done = api.accepted(BRIEF, "other")
        api.final_updates(done)
        message_id = api.accepted(HANGING, "conversation")
        behind = api.accepted(BRIEF, "conversation")
        eventually(lambda: len(api.updates(message_id)) == 2, "work to begin", within=10)
        killed(server)
    with live_server(settings(tmp_path), command=SCRIPTED) as server:
        api = ApiClient(server.url)
        assert api.status(done)["status"] == "completed"
        eventually(lambda: len(api.updates(message_id)) == 4, "work to begin again", within=ANSWER_SECONDS)
        assert api.updates(message_id)[2]["details"] == {"kind": "worker_lost", "attempt": 1}
        assert api.status(behind)["status"] == "received"
        killed(server)
    with live_server(settings(tmp_path), command=SCRIPTED) as server:
        api = ApiClient(server.url)
        last = api.final_updates(message_id)[-1]
        assert (last["status"], last["error_code"]) == ("failed", "worker_lost")
        assert api.final_updates(behind, within=5)[-1]["status"] == "completed"
        assert [update["sequence"] for update in api.updates(message_id)] == [1, 2, 3, 4, 5]
        assert api.health()["system"]["store"] == "sqlite"


def test_everything_that_a_killed_process_had_in_hand_is_final_soon_after_the_next_start(tmp_path: Path) -> None:
    with live_server(settings(tmp_path), command=SCRIPTED) as server:
        api = ApiClient(server.url)
        brief = json.dumps({"steps": 2, "every": 0.1, "hang": 0.1})
        ids = [api.accepted(brief, f"conversation-{number % 40}") for number in range(80)]
        eventually(lambda: api.status(ids[39])["status"] != "received", "work to begin", within=10)
        killed(server)
    with live_server(settings(tmp_path), command=SCRIPTED) as server:
        api = ApiClient(server.url)
        stories = [api.final_updates(message_id) for message_id in ids]
    for story in stories:
        assert [update["status"] for update in story].count("completed") == 1
        assert sequences(story) == list(range(1, len(story) + 1))
    assert any("worker_lost" in json.dumps(story) for story in stories)


@pytest.mark.parametrize("place", ["/proc/semker.db", "{directory}/none/semker.db", "{directory}", "{directory}/text"])
def test_file_that_is_no_database_stops_the_start_with_one_sentence(place: str, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database " * 100)
    url = f"sqlite:///{place.format(directory=tmp_path)}"
    with process(START_SERVER, {"DATABASE_URL": url, "PORT": str(free_port())}) as refused:
        assert refused.wait(START_SECONDS) != 0
        assert len([line for line in refused.output.splitlines() if "DATABASE_URL" in line]) == 1, refused.output
        assert "Error" not in refused.output


def test_second_process_on_the_same_file_is_refused(tmp_path: Path) -> None:
    with live_server(settings(tmp_path), command=SCRIPTED) as server:
        second = LiveServer(SCRIPTED, settings(tmp_path), tmp_path)
        assert second.wait(START_SECONDS) != 0
        assert "refuses to start a second process on the same SQLite file" in second.output
        assert ApiClient(server.url).health()["status"] == "healthy"


def test_customer_is_erased_beside_the_running_process(tmp_path: Path) -> None:
    with live_server(settings(tmp_path, DEMO_CUSTOMER_ID="C-7"), command=SCRIPTED) as server:
        api = ApiClient(server.url)
        for conversation_id in ("one", "two"):
            api.final_updates(api.accepted(BRIEF, conversation_id))
        at_work = api.accepted(HANGING, "two")
        with process((*COMMAND_LINE, "erase", "C-7"), settings(tmp_path)) as command:
            assert command.wait(START_SECONDS) == 0
            assert "2 conversations were erased" in command.output
        assert api.total() == 0
        assert api.get(f"/messages/{at_work}/status").status_code == 404
        assert api.final_updates(api.accepted(BRIEF, "one"))[-1]["result"] == "answer after 0 turns"


def test_file_that_a_process_has_open_is_not_migrated(tmp_path: Path) -> None:
    migrate = (*COMMAND_LINE, "migrate")
    with live_server(settings(tmp_path), command=SCRIPTED), process(migrate, settings(tmp_path)) as refused:
        assert refused.wait(START_SECONDS) != 0
        assert refused.output == "A process of Semker has the SQLite file open: stop it, and then migrate.\n"
    with process(migrate, settings(tmp_path)) as alone:
        assert alone.wait(START_SECONDS) == 0
        assert "The database has schema" in alone.output


@pytest.mark.parametrize(
    ("command", "name", "sentence"),
    [
        (("erase", "C-7"), "mistyped", "There is no SQLite file at the path that DATABASE_URL names.\n"),
        (("erase", "C-7"), "text", "DATABASE_URL names a file that is no SQLite database.\n"),
        (("migrate",), "text", "DATABASE_URL names a file that is no SQLite database.\n"),
    ],
)
def test_command_for_what_is_no_database_says_so(
    command: tuple[str, ...], name: str, sentence: str, tmp_path: Path
) -> None:
    (tmp_path / "text").write_text("no database " * 100)
    with process((*COMMAND_LINE, *command), {"DATABASE_URL": f"sqlite:///{tmp_path}/{name}"}) as refused:
        assert refused.wait(START_SECONDS) == 1
        assert refused.output == sentence
    assert not (tmp_path / "mistyped").exists()


def test_process_that_is_ended_leaves_the_rest_to_the_next(tmp_path: Path) -> None:
    with live_server(settings(tmp_path), command=SCRIPTED) as server:
        api = ApiClient(server.url)
        message_id = api.accepted(json.dumps({"steps": 1, "every": 3}), "conversation")
        server.send(signal.SIGTERM)
        assert server.wait(15) == 0
    with live_server(settings(tmp_path), command=SCRIPTED) as server:
        assert ApiClient(server.url).final_updates(message_id)[-1]["status"] == "completed"
