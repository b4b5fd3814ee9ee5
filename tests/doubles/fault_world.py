"""The application between a model server and a billing server that harm one conversation and serve all others."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import JsonValue

from config.settings import MCPSettings, ProcessingSettings, Settings, UpstreamSettings
from config.telemetry import TelemetrySettings
from tests.doubles import mcp_faults
from tests.doubles.fake_openai import FakeOpenAI
from tests.doubles.fake_openai_faults import ChatCall, Fault, answer
from tests.doubles.fake_openai_settings import model_settings
from tests.doubles.live_app import Ending, LiveApp, live_app
from tests.doubles.mcp_clients import until
from tests.doubles.mcp_faults import Behaviour, Exchange, FaultyServer

CLOCK = datetime(2026, 11, 23, 12, tzinfo=UTC)
VICTIM = "victim"
BILL = "What is my current bill?"
PLAN = "Which plan am I on?"
BILL_TOOL = {
    "name": "get_current_bill",
    "description": "The newest bill.",
    "inputSchema": {"type": "object", "properties": {}},
}
SUMMARY = "Your bill is £45.50."
the_bill = mcp_faults.answer({"content": [], "structuredContent": {"summary": SUMMARY, "total": "£45.50"}})


@dataclass(frozen=True, slots=True)
class Together:
    """How the victim's message ended, and those that were asked at the same time."""

    victim: Ending
    bill: Ending
    plan: Ending


@dataclass
class World:
    """May serve one fault after the other: `warm_up` heals it."""

    app: LiveApp
    model: FakeOpenAI
    billing: FaultyServer
    _seen: int = 0
    _asked: int = 0

    async def warm_up(self, question: str = BILL) -> None:
        """Three messages in step: they open as many connections as `ask` needs, so that later none need be added."""
        requests, calls = asyncio.Barrier(3), asyncio.Barrier(2)

        async def answer_together(call: ChatCall) -> None:
            await requests.wait()
            await answer(call)

        async def show_bill_together(exchange: Exchange) -> None:
            await calls.wait()
            await the_bill(exchange)

        self.model.always(answer_together)
        self.billing.behaviours["tools/call"] = show_bill_together
        asked = (f"{question} {VICTIM}", VICTIM), (question, "neighbour"), (PLAN, "other")
        endings = await asyncio.gather(*(self.app.ask(text, conversation) for text, conversation in asked))
        assert [ending.status for ending in endings] == ["completed"] * 3, endings
        self.model.always(answer)
        self.billing.behaviours["tools/call"] = the_bill

    async def ask(self, *, is_followed: bool = False) -> Together:
        """One message of the victim and two of others, at once."""
        self._seen, self._asked = len(self.billing.seen), len(self.model.requests)
        return Together(
            *await asyncio.gather(
                self.app.ask(f"{BILL} {VICTIM}", VICTIM, is_followed=is_followed),
                self.app.ask(BILL, "neighbour"),
                self.app.ask(PLAN, "other"),
            )
        )

    def harm_model(self, *script: Fault) -> None:
        """The victim's requests meet these, one each, and then the last one for ever."""
        remaining = list(script)

        async def fault(call: ChatCall) -> None:
            harmed = VICTIM in str(call.body.get("messages"))
            chosen = (remaining.pop(0) if len(remaining) > 1 else remaining[0]) if harmed else answer
            await chosen(call)

        self.model.always(fault)

    def harm_calls(self, *script: Behaviour) -> None:
        """The same for the victim's tool calls."""
        remaining = list(script)

        async def behave(exchange: Exchange) -> None:
            harmed = _is_victims(exchange)
            chosen = (remaining.pop(0) if len(remaining) > 1 else remaining[0]) if harmed else the_bill
            await chosen(exchange)

        self.billing.behaviours["tools/call"] = behave

    def model_requests(self, *, of_victim: bool = True) -> int:
        """Since the last `ask`."""
        asked = self.model.requests[self._asked :]
        return sum((VICTIM in str(request.messages)) is of_victim for request in asked)

    def offered_schema(self) -> JsonValue:
        """Of the one tool that the victim's model was offered last."""
        offered = next(
            r.body["tools"] for r in reversed(self.model.requests) if VICTIM in str(r.body) and "tools" in r.body
        )
        assert isinstance(offered, list)
        assert isinstance(offered[0], dict)
        function = offered[0]["function"]
        assert isinstance(function, dict)
        return function["parameters"]

    def tool_calls(self, *, of_victim: bool = True) -> int:
        calls = [exchange for exchange in self._exchanges if exchange.method == "tools/call"]
        return sum(_is_victims(exchange) is of_victim for exchange in calls)

    def count(self, method: str) -> int:
        return sum(exchange.method == method for exchange in self._exchanges)

    @property
    def _exchanges(self) -> Sequence[Exchange]:
        return self.billing.seen[self._seen :]


@asynccontextmanager
async def world(
    *,
    request_timeout: float = 10,
    message_timeout: float = 20,
    fallback: str = "fail",
    session_id: str | None = None,
    at_initialize: Behaviour | None = None,
    failures: int = 1000,
) -> AsyncIterator[World]:
    """The breakers stay closed unless `failures` says otherwise."""
    billing = FaultyServer(session_id=session_id, tools=[BILL_TOOL])
    if at_initialize is not None:
        billing.behaviours["initialize"] = at_initialize
    with FakeOpenAI() as model:
        async with leaving_nothing_behind(), billing:
            remote = model_settings(model, request_timeout=request_timeout).model_copy(update={"fallback": fallback})
            settings = Settings(
                model=remote,
                mcp=MCPSettings(billing_mcp_server_url=billing.url),
                processing=ProcessingSettings(clock=CLOCK, message_timeout=message_timeout),
                upstream=UpstreamSettings(failures=failures),
                telemetry=TelemetrySettings(telemetry_enabled=False),
            )
            async with live_app(settings) as app:
                yield World(app, model, billing)


@asynccontextmanager
async def leaving_nothing_behind() -> AsyncIterator[None]:
    """No more tasks and open files after than before; the tasks of the server that misbehaves do not count."""
    tasks, files = len(_tasks()), _open_files()
    yield
    try:
        await until(lambda: len(_tasks()) <= tasks and _open_files() <= files)
    except TimeoutError:
        raise AssertionError(f"files {files} -> {_open_files()}, tasks {tasks} -> {_tasks()}") from None


def _tasks() -> list[str]:
    names = (getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks())
    return sorted(name for name in names if not name.startswith(FaultyServer.__name__))


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def _is_victims(exchange: Exchange) -> bool:
    return exchange.headers.get("x-ms-conversation-id") == VICTIM
