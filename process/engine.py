"""The agents while they are being loaded, and what becomes of a process whose agents cannot be."""

import asyncio
import gc
import logging
import traceback
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from pathlib import Path
from typing import Protocol, runtime_checkable

from models.conversation import Turn
from models.message import Delta, Message, Progress
from process.worker import Planner

PAUSES = (1.0, 4.0, 15.0)
TRY_SECONDS = 60.0
_ROOT = Path(__file__).parent.parent
_ALLOCATIONS_BETWEEN_COLLECTIONS = 10_000  # a message makes thousands, nearly none of them in cycles

type Load = Callable[[], Awaitable[AbstractAsyncContextManager[Planner]]]

logger = logging.getLogger(__name__)


@runtime_checkable
class Degradable(Protocol):
    """A planner that knows which of the servers it depends on are failing."""

    @property
    def degraded(self) -> tuple[str, ...]: ...


class Engine:
    """What is asked before the planner is there waits for it."""

    def __init__(self, load: Load, give_up: Callable[[], None], *, pauses: Sequence[float] = PAUSES) -> None:
        """`give_up` is called once, when no further try can help; whoever waits then goes on waiting."""
        self._load = load
        self._give_up = give_up
        self._pauses = pauses
        self._planner: asyncio.Future[Planner] = asyncio.get_running_loop().create_future()
        self._closing = asyncio.Event()
        self.failure: str | None = None
        self.has_given_up = False

    @property
    def is_ready(self) -> bool:
        return self._planner.done()

    @property
    def degraded(self) -> tuple[str, ...]:
        planner = self._planner.result() if self.is_ready else None
        return planner.degraded if isinstance(planner, Degradable) else ()

    async def ready(self) -> None:
        await asyncio.shield(self._planner)

    async def answer(self, message: Message, history: Sequence[Turn]) -> AsyncGenerator[Progress | Delta]:
        planner = await asyncio.shield(self._planner)
        async with aclosing(planner.answer(message, history)) as updates:
            async for progress in updates:
                yield progress

    @asynccontextmanager
    async def loading(self) -> AsyncIterator[None]:
        owner = asyncio.create_task(self._own())
        try:
            yield
        finally:
            self._closing.set()
            if not self._planner.done():
                owner.cancel()
            await asyncio.gather(owner, return_exceptions=True)

    async def _own(self) -> None:
        for pause in (*self._pauses, None):
            try:
                await self._open()
                return
            except Exception as error:
                if self.is_ready:
                    logger.exception("the agents were not closed in order")
                    return
                self.failure = _told(error)
                logger.debug("the agents could not be loaded", exc_info=error)
                if pause is None or not isinstance(error, OSError):  # nothing else heals by waiting
                    break
            logger.warning("the agents could not be loaded, once more in %g s: %s", pause, self.failure)
            await asyncio.sleep(pause)
        logger.critical("the agents cannot be loaded, so this process ends: %s", self.failure)
        self.has_given_up = True
        self._give_up()

    async def _open(self) -> None:
        """Opens and closes the planner in one task, as its cancel scopes need."""
        async with asyncio.timeout(TRY_SECONDS) as deadline, await self._load() as planner:
            deadline.reschedule(None)
            gc.freeze()  # what was loaded stays; each full collection would walk through all of it
            gc.set_threshold(_ALLOCATIONS_BETWEEN_COLLECTIONS)
            self.failure = None
            self._planner.set_result(planner)
            await self._closing.wait()


def _told(error: BaseException) -> str:
    """Kind and place, not the text: nobody knows what is in it."""
    kind = type(error).__name__
    if isinstance(error, ImportError) and error.name:
        kind = f"{kind} of {error.name}"
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(_ROOT)]
    places = [frame for frame in ours if "site-packages" not in frame.filename and Path(frame.filename).suffix == ".py"]
    if not places or isinstance(error, TimeoutError):
        return kind
    return f"{kind} at {Path(places[-1].filename).relative_to(_ROOT)}:{places[-1].lineno}"
