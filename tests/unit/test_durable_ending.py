"""A worker is told to end while its database is away: it waits for its grace once, and then leaves the rest."""

import json
import signal
import sys

from storage.migrating import migrate
from tests.api_client import ApiClient
from tests.config import ROOT, START_SECONDS
from tests.doubles.postgres import away, new_database
from tests.live_server import live_server, process
from tests.waiting import eventually

SCRIPTED = (sys.executable, "-m", "tests.doubles.scripted_planner")
HANGING = json.dumps({"steps": 1, "every": 0.01, "hang": 600})
GRACE = 6


def test_worker_without_its_database_ends_when_its_grace_is_over() -> None:
    url = new_database()
    migrate(url)
    settings = {"DATABASE_URL": url, "LEASE_SECONDS": "2", "WORKERS_IN_API": "false", "PYTHONPATH": str(ROOT)}
    settings["SHUTDOWN_GRACE"] = "0"
    with live_server(settings, command=SCRIPTED) as server:
        api = ApiClient(server.url)
        with process((*SCRIPTED, "worker"), settings | {"SHUTDOWN_GRACE": str(GRACE), "MAX_ATTEMPTS": "1"}) as worker:
            message_id = api.accepted(HANGING, "c")
            eventually(lambda: api.status(message_id)["status"] == "inprogress", "work to begin", within=START_SECONDS)
            with away(url):
                worker.send(signal.SIGTERM)
                assert worker.wait(GRACE + 10) == 0, "it waited twice"
            assert "Traceback" not in worker.output
            assert "ERROR" not in worker.output
