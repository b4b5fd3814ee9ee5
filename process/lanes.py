"""Order of work: one message at a time per conversation, oldest first, and a bounded number at once overall."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable
from contextvars import Context


class Lanes:
    """A lane is a conversation with messages to answer; after each message it goes to the end of the line of lanes."""

    def __init__(self, work: Callable[[str], Awaitable[None]], *, concurrency: int) -> None:
        self._work = work
        self._concurrency = concurrency
        self._lanes: dict[Hashable, deque[str]] = {}
        self._ready: deque[Hashable] = deque()
        self._runners: set[asyncio.Task[None]] = set()
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
        """Take the next place; work begins at the next `wake`."""
        if lane not in self._lanes:
            self._lanes[lane] = deque()
            self._ready.append(lane)
        self._lanes[lane].append(message_id)
        self.waiting += 1
        self._idle.clear()

    def wake(self) -> None:
        """Have ready lanes worked on, as far as there are hands; harmless when there is nothing to do."""
        for _ in range(min(len(self._ready), self._concurrency - len(self._runners))):
            # in a context of its own: what works on many messages must not carry the trace of one request
            runner = asyncio.create_task(self._run(), context=Context())
            self._runners.add(runner)
            runner.add_done_callback(self._runners.discard)

    async def stop(self) -> None:
        """Cancel what is at work; what waits stays where it is."""
        runners = list(self._runners)
        for runner in runners:
            runner.cancel()
        await asyncio.gather(*runners, return_exceptions=True)

    async def _run(self) -> None:
        while self._ready:
            lane = self._ready.popleft()
            try:
                await self._work_on(self._lanes[lane].popleft())
            finally:
                self._leave(lane)

    async def _work_on(self, message_id: str) -> None:
        self.waiting -= 1
        self.at_work += 1
        try:
            await self._work(message_id)
        finally:
            self.at_work -= 1

    def _leave(self, lane: Hashable) -> None:
        if self._lanes[lane]:
            self._ready.append(lane)
        else:
            del self._lanes[lane]
        if not self.waiting and not self.at_work:
            self._idle.set()
