"""From received to exactly one final update, whatever happens on the way."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from models.clock import utc_now
from models.conversation import Role, Turn
from models.errors import AnswerFailed, MessageIsFinal, MessageNotFound
from models.message import Delta, Details, ErrorCode, Message, MessageStatus, Progress, Update
from models.principal import Principal
from process.worker import TURNS_TO_MODEL, Worker
from storage.memory import MemoryStore
from tests.doubles.planners import Answering, Echo, Endless, Failing, Held, Planner, Speechless, Talkative, completed
from tests.waiting import settled

ANNA = Principal(tenant="default", customer_id="anna")
SECRET = "password hunter2 in /etc/secret"


@dataclass
class Desk:
    """A store with one message in it."""

    store: MemoryStore = field(default_factory=lambda: MemoryStore(max_messages=100))
    told: list[Delta] = field(default_factory=list)

    async def add(self, text: str = "bill?", message_id: str = "m1") -> Message:
        message = Message(
            id=message_id,
            conversation_id="c",
            owner=ANNA,
            text=text,
            status=MessageStatus.RECEIVED,
            received_at=utc_now(),
        )
        await self.store.add(message, Progress(status=MessageStatus.RECEIVED, result="Received"))
        return message

    def worker(self, planner: Planner, timeout: float = 5) -> Worker:
        return Worker(self.store, planner, timeout=timeout, tell=lambda message, delta: self.told.append(delta))

    async def turns(self) -> list[Turn]:
        return list(await self.store.turns(ANNA, "c", limit=100))

    async def last(self, message_id: str = "m1") -> Update:
        updates = await self.store.updates(message_id)
        assert [update.status.is_final for update in updates[:-1]] == [False] * (len(updates) - 1)
        return updates[-1]


@pytest.fixture
async def desk() -> Desk:
    desk = Desk()
    await desk.add()
    return desk


async def test_answer_is_saved_step_by_step(desk: Desk) -> None:
    await desk.worker(Echo()).process("m1")
    updates = await desk.store.updates("m1")
    assert [update.progress.result for update in updates] == ["Received", "Thinking", "bill?"]
    assert (await desk.last()).status is MessageStatus.COMPLETED
    assert (await desk.store.get("m1")).attempt == 1


async def test_question_and_answer_become_turns(desk: Desk) -> None:
    await desk.worker(Echo()).process("m1")
    assert await desk.turns() == [Turn(Role.USER, "bill?"), Turn(Role.ASSISTANT, "bill?")]


async def test_planner_is_told_what_was_said_before(desk: Desk) -> None:
    echo = Echo()
    for number in range(12):
        await desk.add(f"question {number}", f"n{number}")
        await desk.worker(echo).process(f"n{number}")
    text, history = echo.asked[-1]
    assert text == "question 11"
    assert len(history) == TURNS_TO_MODEL
    assert history[-2:] == (Turn(Role.USER, "question 10"), Turn(Role.ASSISTANT, "question 10"))


@pytest.mark.parametrize("code", ErrorCode)
async def test_named_failure_ends_with_its_code_and_sentence(desk: Desk, code: ErrorCode) -> None:
    await desk.worker(Failing(AnswerFailed(code))).process("m1")
    last = await desk.last()
    assert (last.status, last.progress.error_code) == (MessageStatus.FAILED, code)
    assert last.progress.result == code.sentence
    assert await desk.turns() == []


async def test_failure_tells_what_was_spent_on_it(desk: Desk) -> None:
    spent: Details = {"usage": {"prompt_tokens": 700, "completion_tokens": 20, "model_calls": 2}}
    await desk.worker(Failing(AnswerFailed(ErrorCode.BAD_MODEL_OUTPUT, spent))).process("m1")
    assert (await desk.last()).progress.details == {"kind": "failure", **spent}


async def test_unexpected_error_is_logged_and_told_to_nobody(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        await desk.worker(Failing(ValueError(SECRET))).process("m1")
    last = await desk.last()
    assert last.progress.error_code is ErrorCode.INTERNAL
    assert SECRET not in str(last.progress)
    assert "m1" in caplog.text
    assert "ValueError" in caplog.text


@pytest.mark.parametrize("planner", [Endless(), Held()], ids=["endless", "silent"])
async def test_planner_that_takes_too_long_is_ended(desk: Desk, planner: Planner) -> None:
    await desk.worker(planner, timeout=0.05).process("m1")
    assert (await desk.last()).progress.error_code is ErrorCode.DEADLINE_EXCEEDED
    assert await desk.turns() == []


async def test_planner_is_closed_when_its_time_is_over(desk: Desk) -> None:
    held = Held()
    await desk.worker(held, timeout=0.05).process("m1")
    assert held.ended == ["bill?"]


async def test_timeout_inside_the_planner_is_not_the_deadline(desk: Desk) -> None:
    """A planner names its own timeouts; one that it forgot to name is still an end."""
    await desk.worker(Failing(TimeoutError())).process("m1")
    assert (await desk.last()).status is MessageStatus.FAILED


async def test_planner_without_a_final_word_has_failed(desk: Desk) -> None:
    await desk.worker(Speechless()).process("m1")
    assert (await desk.last()).progress.error_code is ErrorCode.INTERNAL


async def test_first_final_word_counts(desk: Desk) -> None:
    talkative = Talkative()
    await desk.worker(talkative).process("m1")
    assert (await desk.last()).progress.result == "That is all"
    assert not talkative.went_on


async def test_worker_that_is_cancelled_says_so_first(desk: Desk) -> None:
    held = Held()
    task = asyncio.create_task(desk.worker(held).process("m1"))
    await settled(lambda: held.begun == ["bill?"])
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await desk.last()).progress.error_code is ErrorCode.WORKER_LOST
    assert held.ended == ["bill?"]


async def test_late_answer_never_overwrites_a_cancelled_message(desk: Desk) -> None:
    held = Held()
    task = asyncio.create_task(desk.worker(held).process("m1"))
    await settled(lambda: held.begun == ["bill?"])
    await desk.store.append("m1", Progress(status=MessageStatus.CANCELLED, result="Cancelled"))
    held.release("bill?")
    await task
    assert (await desk.last()).status is MessageStatus.CANCELLED
    assert await desk.turns() == []


async def test_stopped_work_ends_at_once(desk: Desk) -> None:
    held = Held()
    worker = desk.worker(held, timeout=60)
    task = asyncio.create_task(worker.process("m1"))
    await settled(lambda: held.begun == ["bill?"])
    await desk.store.append("m1", Progress(status=MessageStatus.CANCELLED, result="Cancelled"))
    worker.stop("m1")
    await asyncio.wait_for(task, 5)
    assert held.ended == ["bill?"]
    assert (await desk.last()).status is MessageStatus.CANCELLED


async def test_stopping_what_is_not_at_work_is_harmless(desk: Desk) -> None:
    worker = desk.worker(Echo())
    worker.stop("m1")
    await worker.process("m1")
    worker.stop("m1")
    assert (await desk.last()).status is MessageStatus.COMPLETED


@pytest.mark.parametrize("ending", ["cancelled", "erased"])
async def test_message_that_ended_before_its_turn_is_left_alone(desk: Desk, ending: str) -> None:
    if ending == "cancelled":
        await desk.store.append("m1", Progress(status=MessageStatus.CANCELLED, result="Cancelled"))
    else:
        await desk.store.erase((ANNA, "c"))
    echo = Echo()
    await desk.worker(echo).process("m1")
    assert echo.asked == []


async def test_message_that_is_erased_while_it_is_worked_on_stays_erased(desk: Desk) -> None:
    held = Held()
    task = asyncio.create_task(desk.worker(held).process("m1"))
    await settled(lambda: held.begun == ["bill?"])
    await desk.store.erase((ANNA, "c"))
    held.release("bill?")
    await task
    with pytest.raises(MessageNotFound):
        await desk.store.get("m1")
    assert await desk.turns() == []


class Writing:
    """Writes its answer in pieces."""

    async def answer(self, message: Message, history: Sequence[Turn]) -> Answering:
        yield Progress(result="Thinking")
        for word in ("Your ", "bill"):
            yield Delta(word, "EchoAgent")
        yield completed("Your bill")


async def test_pieces_of_an_answer_are_told_and_not_kept(desk: Desk) -> None:
    await desk.worker(Writing()).process("m1")
    assert [delta.text for delta in desk.told] == ["Your ", "bill"]
    assert [update.progress.result for update in await desk.store.updates("m1")] == [
        "Received",
        "Thinking",
        "Your bill",
    ]


async def test_final_message_accepts_nothing_more(desk: Desk) -> None:
    await desk.worker(Echo()).process("m1")
    with pytest.raises(MessageIsFinal):
        await desk.store.append("m1", Progress(result="late"))


async def test_attempt_that_was_taken_for_lost_changes_nothing_when_it_goes_on(desk: Desk) -> None:
    held = Held()
    worker = Worker(desk.store, held, timeout=5, max_attempts=2)
    async with asyncio.TaskGroup() as attempts:
        attempts.create_task(worker.process("m1", after=0))
        await settled(lambda: len(held.begun) == 1)
        attempts.create_task(worker.process("m1", after=1))
        await settled(lambda: len(held.begun) == 2)
        held.release("bill?")
    updates = await desk.store.updates("m1")
    assert [update.status.is_final for update in updates] == [False] * (len(updates) - 1) + [True]
    assert [update.progress.details for update in updates if update.progress.details] == [
        {"kind": "worker_lost", "attempt": 1}
    ]
    assert len(await desk.turns()) == 2


async def test_message_is_not_begun_more_often_than_allowed(desk: Desk) -> None:
    await desk.store.begin("m1")
    await desk.store.begin("m1")
    await Worker(desk.store, Echo(), timeout=5, max_attempts=2).process("m1")
    assert (await desk.last()).progress.error_code is ErrorCode.WORKER_LOST


async def test_interrupted_message_stays_open_while_it_may_be_begun_again(desk: Desk) -> None:
    held = Held()
    worker = Worker(desk.store, held, timeout=5, max_attempts=2)
    for begun in (1, 2):
        attempt = asyncio.create_task(worker.process("m1"))
        await settled(lambda begun=begun: len(held.begun) == begun)  # type: ignore[misc]
        attempt.cancel()
        await asyncio.gather(attempt, return_exceptions=True)
        assert (await desk.store.get("m1")).status.is_final is (begun == 2)
    assert (await desk.last()).progress.error_code is ErrorCode.WORKER_LOST
