"""What a process does with its messages when the store is away for a moment."""

from typing import override

from models.errors import StoreUnavailable
from models.message import Message
from process.local_queue import LocalQueue
from process.worker import Worker
from storage.memory import MemoryStore
from tests.doubles.planners import Echo
from tests.unit.store_world import ANNA, World
from tests.waiting import settled


class Away(MemoryStore):
    """Cannot be reached when the first message is to be begun."""

    times = 1

    @override
    async def begin(self, message_id: str, *, after: int | None = None) -> Message:
        if self.times:
            self.times -= 1
            raise StoreUnavailable
        return await super().begin(message_id, after=after)


async def test_message_that_the_store_kept_waiting_stays_before_those_that_came_later() -> None:
    world, echo = World(), Echo()
    world.store = Away(max_messages=10)
    first, second = await world.add("first", "c", ANNA), await world.add("second", "c", ANNA)
    queue = LocalQueue(world.store, Worker(world.store, echo, timeout=10), concurrency=2)
    async with queue.working():
        await settled(lambda: queue.is_idle)
    assert [text for text, _ in echo.asked] == [first.text, second.text]
