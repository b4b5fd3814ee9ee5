"""A worker of its own has metrics to read, though it serves no API."""

import sys

import httpx

from storage.migrating import migrate
from tests.api_client import ApiClient
from tests.config import ROOT, START_SECONDS
from tests.doubles.postgres import new_database
from tests.live_server import free_port, live_server, process
from tests.waiting import eventually

SCRIPTED = (sys.executable, "-m", "tests.doubles.scripted_planner")


def test_worker_serves_what_it_counts_at_its_port() -> None:
    port, url = free_port(), new_database()
    migrate(url)
    settings = {"DATABASE_URL": url, "PYTHONPATH": str(ROOT), "WORKERS_IN_API": "false"}
    told = {**settings, "METRICS_ENABLED": "true", "METRICS_PORT": str(port)}
    with process((*SCRIPTED, "worker"), told) as worker, live_server(settings, command=SCRIPTED) as server:
        api = ApiClient(server.url)
        api.final_updates(api.accepted("{}", "counted"), within=START_SECONDS)
        counted = 'semker_messages_total{agent="DoubleAgent",status="completed"} 1.0'
        page = f"http://127.0.0.1:{port}/metrics"
        eventually(lambda: counted in httpx.get(page, trust_env=False).text, "the message to be counted", within=5)
        api.close()
        worker.end()
        assert "Traceback" not in worker.output


def test_worker_whose_port_is_taken_ends_with_one_line() -> None:
    with process((sys.executable, "-m", "http.server", "--bind", "0.0.0.0", str(port := free_port()))):
        told = {"DATABASE_URL": new_database(), "PYTHONPATH": str(ROOT), "METRICS_ENABLED": "true"}
        migrate(told["DATABASE_URL"])
        command = (sys.executable, str(ROOT / "main.py"), "worker")
        with process(command, {**told, "METRICS_PORT": str(port)}) as worker:
            assert worker.wait(START_SECONDS) == 1
            assert worker.output.splitlines()[-1] == f"METRICS_PORT={port} cannot be served: Address already in use"
            assert "Traceback" not in worker.output
