"""A message that comes while another one of its conversation is open: refused, in its place, or answered with it."""

import asyncio
from dataclasses import replace

import pytest

from models.conversation import Role
from models.errors import ConversationBusy, InvalidMessage, QueueFull
from models.message import Message, MessageStatus
from models.submission import Accepted, IfBusy
from tests.doubles.planners import Echo, Failing, Held
from tests.unit.test_message_processor import ANNA, BILL, Office, office
from tests.waiting import settled

REJECT = replace(BILL, if_busy=IfBusy.REJECT)
REPLACE = replace(BILL, if_busy=IfBusy.REPLACE)


async def status(work: Office, message: Message) -> MessageStatus:
    return (await work.last(message)).status


async def test_reject_names_the_message_at_work() -> None:
    held = Held()
    async with office(held) as work:
        first = await work.send("first")
        await settled(lambda: held.begun == ["first"])
        await work.send("second")
        with pytest.raises(ConversationBusy) as busy:
            await work.processor.submit(REJECT)
        assert busy.value.message_id == first.id
        assert await work.total() == 2
        await work.processor.submit(replace(REJECT, conversation_id="d"))
        held.release("first", "second", "bill?")
        await work.processor.wake()
        await work.idle()
        await work.processor.submit(REJECT)


async def test_one_of_many_rejects_at_once_gets_in() -> None:
    async with office(Held()) as work:
        submitting = (work.processor.submit(REJECT) for _ in range(20))
        outcomes = await asyncio.gather(*submitting, return_exceptions=True)
        (accepted,) = [outcome for outcome in outcomes if isinstance(outcome, Accepted)]
        refused = [outcome for outcome in outcomes if isinstance(outcome, ConversationBusy)]
        assert {error.message_id for error in refused} == {accepted.message.id}
        assert len(refused) == 19


async def test_replace_cancels_what_is_open_and_is_answered() -> None:
    held = Held()
    async with office(held) as work:
        before = [await work.send(text) for text in ("first", "second", "third")]
        await settled(lambda: held.begun == ["first"])
        accepted = await work.processor.submit(REPLACE)
        await work.processor.wake()
        assert [await status(work, message) for message in before] == [MessageStatus.CANCELLED] * 3
        held.release("bill?")
        await work.idle()
        assert await status(work, accepted.message) is MessageStatus.COMPLETED
        assert held.begun == ["first", "bill?"]
        turns = await work.store.turns(ANNA, "c", limit=9)
        assert [turn.text for turn in turns] == ["bill?", "bill?"]


async def test_of_many_replacing_at_once_one_is_left() -> None:
    held = Held()
    held.release("bill?")
    async with office(held) as work:
        first = await work.send("first")
        accepted = await asyncio.gather(*(work.processor.submit(REPLACE) for _ in range(20)))
        await work.processor.wake()
        await work.idle()
        ends = [await status(work, each.message) for each in accepted]
        assert sorted(ends) == [MessageStatus.CANCELLED] * 19 + [MessageStatus.COMPLETED]
        assert await status(work, first) is MessageStatus.CANCELLED


async def test_refused_replacement_cancels_nothing() -> None:
    held = Held()
    async with office(held, concurrent=1, queued=1) as work:
        first = await work.send("first")
        await settled(lambda: held.begun == ["first"])
        with pytest.raises(InvalidMessage):
            await work.processor.submit(replace(REPLACE, text="a" * 51))
        second = await work.send("second")
        with pytest.raises(QueueFull):
            await work.processor.submit(REPLACE)
        for message in (first, second):
            assert not (await status(work, message)).is_final


async def test_repeated_replacement_does_not_cancel_itself() -> None:
    held = Held()
    async with office(held) as work:
        first = await work.processor.submit(replace(REPLACE, key="k"))
        again = await work.processor.submit(replace(REPLACE, key="k"))
        assert (again.message.id, again.is_replay) == (first.message.id, True)
        assert await status(work, first.message) is MessageStatus.RECEIVED


