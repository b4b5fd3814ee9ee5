"""Cancelling: final at once, the work stops, the next message begins, and nothing of it is left."""

import asyncio
import random
from collections.abc import AsyncGenerator, Sequence

import pytest

from models.conversation import Role, Turn
from models.errors import ConversationNotFound, MessageIsFinal, MessageNotFound
from models.message import Message, MessageStatus, Progress
from tests.doubles.scripted_planner import ScriptedPlanner
from tests.doubles.small_service import CLIENT, OWNER, PATIENCE, STRANGER, small_service
from tests.waiting import settled

CANCELLED, COMPLETED = MessageStatus.CANCELLED, MessageStatus.COMPLETED


async def test_a_waiting_message_is_cancelled_at_once_and_never_begun() -> None:
    planner = ScriptedPlanner()
    async with small_service(planner) as service:
        first, second, third = [await service.send(hang=0.05) for _ in range(3)]
        await settled(lambda: planner.begun == [first.id])
        cancelled = await service.processor.cancel(second.id, OWNER)
        assert cancelled.status is CANCELLED
        assert service.processor.waiting == 1
        assert (await service.final(third)).status is COMPLETED
        assert planner.begun == [first.id, third.id]
        assert [update.status for update in await service.updates(second)] == [MessageStatus.RECEIVED, CANCELLED]


async def test_a_running_message_stops_and_the_next_one_begins_at_once() -> None:
    planner = ScriptedPlanner()
    async with small_service(planner) as service:
        first = await service.send(steps=1, hang=60)
        second = await service.send(steps=0)
        await service.until(first, 2)
        async with asyncio.timeout(1):
            await service.processor.cancel(first.id, OWNER)
            assert (await service.final(second)).status is COMPLETED
        assert planner.ended == [first.id, second.id]
        assert (await service.updates(first))[-1].status is CANCELLED


async def test_a_cancelled_message_leaves_nothing_in_the_history() -> None:
    async with small_service() as service:
        first = await service.send(steps=1, hang=60)
        await service.until(first, 2)
        await service.processor.cancel(first.id, OWNER)
        second = await service.send(text="Hello")
        assert (await service.final(second)).progress.result == "answer after 0 turns"
        turns = await service.store.turns(OWNER, "conversation", limit=10)
        assert turns == (Turn(Role.USER, "Hello"), Turn(Role.ASSISTANT, "answer after 0 turns"))


async def test_cancelling_again_changes_nothing() -> None:
    async with small_service() as service:
        message = await service.send(hang=60)
        first = await service.processor.cancel(message.id, OWNER)
        assert await service.processor.cancel(message.id, OWNER) == first
        assert [update.status.is_final for update in await service.updates(message)].count(True) == 1


async def test_a_final_message_cannot_be_cancelled() -> None:
    async with small_service() as service:
        message = await service.send()
        await service.final(message)
        with pytest.raises(MessageIsFinal):
            await service.processor.cancel(message.id, OWNER)
        assert (await service.store.get(message.id)).status is COMPLETED


async def test_a_message_of_somebody_else_cannot_be_cancelled() -> None:
    async with small_service() as service:
        message = await service.send(hang=60)
        with pytest.raises(MessageNotFound):
            await service.processor.cancel(message.id, STRANGER)
        assert not (await service.store.get(message.id)).status.is_final


class Deaf:
    """Answers although it was cancelled."""

    async def answer(self, message: Message, history: Sequence[Turn]) -> AsyncGenerator[Progress]:
        yield Progress(result="begun")
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            yield Progress(status=COMPLETED, result="the late answer")


async def test_a_late_answer_does_not_overwrite() -> None:
    async with small_service(Deaf()) as service:
        first = await service.send()
        second = await service.send()
        await service.until(first, 2)
        await service.processor.cancel(first.id, OWNER)
        await service.until(second, 2)
        assert (await service.updates(first))[-1].status is CANCELLED
        assert await service.store.turns(OWNER, "conversation", limit=10) == ()


async def test_messages_cancelled_at_random_moments_end_once_and_stay_so() -> None:
    planner = ScriptedPlanner()
    chance = random.Random(5)
    async with small_service(planner, hands=40) as service:
        messages = [await service.send(f"conversation-{n % 60}", steps=5, every=0.01) for n in range(100)]

        async def cancel(message: Message) -> bool:
            await asyncio.sleep(chance.uniform(0, 0.15))
            try:
                return (await service.processor.cancel(message.id, OWNER)).status is CANCELLED
            except MessageIsFinal:
                return False

        outcomes = await asyncio.gather(*map(cancel, messages))
        await settled(lambda: service.processor.is_idle)
        assert {True, False} == set(outcomes)
        for message, was_cancelled in zip(messages, outcomes, strict=True):
            updates = await service.updates(message)
            assert [update.sequence for update in updates] == list(range(1, len(updates) + 1))
            assert [update.status.is_final for update in updates] == [False] * (len(updates) - 1) + [True]
            assert updates[-1].status is (CANCELLED if was_cancelled else COMPLETED)
        assert sorted(planner.begun) == sorted(planner.ended)


async def test_erasing_a_conversation_stops_its_work_and_forgets_all_of_it() -> None:
    planner = ScriptedPlanner()
    async with small_service(planner) as service:
        done = await service.send()
        await service.final(done)
        running = await service.send(steps=1, hang=60)
        waiting = await service.send()
        other = await service.send("another conversation", steps=1, hang=60)
        await service.until(running, 2)
        await service.until(other, 2)
        await service.processor.erase(OWNER, "conversation")
        await settled(lambda: running.id in planner.ended)
        for message in (done, running, waiting):
            with pytest.raises(MessageNotFound):
                await service.store.get(message.id)
        with pytest.raises(ConversationNotFound):
            await service.processor.conversation(OWNER, "conversation", limit=10)
        with pytest.raises(ConversationNotFound):
            await service.processor.erase(OWNER, "conversation")
        assert await service.store.turns(OWNER, "conversation", limit=10) == ()
        assert waiting.id not in planner.begun
        assert (service.processor.waiting, service.processor.at_work) == (0, 1)
        again = await service.send()
        assert (await service.final(again)).progress.result == "answer after 0 turns"


async def test_a_reader_who_goes_away_does_not_disturb_the_work() -> None:
    async with small_service() as service, asyncio.timeout(PATIENCE):
        message = await service.send(steps=20, every=0.002, deltas=3)
        for after in range(20):
            async with service.following.message(message.id, after=after, client=CLIENT) as events:
                await anext(events)
        assert (await service.final(message)).status is COMPLETED
        assert len(await service.updates(message)) == 22
