"""What a process does with its messages when the store is away for a moment."""

import asyncio
from typing import override

import pytest

from models.errors import StoreUnavailable
from models.message import Message, MessageStatus
from process.local_queue import LocalQueue
from process.worker import Worker
from storage.memory import MemoryStore
from tests.doubles.planners import Echo
from tests.unit.store_world import ANNA, OpenStore, World, memory, sqlite
from tests.waiting import settled

TIMEOUT = 0.3


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


@pytest.mark.parametrize(
    ("opened", "resumes", "end"), [(sqlite, True, MessageStatus.COMPLETED), (memory, False, MessageStatus.FAILED)]
)
async def test_time_for_loading_counts_only_where_no_later_process_could_answer(
    opened: OpenStore, resumes: bool, end: MessageStatus
) -> None:
    world, loading = World(), asyncio.create_task(asyncio.sleep(3 * TIMEOUT))

    async def ready() -> None:
        await asyncio.shield(loading)

    async with opened(world, 10) as world.store:
        left_open = await world.add("question", "c", ANNA)
        worker = Worker(world.store, Echo(), timeout=TIMEOUT, ready=ready)
        queue = LocalQueue(world.store, worker, concurrency=2, resumes=resumes)
        async with queue.working():
            await settled(lambda: queue.is_idle)
        assert (await world.store.get(left_open.id)).status is end
    await loading
