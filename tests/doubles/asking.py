"""The service's own planner, asked directly: with any model and tool servers, read along or not, in any time."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from agents.engine import open_planner
from agents.planner import Planner
from config.settings import MCPSettings, ModelSettings, ProcessingSettings, Settings, UpstreamSettings
from models.conversation import Turn
from models.errors import AnswerFailed
from models.message import Delta, Details, ErrorCode, Message, MessageStatus, Progress
from models.principal import Principal
from models.work import Work, current_work

CLOCK = datetime(2026, 11, 23, 12, tzinfo=UTC)
BILL = "What is my current bill?"
BILL_AND_VOICEMAIL = "What is my current bill, and how do I set up voicemail?"


@dataclass(frozen=True, slots=True)
class Told:
    """Everything that was said about one message; `failure` when it could not be answered."""

    progress: tuple[Progress, ...]
    deltas: tuple[Delta, ...]
    failure: ErrorCode | None
    spent: Details | None = None

    @property
    def final(self) -> Progress:
        assert self.failure is None, self.failure
        assert self.progress[-1].status is MessageStatus.COMPLETED
        return self.progress[-1]

    @property
    def read_along(self) -> str:
        return "".join(delta.text for delta in self.deltas)


@asynccontextmanager
async def opened(
    model: ModelSettings, mcp: MCPSettings | None = None, upstream: UpstreamSettings | None = None
) -> AsyncIterator[Planner]:
    settings = Settings(
        model=model,
        mcp=mcp or MCPSettings(),
        upstream=upstream or UpstreamSettings(),
        processing=ProcessingSettings(clock=CLOCK),
    )
    async with open_planner(settings) as planner:
        yield planner


async def ask(
    planner: Planner, text: str = BILL, *history: Turn, is_followed: bool = False, seconds: float | None = None
) -> Told:
    """`seconds` is the time that is left until the message's deadline."""
    message = Message(
        id="m-1",
        conversation_id="c-1",
        owner=Principal(tenant="demo", customer_id="C-1001"),
        text=text,
        status=MessageStatus.RECEIVED,
        received_at=CLOCK,
    )
    deadline = None if seconds is None else asyncio.get_running_loop().time() + seconds
    progress: list[Progress] = []
    deltas: list[Delta] = []
    failure: ErrorCode | None = None
    with _working(Work(deadline, lambda: is_followed)):
        try:
            async with asyncio.timeout(seconds), aclosing(planner.answer(message, history)) as told:
                async for said in told:
                    if isinstance(said, Delta):
                        deltas.append(said)
                    else:
                        progress.append(said)
        except AnswerFailed as error:
            return Told(tuple(progress), tuple(deltas), error.code, error.spent)
        except TimeoutError:
            failure = ErrorCode.DEADLINE_EXCEEDED
    return Told(tuple(progress), tuple(deltas), failure)


@contextmanager
def _working(work: Work) -> Iterator[None]:
    token = current_work.set(work)
    try:
        yield
    finally:
        current_work.reset(token)
