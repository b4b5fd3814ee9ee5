"""Agents that cannot be loaded: what heals is tried again, what does not ends the process, and no message is lost."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import httpx
import pytest

from config.settings import Settings
from process.engine import Engine
from tests.api_client import ApiClient
from tests.config import ROOT, START_SECONDS
from tests.doubles.broken_agents import SECRET, BrokenAgents
from tests.doubles.mcp_clients import until
from tests.doubles.planners import Planner
from tests.doubles.postgres import new_database
from tests.live_server import free_port, live_server, process
from tests.waiting import eventually

BROKEN = (sys.executable, "-m", "tests.doubles.broken_agents")
SCRIPTED = (sys.executable, "-m", "tests.doubles.scripted_planner")
MESSAGE = json.dumps({"steps": 1})
REASON = "ValueError at tests/doubles/broken_agents.py:"


class Watched:
    """An engine and whether it gave up."""

    def __init__(self, agents: BrokenAgents, pauses: Sequence[float]) -> None:
        self._agents = agents
        self.has_given_up = asyncio.Event()
        self.engine = Engine(self._load, self.has_given_up.set, pauses=pauses)

    async def _load(self) -> AbstractAsyncContextManager[Planner]:
        return self._agents(Settings())


@asynccontextmanager
async def loading(agents: BrokenAgents, *pauses: float) -> AsyncIterator[Watched]:
    watched = Watched(agents, pauses)
    async with watched.engine.loading():
        yield watched


async def test_what_heals_is_tried_again() -> None:
    agents = BrokenAgents("for-a-while")
    async with loading(agents, 0.01, 0.2, 0.01) as watched:
        await until(lambda: agents.tries == 2)
        assert watched.engine.failure is not None
        assert watched.engine.failure.startswith("ConnectionError at tests/doubles/broken_agents.py:")
        assert not watched.engine.is_ready
        await asyncio.wait_for(watched.engine.ready(), 2)
        assert agents.tries == 3
        assert watched.engine.is_ready
        assert not watched.has_given_up.is_set()


async def test_tries_come_to_an_end() -> None:
    agents = BrokenAgents("for-a-while")
    async with loading(agents, 0.01) as watched:
        await asyncio.wait_for(watched.has_given_up.wait(), 2)
        assert agents.tries == 2
        assert watched.engine.has_given_up


async def test_what_does_not_heal_is_not_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    agents = BrokenAgents("for-good")
    async with loading(agents, 0.01, 0.01) as watched:
        await asyncio.wait_for(watched.has_given_up.wait(), 2)
        assert agents.tries == 1
    (line,) = [record.getMessage() for record in caplog.records if record.levelname in ("WARNING", "CRITICAL")]
    assert REASON in line
    assert SECRET not in line


def test_process_ends_with_one_line_that_says_why() -> None:
    with process((*BROKEN, "for-good"), settings(PORT=str(free_port()))) as server:
        assert server.wait(START_SECONDS) == 1
        lines = server.output.splitlines()
        assert len([line for line in lines if REASON in line]) == 1, server.output
        assert "Traceback" not in server.output
        assert "hunter2" not in server.output


def test_probe_says_why_and_the_message_is_answered_when_it_is_over() -> None:
    with live_server(settings(), command=(*BROKEN, "for-a-while"), until="/health/live") as server:
        api = ApiClient(server.url)
        message_id = api.accepted(MESSAGE, "c")
        eventually(lambda: "reason" in api.get("/health/ready").json(), "a reason", within=5)
        probe = api.get("/health/ready")
        assert probe.status_code == httpx.codes.SERVICE_UNAVAILABLE
        assert probe.json()["status"] == "starting"
        assert probe.json()["reason"].startswith("ConnectionError at tests/doubles/broken_agents.py:")
        assert api.status(message_id)["status"] == "received"
        assert api.final_updates(message_id)[-1]["status"] == "completed"
        assert api.get("/health/ready").json() == {"status": "ready"}


def test_message_that_waits_longer_than_a_message_may_take_fails() -> None:
    slow = settings(MESSAGE_TIMEOUT="0.5")
    with live_server(slow, command=(*BROKEN, "for-ever"), until="/health/live") as server:
        api = ApiClient(server.url)
        last = api.final_updates(api.accepted(MESSAGE, "c"))[-1]
        assert (last["status"], last["error_code"]) == ("failed", "deadline_exceeded")
        assert api.get("/health/ready").status_code == httpx.codes.SERVICE_UNAVAILABLE


def test_file_keeps_messages_for_a_process_that_can_answer(tmp_path: Path) -> None:
    """However often a broken one was started in between."""
    durable = settings(DATABASE_URL=f"sqlite:///{tmp_path}/semker.db")
    with live_server(durable, command=(*BROKEN, "for-ever"), until="/health/live") as server:
        message_id = ApiClient(server.url).accepted(MESSAGE, "c")
    for _ in range(3):
        with process((*BROKEN, "for-good"), {**durable, "PORT": str(server.port)}) as broken:
            assert broken.wait(START_SECONDS) == 1
    with live_server(durable, command=SCRIPTED) as server:
        assert ApiClient(server.url).final_updates(message_id)[-1]["status"] == "completed"


def test_worker_without_agents_leaves_messages_to_others() -> None:
    shared = settings(DATABASE_URL=new_database(), WORKERS_IN_API="false", LEASE_SECONDS="5")
    with process((sys.executable, str(ROOT / "main.py"), "migrate"), shared) as migration:
        assert migration.wait(START_SECONDS) == 0, migration.output
    with live_server(shared, command=SCRIPTED) as server:
        api = ApiClient(server.url)
        message_id = api.accepted(MESSAGE, "c")
        with process((*BROKEN, "for-good", "worker"), shared) as broken:
            assert broken.wait(START_SECONDS) == 1
            assert REASON in broken.output
        assert api.status(message_id)["status"] == "received"
        with process((*SCRIPTED, "worker"), shared):
            assert api.final_updates(message_id)[-1]["status"] == "completed"


def settings(**more: str) -> dict[str, str]:
    return {"PYTHONPATH": str(ROOT), **more}
