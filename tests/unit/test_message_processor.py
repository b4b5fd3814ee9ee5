"""Accepts, orders, bounds, cancels and drains, with small planners in place of the agents."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from models.clock import utc_now
from models.errors import (
    ConversationNotFound,
    InvalidMessage,
    KeyReused,
    MessageIsFinal,
    MessageNotFound,
    QueueFull,
    ShuttingDown,
)
from models.message import ErrorCode, Message, MessageStatus, Update
from models.page import MessageFilter
from models.principal import Principal
from models.submission import Submission
from process.local_queue import LocalQueue
from process.merging import Merging
from process.message_processor import Limits, MessageProcessor
from process.worker import Worker
from storage.memory import MemoryStore
from tests.doubles.planners import Echo, Held, Planner
from tests.waiting import settled

ANNA = Principal(tenant="default", customer_id="anna")
BEN = Principal(tenant="default", customer_id="ben")
BILL = Submission(text="bill?", conversation_id="c", owner=ANNA)


class Office:
    """A processor at work."""

    def __init__(
        self, planner: Planner, *, concurrent: int = 8, queued: int = 100, ttl: float = 3600, window: float = 0
    ) -> None:
        self.store = MemoryStore(max_messages=1_000)
        merging = Merging(self.store, window=window, max_length=50)
        worker = Worker(self.store, planner, timeout=30, merging=merging)
        limits = Limits(max_message_length=50, max_queued_messages=queued, message_ttl=ttl)
        queue = LocalQueue(self.store, worker, concurrency=concurrent)
        self.processor = MessageProcessor(self.store, queue, limits)

    async def send(self, text: str, conversation_id: str = "c", owner: Principal = ANNA) -> Message:
        submission = Submission(text=text, conversation_id=conversation_id, owner=owner)
        accepted = await self.processor.submit(submission)
        await self.processor.wake()
        return accepted.message

    async def idle(self) -> None:
        await settled(lambda: self.processor.is_idle)

    async def last(self, message: Message) -> Update:
        return (await self.store.updates(message.id))[-1]

    async def total(self, owner: Principal = ANNA) -> int:
        return (await self.store.page(MessageFilter(owner=owner), limit=1)).total


@asynccontextmanager
async def office(
    planner: Planner, *, concurrent: int = 8, queued: int = 100, ttl: float = 3600, window: float = 0
) -> AsyncIterator[Office]:
    opened = Office(planner, concurrent=concurrent, queued=queued, ttl=ttl, window=window)
    async with opened.processor.running():
        yield opened


async def test_message_is_stored_before_it_is_accepted() -> None:
    async with office(Held()) as work:
        message = (await work.processor.submit(BILL)).message
        assert message.status is MessageStatus.RECEIVED
        assert await work.processor.get(message.id, ANNA) == message
        (update,) = await work.processor.updates(message.id, ANNA)
        assert update.progress.result == "Message received and sent to the agent."


async def test_message_is_answered() -> None:
    async with office(Echo()) as work:
        message = await work.send("bill?")
        await work.idle()
        assert (await work.last(message)).progress.result == "bill?"


async def test_burst_in_one_conversation_is_answered_in_order_with_its_history() -> None:
    echo = Echo()
    async with office(echo) as work:
        for number in range(50):
            await work.send(f"question {number}")
        await work.idle()
        texts = [text for text, _ in echo.asked]
        assert texts == [f"question {number}" for number in range(50)]
        conversation = await work.processor.conversation(ANNA, "c", limit=100)
        said = [turn.text for turn in conversation.turns]
        assert said == [text for text in texts for _ in range(2)]


async def test_same_conversation_id_of_two_owners_is_worked_on_at_once() -> None:
    held = Held()
    async with office(held) as work:
        await work.send("of Anna", owner=ANNA)
        await work.send("of Ben", owner=BEN)
        await settled(lambda: len(held.begun) == 2)
        held.release("of Anna", "of Ben")
        await work.idle()


@pytest.mark.parametrize("owner", [BEN, Principal(tenant="other", customer_id="anna")])
async def test_foreign_message_is_as_unknown_as_any(owner: Principal) -> None:
    async with office(Echo()) as work:
        message = await work.send("bill?")
        await work.idle()
        with pytest.raises(MessageNotFound):
            await work.processor.get(message.id, owner)
        with pytest.raises(MessageNotFound):
            await work.processor.updates(message.id, owner)
        with pytest.raises(MessageNotFound):
            await work.processor.cancel(message.id, owner)
        with pytest.raises(ConversationNotFound):
            await work.processor.conversation(owner, "c", limit=10)
        with pytest.raises(ConversationNotFound):
            await work.processor.erase(owner, "c")
        assert (await work.processor.page(MessageFilter(owner=owner), limit=10)).total == 0


async def test_message_that_is_too_long_is_refused() -> None:
    async with office(Echo()) as work:
        await work.send("é" * 50)
        with pytest.raises(InvalidMessage):
            await work.send("é" * 51)
        assert await work.total() == 1


async def test_full_queue_refuses_and_stores_nothing() -> None:
    held = Held()
    async with office(held, concurrent=1, queued=3) as work:
        await work.send("first")
        await settled(lambda: held.begun == ["first"])
        for number in range(3):
            await work.send("waiting", f"c{number}")
        with pytest.raises(QueueFull):
            await work.send("too many", "d")
        assert await work.total() == 4
        held.release("first", "waiting")
        await work.idle()
        await work.send("waiting", "d")
        await work.idle()


async def test_message_whose_background_task_was_lost_is_answered_all_the_same() -> None:
    async with office(Echo()) as work:
        await work.processor.submit(BILL)
        await work.idle()


async def test_waiting_message_can_be_cancelled() -> None:
    held = Held()
    async with office(held) as work:
        await work.send("first")
        second = await work.send("second")
        await settled(lambda: held.begun == ["first"])
        assert (await work.processor.cancel(second.id, ANNA)).status is MessageStatus.CANCELLED
        assert work.processor.waiting == 0
        held.release("first")
        await work.idle()
        assert held.begun == ["first"]


async def test_message_at_work_can_be_cancelled_and_the_next_one_begins() -> None:
    held = Held()
    async with office(held) as work:
        first = await work.send("first")
        await work.send("second")
        await settled(lambda: held.begun == ["first"])
        await work.processor.cancel(first.id, ANNA)
        await settled(lambda: held.begun == ["first", "second"])
        assert held.ended == ["first"]
        held.release("first", "second")
        await work.idle()
        assert (await work.last(first)).status is MessageStatus.CANCELLED
        conversation = await work.processor.conversation(ANNA, "c", limit=10)
        assert [turn.text for turn in conversation.turns] == ["second", "second"]


async def test_cancelling_twice_is_cancelling_once() -> None:
    async with office(Held()) as work:
        message = await work.send("bill?")
        await work.processor.cancel(message.id, ANNA)
        assert (await work.processor.cancel(message.id, ANNA)).status is MessageStatus.CANCELLED
        assert sum(update.status.is_final for update in await work.store.updates(message.id)) == 1


async def test_answered_message_cannot_be_cancelled() -> None:
    async with office(Echo()) as work:
        message = await work.send("bill?")
        await work.idle()
        with pytest.raises(MessageIsFinal):
            await work.processor.cancel(message.id, ANNA)
        assert (await work.last(message)).status is MessageStatus.COMPLETED


async def test_erased_conversation_is_gone_with_what_was_at_work() -> None:
    held = Held()
    async with office(held) as work:
        await work.send("first")
        await work.send("second")
        await work.send("of another", "d")
        await settled(lambda: len(held.begun) == 2)
        await work.processor.erase(ANNA, "c")
        assert await work.total() == 1
        with pytest.raises(ConversationNotFound):
            await work.processor.conversation(ANNA, "c", limit=10)
        held.release("first", "second", "of another")
        await work.idle()
        assert await work.total() == 1
        assert "second" not in held.begun


async def test_place_is_told_while_a_message_waits() -> None:
    held = Held()
    async with office(held) as work:
        first = await work.send("first")
        second = await work.send("second")
        await settled(lambda: held.begun == ["first"])
        place = await work.processor.place(second)
        assert place is not None
        assert place.before_in_conversation == 1
        assert await work.processor.place(first) is None
        held.release("first", "second")
        await work.idle()
        assert await work.processor.place(second) is None


async def test_draining_refuses_new_messages_and_finishes_the_accepted() -> None:
    held = Held()
    async with office(held, concurrent=1) as work:
        messages = [await work.send(text) for text in ("first", "second")]
        await settled(lambda: held.begun == ["first"])
        draining = asyncio.create_task(work.processor.drain(grace=30))
        await settled(lambda: work.processor.is_draining)
        with pytest.raises(ShuttingDown):
            await work.send("third")
        assert not draining.done()
        held.release("first", "second")
        await draining
        assert [(await work.last(message)).status for message in messages] == [MessageStatus.COMPLETED] * 2
        assert await work.total() == 2


async def test_repeated_request_is_answered_while_new_ones_are_refused() -> None:
    held = Held()
    repeated = replace(BILL, key="key-1")
    async with office(held, concurrent=1, queued=1) as work:
        first = await work.processor.submit(repeated)
        assert not first.is_replay
        with pytest.raises(QueueFull):
            await work.send("second")
        assert (await work.processor.submit(repeated)).is_replay
        await work.processor.wake()
        draining = asyncio.create_task(work.processor.drain(grace=30))
        await settled(lambda: work.processor.is_draining)
        again = await work.processor.submit(repeated)
        assert (again.message.id, again.is_replay) == (first.message.id, True)
        with pytest.raises(KeyReused):
            await work.processor.submit(replace(repeated, text="another"))
        with pytest.raises(ShuttingDown):
            await work.processor.submit(replace(BILL, key="key-2"))
        held.release("bill?")
        await draining
        assert await work.total() == 1


async def test_hundred_identical_requests_at_once_are_worked_on_once() -> None:
    echo = Echo()
    async with office(echo) as work:
        accepted = await asyncio.gather(*(work.processor.submit(replace(BILL, key="k")) for _ in range(100)))
        await work.processor.wake()
        await work.idle()
        assert len({each.message.id for each in accepted}) == 1
        assert sum(not each.is_replay for each in accepted) == 1
        assert [text for text, _ in echo.asked] == ["bill?"]


async def test_what_the_grace_is_too_short_for_ends_failed() -> None:
    held = Held()
    async with office(held, concurrent=1) as work:
        messages = [await work.send(text) for text in ("first", "second")]
        await settled(lambda: held.begun == ["first"])
        await work.processor.drain(grace=0.01)
        codes = [(await work.last(message)).progress.error_code for message in messages]
        assert codes == [ErrorCode.WORKER_LOST] * 2
        held.release("first", "second")
    assert [(await work.last(message)).status for message in messages] == [MessageStatus.FAILED] * 2
    assert "second" not in held.begun


async def test_end_without_draining_leaves_no_message_open() -> None:
    held = Held()
    async with office(held, concurrent=1) as work:
        messages = [await work.send(text, text) for text in ("first", "second")]
        await settled(lambda: held.begun == ["first"])
    for message in messages:
        updates = await work.store.updates(message.id)
        assert updates[-1].progress.error_code is ErrorCode.WORKER_LOST
        assert sum(update.status.is_final for update in updates) == 1
    assert list(await work.store.open_messages()) == []


async def test_finished_messages_are_forgotten_after_their_time() -> None:
    async with office(Echo(), ttl=0.01) as work:
        message = await work.send("bill?")
        await work.idle()

        async with asyncio.timeout(10):
            while await work.total():  # noqa: ASYNC110 - maintenance tells nobody
                await asyncio.sleep(0.05)
        with pytest.raises(MessageNotFound):
            await work.processor.get(message.id, ANNA)


async def test_times_of_updates_are_in_utc_and_in_order() -> None:
    async with office(Echo()) as work:
        message = await work.send("bill?")
        await work.idle()
        times = [update.processed_at for update in await work.store.updates(message.id)]
        assert times == sorted(times)
        assert all(time.utcoffset() == timedelta(0) and time <= utc_now() for time in times)
