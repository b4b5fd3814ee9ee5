"""The whole application over small planners: loading, failing, and what nobody may read."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from api import create_app
from config.settings import ProcessingSettings, Settings
from tests.api_client import FINAL, HEADER, Json
from tests.doubles.planners import Echo, Endless, Failing, Opening, Planner, Speechless, opened

SECRET = "hunter2 in /etc/secret, see semker.agents.Planner"


@asynccontextmanager
async def application(planner: Opening, timeout: float = 10) -> AsyncIterator[httpx.AsyncClient]:
    """Without a socket: the lifespan's state is handed to each request as a server would."""
    app = create_app(Settings(processing=ProcessingSettings(message_timeout=timeout)), planner)
    async with app.router.lifespan_context(app) as state:

        async def with_state(scope: Scope, receive: Receive, send: Send) -> None:
            await app({**scope, "state": dict(state or {})}, receive, send)

        transport = httpx.ASGITransport(app=with_state, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            yield client


async def send(client: httpx.AsyncClient, text: str) -> str:
    response = await client.post("/messages", json={"message": text}, headers={HEADER: "c"})
    assert response.status_code == httpx.codes.CREATED, response.text
    return str(response.json()["message_id"])


async def final_updates(client: httpx.AsyncClient, message_id: str) -> list[Json]:
    async with asyncio.timeout(10):
        while True:
            updates: list[Json] = (await client.get(f"/messages/{message_id}/updates")).json()
            if updates[-1]["status"] in FINAL:
                return updates
            await asyncio.sleep(0.005)


async def readiness(client: httpx.AsyncClient) -> tuple[int, str]:
    response = await client.get("/health/ready")
    return response.status_code, response.json()["status"]


async def test_message_that_comes_while_the_agents_are_loaded_waits_for_them() -> None:
    loaded = asyncio.Event()

    @asynccontextmanager
    async def slow(settings: Settings) -> AsyncIterator[Planner]:
        await loaded.wait()
        yield Echo()

    async with application(slow) as client:
        message_id = await send(client, "Hello")
        assert (await client.get("/health/live")).is_success
        assert await readiness(client) == (503, "starting")
        assert (await client.head("/health/ready")).status_code == httpx.codes.SERVICE_UNAVAILABLE
        assert (await client.get(f"/messages/{message_id}/status")).json()["status"] not in FINAL
        loaded.set()
        assert (await final_updates(client, message_id))[-1]["result"] == "Hello"
        assert await readiness(client) == (200, "ready")


async def test_agents_that_cannot_be_loaded_drain_the_process_and_tell_only_their_kind() -> None:
    fails = asyncio.Event()

    @asynccontextmanager
    async def broken(settings: Settings) -> AsyncIterator[Planner]:
        await fails.wait()
        raise RuntimeError(SECRET)
        yield Echo()

    async with application(broken) as client:
        message_id = await send(client, "Hello")
        fails.set()
        updates = await final_updates(client, message_id)
        assert (updates[-1]["status"], updates[-1]["error_code"]) == ("failed", "worker_lost")
        probe = await client.get("/health/ready")
        assert (probe.status_code, probe.json()["status"]) == (503, "draining")
        assert probe.json()["reason"].startswith("RuntimeError at tests/unit/test_application.py:")
        assert "hunter2" not in f"{updates}{probe.text}{(await client.get('/health')).text}"


@pytest.mark.parametrize(
    "error", [ValueError(SECRET), KeyError(SECRET), RuntimeError(SECRET), ExceptionGroup(SECRET, [OSError(SECRET)])]
)
async def test_error_of_a_planner_is_told_to_nobody(error: Exception) -> None:
    async with application(opened(Failing(error))) as client:
        message_id = await send(client, "bill?")
        updates = await final_updates(client, message_id)
        assert updates[-1]["error_code"] == "internal"
        told = [
            (await client.get(path)).text
            for path in (f"/messages/{message_id}/status", "/messages", "/conversations/c")
        ]
        assert "hunter2" not in f"{updates}{told}"


async def test_message_after_a_failed_one_is_answered() -> None:
    async with application(opened(Failing(ValueError(SECRET)))) as client:
        failed, answered = await send(client, "bill?"), await send(client, "Hello")
        assert (await final_updates(client, failed))[-1]["status"] == "failed"
        assert (await final_updates(client, answered))[-1]["status"] == "completed"
        turns = (await client.get("/conversations/c")).json()["turns"]
        assert [turn["text"] for turn in turns] == ["Hello", "Hello"]


@pytest.mark.parametrize(("planner", "code"), [(Endless(), "deadline_exceeded"), (Speechless(), "internal")])
async def test_planner_without_an_end_is_ended(planner: Planner, code: str) -> None:
    async with application(opened(planner), timeout=0.1) as client:
        updates = await final_updates(client, await send(client, "bill?"))
        assert updates[-1]["error_code"] == code
        assert [update["sequence"] for update in updates] == list(range(1, len(updates) + 1))
        assert sum(update["status"] in FINAL for update in updates) == 1


async def test_end_while_the_agents_are_loaded_does_not_hang() -> None:
    @asynccontextmanager
    async def never(settings: Settings) -> AsyncIterator[Planner]:
        await asyncio.sleep(0.2)
        yield Echo()

    async with asyncio.timeout(5), application(never) as client:
        assert await readiness(client) == (503, "starting")