async def burst(work: Office, held: Held, *texts: str) -> list[Message]:
    """Sent while a first message is at work."""
    await work.send("first")
    await settled(lambda: held.begun == ["first"])
    return [await work.send(text) for text in texts]


async def test_messages_that_wait_are_answered_as_one() -> None:
    held = Held()
    async with office(held, window=60) as work:
        one, two, three = await burst(work, held, "one", "two", "three")
        held.release("first", "one\ntwo\nthree")
        await work.idle()
        assert held.begun == ["first", "one\ntwo\nthree"]
        assert (await work.last(one)).progress.result == "one\ntwo\nthree"
        for merged in (two, three):
            last = await work.last(merged)
            assert last.status is MessageStatus.COMPLETED
            assert last.progress.details == {"kind": "merged", "answered_by": one.id}
        turns = await work.store.turns(ANNA, "c", limit=9)
        assert [turn.text for turn in turns if turn.role is Role.USER] == ["first", "one\ntwo\nthree"]
        assert work.processor.waiting == 0


async def test_merged_messages_keep_their_place_until_the_answer() -> None:
    held = Held()
    async with office(held, window=60) as work:
        one, two = await burst(work, held, "one", "two")
        held.release("first")
        await settled(lambda: held.begun == ["first", "one\ntwo"])
        place = await work.processor.place(two)
        assert place is not None
        assert place.before_in_conversation == 1
        assert await work.processor.place(one) is None
        held.release("one\ntwo")
        await work.idle()
        assert await work.processor.place(two) is None


async def test_merged_message_that_is_cancelled_stays_cancelled() -> None:
    held = Held()
    async with office(held, window=60) as work:
        one, two, three = await burst(work, held, "one", "two", "three")
        held.release("first")
        await settled(lambda: len(held.begun) == 2)
        await work.processor.cancel(two.id, ANNA)
        held.release("one\ntwo\nthree")
        await work.idle()
        ends = [await status(work, message) for message in (one, two, three)]
        assert ends == [MessageStatus.COMPLETED, MessageStatus.CANCELLED, MessageStatus.COMPLETED]
        said = await work.store.turns(ANNA, one.conversation_id, limit=9)
        assert [turn.text for turn in said if turn.role is Role.USER] == ["first", "one\nthree"]


async def test_others_are_answered_on_their_own_when_the_first_is_cancelled() -> None:
    held = Held()
    async with office(held, window=60) as work:
        one, two, three = await burst(work, held, "one", "two", "three")
        held.release("first", "two\nthree")
        await settled(lambda: len(held.begun) == 2)
        await work.processor.cancel(one.id, ANNA)
        await work.idle()
        assert held.begun == ["first", "one\ntwo\nthree", "two\nthree"]
        assert (await work.last(two)).progress.result == "two\nthree"
        assert (await work.last(three)).progress.details == {"kind": "merged", "answered_by": two.id}


async def test_others_are_answered_on_their_own_when_the_first_fails() -> None:
    async with office(Failing(RuntimeError("broken")), window=60) as work:
        messages = [await work.processor.submit(replace(BILL, text=text)) for text in ("one", "Hello")]
        await work.processor.wake()
        await work.idle()
        ends = [await status(work, accepted.message) for accepted in messages]
        assert ends == [MessageStatus.FAILED, MessageStatus.COMPLETED]


async def test_text_that_would_be_too_long_is_the_next_turn() -> None:
    held = Held()
    async with office(held, window=60) as work:
        await burst(work, held, "a" * 30, "b" * 19, "c")
        held.release("first", "a" * 30 + "\n" + "b" * 19, "c")
        await work.idle()
        assert held.begun == ["first", "a" * 30 + "\n" + "b" * 19, "c"]


@pytest.mark.parametrize("window", [0, 0.000001])
async def test_messages_further_apart_than_the_window_are_turns_of_their_own(window: float) -> None:
    echo = Echo()
    async with office(echo, window=window) as work:
        for text in ("one", "two", "three"):
            await work.processor.submit(replace(BILL, text=text))
        await work.processor.wake()
        await work.idle()
        assert [text for text, _ in echo.asked] == ["one", "two", "three"]
