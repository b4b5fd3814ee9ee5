"""A customer is erased by the command line while a process works on their message and somebody follows it."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from storage.migrating import migrate
from tests.api_client import ApiClient
from tests.config import COMMAND_LINE, ROOT, START_SECONDS
from tests.doubles.postgres import new_database
from tests.live_server import live_server, process
from tests.unit.test_store_erasing import CANARY, holding
from tests.waiting import eventually

SCRIPTED = (sys.executable, "-m", "tests.doubles.scripted_planner")
BRIEF = json.dumps({"steps": 1, "every": 0.01, "delta_text": CANARY})
LONG = json.dumps({"steps": 600, "every": 0.1, "delta_text": CANARY})
TABLES = {"messages", "turns", "conversations"}


def sqlite_file(directory: Path) -> str:
    return f"sqlite:///{directory}/semker.db"


def postgres(_: Path) -> str:
    return new_database()


@pytest.mark.parametrize("database", [sqlite_file, postgres])
def test_customer_is_erased_in_the_middle_of_an_answer(database: Callable[[Path], str], tmp_path: Path) -> None:
    url = database(tmp_path)
    migrate(url)
    settings = {"DATABASE_URL": url, "DEMO_CUSTOMER_ID": CANARY, "PYTHONPATH": str(ROOT)}
    with live_server(settings, command=SCRIPTED) as server:
        api = ApiClient(server.url)
        api.final_updates(api.accepted(BRIEF, "one"))
        at_work, waiting = api.accepted(LONG, "two"), api.accepted(BRIEF, "two")
        eventually(lambda: len(api.updates(at_work)) > 3, "work to be in progress", within=10)
        assert holding(url, CANARY) >= TABLES
        events = f"{server.url}/messages/{at_work}/events"
        with httpx.stream("GET", events, timeout=START_SECONDS, trust_env=False) as stream:
            with process((*COMMAND_LINE, "erase", CANARY), settings) as command:
                assert command.wait(START_SECONDS) == 0, command.output
                assert "2 conversations were erased" in command.output
            assert '"reason":"erased"' in "".join(stream.iter_text())
        eventually(lambda: "was cancelled or erased" in server.output, "the work to stop", within=10)
        eventually(lambda: holding(url, CANARY) == set(), "every word to be gone", within=10)
        for message_id in (at_work, waiting):
            assert api.get(f"/messages/{message_id}/status").status_code == httpx.codes.NOT_FOUND
        assert api.final_updates(api.accepted(BRIEF, "one"))[-1]["result"] == "answer after 0 turns"
        assert "Traceback" not in server.output


def test_call_that_is_under_way_is_broken_off_when_the_customer_is_erased() -> None:
    url = new_database()
    migrate(url)
    settings = {"DATABASE_URL": url, "DEMO_CUSTOMER_ID": CANARY, "PYTHONPATH": str(ROOT)}
    with live_server(settings, command=SCRIPTED) as server:
        api = ApiClient(server.url)
        at_work = api.accepted(json.dumps({"steps": 1, "hang": 600}), "one")
        eventually(lambda: len(api.updates(at_work)) == 2, "work to be in progress", within=10)
        with process((*COMMAND_LINE, "erase", CANARY), settings) as command:
            assert command.wait(START_SECONDS) == 0, command.output
        eventually(lambda: holding(url, CANARY) == set(), "the job to be gone", within=10)
        assert "Traceback" not in server.output
