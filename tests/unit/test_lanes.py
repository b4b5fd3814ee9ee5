"""One message at a time in a lane, in order; lanes take turns and never wait for each other."""

import asyncio
from collections import defaultdict

import pytest

from models.message import Place
from process.lanes import Lanes
from tests.waiting import settled


class Work:
    """Begins messages at once and ends each when it is let go."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.ended: list[str] = []
        self.cancelled: list[str] = []
        self.most_at_once = 0
        self._gates: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._all_free = False

    async def __call__(self, message_id: str) -> None:
        self.begun.append(message_id)
        self.most_at_once = max(self.most_at_once, len(self.at_work))
        try:
            await asyncio.sleep(0)
            if not self._all_free:
                await self._gates[message_id].wait()
        except asyncio.CancelledError:
            self.cancelled.append(message_id)
            raise
        if message_id.startswith("broken"):
            raise RuntimeError(message_id)
        self.ended.append(message_id)

    @property
    def at_work(self) -> list[str]:
        return [message_id for message_id in self.begun if message_id not in (*self.ended, *self.cancelled)]

    def release(self, message_id: str) -> None:
        self._gates[message_id].set()

    def release_all(self) -> None:
        self._all_free = True
        for gate in self._gates.values():
            gate.set()


@pytest.fixture
def work() -> Work:
    return Work()


def enter(lanes: Lanes, *message_ids: str) -> None:
    """A message's lane is its first letter."""
    for message_id in message_ids:
        lanes.enter(message_id[0], message_id)


async def idle(lanes: Lanes) -> None:
    await asyncio.wait_for(lanes.wait_until_idle(), 5)


async def test_lane_works_its_messages_off_in_order_one_at_a_time(work: Work) -> None:
    lanes = Lanes(work, concurrency=8)
    enter(lanes, *(f"a{number}" for number in range(20)))
    lanes.wake()
    await settled(lambda: work.begun == ["a0"])
    work.release_all()
    await idle(lanes)
    assert work.ended == [f"a{number}" for number in range(20)]
    assert work.most_at_once == 1


async def test_lanes_are_worked_on_at_the_same_time(work: Work) -> None:
    lanes = Lanes(work, concurrency=50)
    enter(lanes, *(f"{chr(0x4E00 + number)}1" for number in range(50)))
    lanes.wake()
    await settled(lambda: len(work.at_work) == 50)
    work.release_all()
    await idle(lanes)


async def test_no_more_than_the_allowed_number_is_at_work(work: Work) -> None:
    lanes = Lanes(work, concurrency=3)
    for number in range(30):
        enter(lanes, f"{chr(0x4E00 + number % 10)}{number}")
        lanes.wake()
    await settled(lambda: len(work.at_work) == 3)
    assert (lanes.at_work, lanes.waiting) == (3, 27)
    work.release_all()
    await idle(lanes)
    assert work.most_at_once == 3
    assert len(work.ended) == 30


async def test_slow_lane_does_not_hold_up_another(work: Work) -> None:
    lanes = Lanes(work, concurrency=2)
    enter(lanes, "a1", "a2", "b1", "b2")
    lanes.wake()
    work.release("b1")
    work.release("b2")
    await settled(lambda: work.ended == ["b1", "b2"])
    assert work.at_work == ["a1"]
    work.release_all()
    await idle(lanes)


async def test_long_lane_takes_turns_with_the_others(work: Work) -> None:
    lanes = Lanes(work, concurrency=1)
    enter(lanes, "a1", "a2", "a3", "b1", "b2", "c1")
    lanes.wake()
    work.release_all()
    await idle(lanes)
    assert work.ended == ["a1", "b1", "c1", "a2", "b2", "a3"]


async def test_nothing_begins_before_it_is_woken(work: Work) -> None:
    lanes = Lanes(work, concurrency=1)
    lanes.wake()
    enter(lanes, "a1")
    await asyncio.sleep(0)
    assert work.begun == []
    assert lanes.waiting == 1
    lanes.wake()
    lanes.wake()
    await settled(lambda: work.begun == ["a1"])
    work.release_all()
    await idle(lanes)
    assert work.ended == ["a1"]


async def test_message_that_comes_while_its_lane_is_worked_on_waits_its_turn(work: Work) -> None:
    lanes = Lanes(work, concurrency=4)
    enter(lanes, "a1")
    lanes.wake()
    await settled(lambda: work.begun == ["a1"])
    enter(lanes, "a2")
    lanes.wake()
    await asyncio.sleep(0.01)
    assert work.begun == ["a1"]
    work.release("a1")
    await settled(lambda: work.begun == ["a1", "a2"])
    work.release_all()
    await idle(lanes)


