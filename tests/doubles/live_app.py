"""The real application on a socket, in the loop of the test, so that its tasks and open files can be counted."""

import asyncio
import socket
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from time import monotonic

import httpx
import uvicorn

from api import create_app
from config.settings import Settings
from runtime import PlannerFactory
from tests.api_client import FINAL, HEADER, Json
from tests.config import ANSWER_SECONDS, POLL_SECONDS, START_SECONDS
from tests.doubles.mcp_clients import until


@dataclass(frozen=True, slots=True)
class Ending:
    """How a message ended, and when after it was sent."""

    status: str
    error_code: str | None
    result: str
    seconds: float
    sequences: tuple[int, ...]
    finals: int
    details: Json


class LiveApp:
    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def ask(self, text: str, conversation_id: str, *, is_followed: bool = False) -> Ending:
        """`is_followed`: somebody reads the message's stream meanwhile."""
        begun = monotonic()
        sent = await self.http.post("/messages", json={"message": text}, headers={HEADER: conversation_id})
        assert sent.status_code == httpx.codes.CREATED, sent.text
        message_id = sent.json()["message_id"]
        follower = asyncio.create_task(self._follow(message_id)) if is_followed else None
        updates = await self._updates(message_id)
        async with asyncio.timeout(ANSWER_SECONDS):
            while (last := updates[-1])["status"] not in FINAL:
                await asyncio.sleep(POLL_SECONDS)
                updates = await self._updates(message_id)
            if follower is not None:
                await follower
        return Ending(
            status=last["status"],
            error_code=last["error_code"],
            result=last["result"],
            seconds=monotonic() - begun,
            sequences=tuple(update["sequence"] for update in updates),
            details=last["details"] or {},
            finals=sum(update["status"] in FINAL for update in updates),
        )

    async def _follow(self, message_id: str) -> None:
        async with httpx.AsyncClient(base_url=self.http.base_url, timeout=ANSWER_SECONDS, trust_env=False) as http:
            events = await http.get(f"/messages/{message_id}/events")
            assert "event: done" in events.text

    async def _updates(self, message_id: str) -> list[Json]:
        updates: list[Json] = (await self.http.get(f"/messages/{message_id}/updates")).json()
        return updates


class QuietServer(uvicorn.Server):
    """Leaves the signals of the test run alone."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


@asynccontextmanager
async def live_app(settings: Settings, planner: PlannerFactory | None = None) -> AsyncIterator[LiveApp]:
    """Open when it is ready."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(
            create_app(settings, planner), log_config=None, access_log=False, timeout_graceful_shutdown=1
        )
        server = QuietServer(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        try:
            async with httpx.AsyncClient(base_url=url, timeout=START_SECONDS, trust_env=False) as http:

                async def is_ready() -> bool:
                    return server.started and (await http.get("/health/ready")).is_success

                await until(is_ready, START_SECONDS)
                yield LiveApp(http)
        finally:
            server.should_exit = True
            await serving
