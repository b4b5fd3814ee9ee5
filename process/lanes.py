"""Order of work: one message at a time per conversation, oldest first, and a bounded number at once overall."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field


@dataclass(slots=True)
class _Lane:
    waiting: deque[str] = field(default_factory=deque)
    drained_by_somebody: bool = False


class Lanes:
    def __init__(self, work: Callable[[str], Awaitable[None]], *, concurrency: int) -> None:
        self._work = work
        self._slots = asyncio.Semaphore(concurrency)
        self._lanes: dict[Hashable, _Lane] = {}
        self._idle = asyncio.Event()
        self._idle.set()
        self.waiting = 0
        self.at_work = 0

    @property
    def is_idle(self) -> bool:
        return self._idle.is_set()

    async def wait_until_idle(self) -> None:
        await self._idle.wait()

    def enter(self, lane: Hashable, message_id: str) -> None:
        """Take the next place; the place is what counts, whenever `drain` comes."""
        self._lanes.setdefault(lane, _Lane()).waiting.append(message_id)
        self.waiting += 1
        self._idle.clear()

    async def drain(self, lane: Hashable) -> None:
        """Work the lane off, unless somebody is at it already.

        A slot is taken anew for every message, so a long lane takes its turn with all others.
        """
        line = self._lanes.get(lane)
        if line is None or line.drained_by_somebody:
            return
        line.drained_by_somebody = True
        try:
            while line.waiting:
                async with self._slots:
                    await self._work_on_next(line)
        finally:
            line.drained_by_somebody = False
            if not line.waiting:
                del self._lanes[lane]

    def abandoned(self) -> list[Hashable]:
        """Lanes in which messages wait and nobody works."""
        return [lane for lane, line in self._lanes.items() if line.waiting and not line.drained_by_somebody]

    async def _work_on_next(self, line: _Lane) -> None:
        message_id = line.waiting.popleft()
        self.waiting -= 1
        self.at_work += 1
        try:
            await self._work(message_id)
        finally:
            self.at_work -= 1
            if not self.waiting and not self.at_work:
                self._idle.set()