async def test_work_that_breaks_does_not_hold_up_what_is_behind_it(work: Work) -> None:
    lanes = Lanes(work, concurrency=1)
    lanes.enter("a", "broken")
    enter(lanes, "a1", "b1")
    lanes.wake()
    work.release_all()
    await settled(lambda: work.begun == ["broken"] and lanes.at_work == 0)
    await asyncio.sleep(0)
    lanes.wake()
    await idle(lanes)
    assert sorted(work.ended) == ["a1", "b1"]


async def test_message_that_leaves_is_not_worked_on(work: Work) -> None:
    lanes = Lanes(work, concurrency=1)
    enter(lanes, "a1", "a2", "a3", "b1")
    lanes.leave("a", "a2")
    lanes.leave("b", "b1")
    lanes.leave("a", "unknown")
    lanes.leave("z", "unknown")
    assert lanes.waiting == 2
    lanes.wake()
    work.release_all()
    await idle(lanes)
    assert work.ended == ["a1", "a3"]


async def test_message_at_work_cannot_leave(work: Work) -> None:
    lanes = Lanes(work, concurrency=1)
    enter(lanes, "a1")
    lanes.wake()
    await settled(lambda: work.begun == ["a1"])
    lanes.leave("a", "a1")
    assert lanes.at_work == 1
    work.release_all()
    await idle(lanes)
    assert work.ended == ["a1"]


async def test_idle_is_when_nothing_waits_and_nothing_is_at_work(work: Work) -> None:
    lanes = Lanes(work, concurrency=1)
    assert lanes.is_idle
    enter(lanes, "a1")
    assert not lanes.is_idle
    lanes.leave("a", "a1")
    assert lanes.is_idle
    enter(lanes, "a2")
    lanes.wake()
    await settled(lambda: work.begun == ["a2"])
    assert not lanes.is_idle
    work.release_all()
    await idle(lanes)
    assert (lanes.is_idle, lanes.waiting, lanes.at_work) == (True, 0, 0)


async def test_stop_cancels_what_is_at_work_and_leaves_the_rest_waiting(work: Work) -> None:
    lanes = Lanes(work, concurrency=2)
    enter(lanes, "a1", "a2", "b1", "c1")
    lanes.wake()
    await settled(lambda: len(work.at_work) == 2)
    await lanes.stop()
    assert sorted(work.cancelled) == ["a1", "b1"]
    assert work.ended == []
    assert (lanes.at_work, lanes.waiting) == (0, 2)


async def test_place_counts_who_is_before(work: Work) -> None:
    lanes = Lanes(work, concurrency=1)
    enter(lanes, "a1", "a2", "b1")
    assert lanes.place("a", "a1") == Place(before_in_conversation=0, before_in_queue=0, estimated_wait_seconds=None)
    assert lanes.place("a", "a2") == Place(before_in_conversation=1, before_in_queue=2, estimated_wait_seconds=None)
    assert lanes.place("b", "b1") == Place(before_in_conversation=0, before_in_queue=1, estimated_wait_seconds=None)
    assert lanes.place("b", "unknown") is None
    lanes.wake()
    await settled(lambda: work.begun == ["a1"])
    assert lanes.place("a", "a1") is None
    place = lanes.place("a", "a2")
    assert place is not None
    assert place.before_in_conversation == 1, "the one at work counts"
    work.release_all()
    await idle(lanes)


async def test_wait_is_estimated_once_something_was_measured(work: Work) -> None:
    lanes = Lanes(work, concurrency=1)
    enter(lanes, "a1")
    lanes.wake()
    await settled(lambda: work.begun == ["a1"])
    await asyncio.sleep(0.03)
    work.release("a1")
    await idle(lanes)
    enter(lanes, "a2", "a3")
    place = lanes.place("a", "a3")
    assert place is not None
    assert place.estimated_wait_seconds is not None
    assert place.estimated_wait_seconds >= 0.03


async def test_places_predict_the_order(work: Work) -> None:
    """Whoever is told to be n-th in the queue is worked on n-th, when nothing else comes."""
    lanes = Lanes(work, concurrency=1)
    message_ids = ["a1", "a2", "b1", "c1", "c2", "c3"]
    enter(lanes, *message_ids)
    places = {message_id: lanes.place(message_id[0], message_id) for message_id in message_ids}
    lanes.wake()
    work.release_all()
    await idle(lanes)
    for message_id, place in places.items():
        assert place is not None
        assert place.before_in_queue >= work.ended.index(message_id)
