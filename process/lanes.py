"""Order of work: one message at a time per conversation, oldest first, and a bounded number at once overall."""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Hashable
from contextvars import Context

from models.message import Place
from process.places import Durations, estimate_wait


class Lanes:
    """A lane is a conversation with messages to answer; after each message it goes to the end of the line of lanes."""

    def __init__(self, work: Callable[[str], Awaitable[None]], *, concurrency: int) -> None:
        self._work = work
        self._concurrency = concurrency
        self._lanes: dict[Hashable, deque[str]] = {}
        self._line: OrderedDict[Hashable, int] = OrderedDict()  # lanes that nobody works on, with their turns
        self._turns = 0
        self._durations = Durations()
        self._entered: dict[str, float] = {}  # messages that wait, oldest first
        self._runners: set[asyncio.Task[None]] = set()
        self._idle = asyncio.Event()
        self._idle.set()
        self.waiting = 0
        self.at_work = 0

    @property
    def oldest_waiting_seconds(self) -> float:
        oldest = next(iter(self._entered.copy().values()), None)  # metrics are read in another thread
        return 0.0 if oldest is None else time.monotonic() - oldest

    @property
    def is_idle(self) -> bool:
        return self._idle.is_set()

    async def wait_until_idle(self) -> None:
        await self._idle.wait()

    def enter(self, lane: Hashable, message_id: str) -> None:
        """Take the next place; work begins at the next `wake`."""
        if lane not in self._lanes:
            self._lanes[lane] = deque()
            self._stand_in_line(lane)
        self._lanes[lane].append(message_id)
        self._entered[message_id] = time.monotonic()
        self.waiting += 1
        self._idle.clear()

    def leave(self, lane: Hashable, message_id: str) -> None:
        """Give up the place; nothing happens to a message that is not waiting."""
        messages = self._lanes.get(lane, ())
        if message_id not in messages:
            return
        self._lanes[lane].remove(message_id)
        del self._entered[message_id]
        self.waiting -= 1
        if not messages and lane in self._line:
            del self._line[lane], self._lanes[lane]
        self._rest_if_idle()

    def place(self, lane: Hashable, message_id: str) -> Place | None:
        """None when the message is not waiting."""
        messages = self._lanes.get(lane, ())
        if message_id not in messages:
            return None
        return self._place(lane, messages.index(message_id), others=self.waiting - 1)

    def next_place(self, lane: Hashable) -> Place:
        """The place that `enter` would give."""
        return self._place(lane, len(self._lanes.get(lane, ())), others=self.waiting)

    def wake(self) -> None:
        """Have lanes in the line worked on, as far as there are hands; harmless when there is nothing to do."""
        for _ in range(min(len(self._line), self._concurrency - len(self._runners))):
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
        while self._line:
            lane, _ = self._line.popitem(last=False)
            try:
                await self._work_on(self._lanes[lane].popleft())
            finally:
                self._pass_on(lane)

    async def _work_on(self, message_id: str) -> None:
        del self._entered[message_id]
        self.waiting -= 1
        self.at_work += 1
        try:
            with self._durations.measured():
                await self._work(message_id)
        finally:
            self.at_work -= 1

    def _pass_on(self, lane: Hashable) -> None:
        if self._lanes[lane]:
            self._stand_in_line(lane)
        else:
            del self._lanes[lane]
        self._rest_if_idle()

    def _stand_in_line(self, lane: Hashable) -> None:
        self._line[lane] = self._turns
        self._turns += 1

    def _rest_if_idle(self) -> None:
        if not self.waiting and not self.at_work:
            self._idle.set()

    def _place(self, lane: Hashable, ahead: int, *, others: int) -> Place:
        """Lanes take turns, so each message ahead in the same lane lets one of every other lane pass as well."""
        turn = self._line.get(lane, self._turns)
        lanes_before = min(turn - next(iter(self._line.values()), turn), len(self._line))
        in_queue = min(lanes_before + ahead * len(self._lanes), others)
        in_conversation = ahead + (lane in self._lanes and lane not in self._line)
        return Place(
            before_in_conversation=in_conversation,
            before_in_queue=in_queue,
            estimated_wait_seconds=estimate_wait(
                in_conversation,
                in_queue,
                free_hands=self._concurrency - self.at_work,
                hands=self._concurrency,
                each=self._durations.usual,
            ),
        )
