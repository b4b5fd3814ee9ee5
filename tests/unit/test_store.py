"""What every store promises. A store is a factory here: one more line in STORES, and it has to keep the same promises."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.conversation import ConversationKey, Role, Turn
from models.errors import ConversationNotFound, InvalidCursor, MessageIsFinal, MessageNotFound
from models.message import ErrorCode, Message, MessageStatus, Progress, Update
from models.page import MessageFilter
from models.principal import Principal
from storage.base import MessageStore
from storage.memory import MemoryStore

ANNA = Principal(tenant="default", customer_id="anna")
BEN = Principal(tenant="default", customer_id="ben")
OTHER_ANNA = Principal(tenant="other", customer_id="anna")
START = datetime(2026, 11, 23, 10, tzinfo=UTC)

RECEIVED = Progress(status=MessageStatus.RECEIVED, result="Received")
THINKING = Progress(result="Thinking", agent_name="PlannerAgent", details={"kind": "plan", "agents": ["Billing"]})
DONE = Progress(status=MessageStatus.COMPLETED, result="£45.50", agent_name="BillingAgent", input_required=True)
FAILED = Progress.failed(ErrorCode.TOOL_ERROR, {"kind": "failure"})
CANCELLED = Progress(status=MessageStatus.CANCELLED, result="Cancelled")
TURNS = (Turn(Role.USER, "bill?"), Turn(Role.ASSISTANT, "£45.50"))


class World:
    """A store with a clock that stands still until it is moved, and what it announced."""

    def __init__(self) -> None:
        self.now = START
        self.announced: list[tuple[str, ConversationKey]] = []
        self.store: MessageStore

    def clock(self) -> datetime:
        return self.now

    def announce(self, message_id: str, conversation: ConversationKey) -> None:
        self.announced.append((message_id, conversation))

    async def add(self, message_id: str, conversation_id: str = "c", owner: Principal = ANNA) -> Message:
        message = Message(
            id=message_id,
            conversation_id=conversation_id,
            owner=owner,
            text=f"text of {message_id}",
            status=MessageStatus.RECEIVED,
            received_at=self.now,
        )
        await self.store.add(message, RECEIVED)
        return message

    async def finish(self, message_id: str, progress: Progress = DONE, turns: Sequence[Turn] = ()) -> Update:
        await self.store.begin(message_id)
        return await self.store.append(message_id, progress, turns)

    async def list_ids(self, owner: Principal = ANNA, **filters: Any) -> list[str]:
        page = await self.store.page(MessageFilter(owner=owner, **filters), limit=100)
        assert page.total == len(page.messages)
        assert page.next is None
        return [message.id for message in page.messages]


@asynccontextmanager
async def memory(world: World, max_messages: int) -> AsyncIterator[MessageStore]:
    yield MemoryStore(max_messages=max_messages, now=world.clock, announce=world.announce)


type OpenStore = Callable[[World, int], AbstractAsyncContextManager[MessageStore]]
STORES: tuple[OpenStore, ...] = (memory,)
BOUNDED: tuple[OpenStore, ...] = (memory,)  # those that forget the oldest when there are too many


@pytest.fixture(params=STORES, ids=lambda store: store.__name__)
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    world = World()
    async with request.param(world, 1_000) as world.store:
        yield world


@pytest.fixture(params=BOUNDED, ids=lambda store: store.__name__)
async def small(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """Room for three messages."""
    world = World()
    async with request.param(world, 3) as world.store:
        yield world


async def test_new_message_can_be_read_with_its_first_update(world: World) -> None:
    message = await world.add("m1")
    assert await world.store.get("m1") == message
    (update,) = await world.store.updates("m1")
    assert (update.message_id, update.sequence, update.processed_at) == ("m1", 1, START)
    assert update.progress == RECEIVED


async def test_values_out_are_frozen(world: World) -> None:
    await world.add("m1")
    before = await world.store.get("m1")
    updates = await world.store.updates("m1")
    with pytest.raises(FrozenInstanceError):
        before.status = MessageStatus.FAILED  # type: ignore[misc]
    await world.finish("m1")
    assert before.status is MessageStatus.RECEIVED
    assert len(updates) == 1


async def test_unknown_message_is_not_found(world: World) -> None:
    with pytest.raises(MessageNotFound):
        await world.store.get("m1")
    with pytest.raises(MessageNotFound):
        await world.store.updates("m1")
    with pytest.raises(MessageNotFound):
        await world.store.begin("m1")
    with pytest.raises(MessageNotFound):
        await world.store.append("m1", DONE)


@pytest.mark.parametrize("stranger", [BEN, OTHER_ANNA])
async def test_message_of_somebody_else_does_not_exist(world: World, stranger: Principal) -> None:
    await world.add("m1")
    with pytest.raises(MessageNotFound) as foreign:
        await world.store.get("m1", stranger)
    with pytest.raises(MessageNotFound) as unknown:
        await world.store.get("m2", stranger)
    assert str(foreign.value).replace("m1", "m2") == str(unknown.value)
    assert await world.list_ids(stranger) == []
    assert await world.list_ids(stranger, conversation_id="c") == []
    assert (await world.store.get("m1", ANNA)).owner == ANNA


async def test_update_brings_its_status(world: World) -> None:
    await world.add("m1")
    await world.store.append("m1", THINKING)
    assert (await world.store.get("m1")).status is MessageStatus.INPROGRESS
    await world.store.append("m1", DONE)
    assert (await world.store.get("m1")).status is MessageStatus.COMPLETED


async def test_updates_are_numbered_without_gaps_and_keep_everything(world: World) -> None:
    await world.add("m1")
    for progress in (THINKING, THINKING, FAILED):
        world.now += timedelta(microseconds=1)
        await world.store.append("m1", progress)
    updates = await world.store.updates("m1")
    assert [update.sequence for update in updates] == [1, 2, 3, 4]
    assert [update.progress for update in updates] == [RECEIVED, THINKING, THINKING, FAILED]
    assert [update.processed_at for update in updates] == [START + timedelta(microseconds=n) for n in range(4)]


async def test_update_out_is_the_update_that_was_saved(world: World) -> None:
    await world.add("m1")
    assert await world.store.append("m1", THINKING) == (await world.store.updates("m1"))[-1]


@pytest.mark.parametrize(("after", "sequences"), [(0, [1, 2, 3]), (1, [2, 3]), (3, []), (99, []), (-5, [1, 2, 3])])
async def test_updates_after_a_sequence(world: World, after: int, sequences: list[int]) -> None:
    await world.add("m1")
    await world.store.append("m1", THINKING)
    await world.store.append("m1", DONE)
    assert [update.sequence for update in await world.store.updates("m1", after=after)] == sequences


@pytest.mark.parametrize("final", [DONE, FAILED, CANCELLED])
async def test_nothing_comes_after_a_final_update(world: World, final: Progress) -> None:
    await world.add("m1")
    await world.store.append("m1", final, TURNS if final is DONE else ())
    for late in (THINKING, DONE, FAILED, CANCELLED):
        with pytest.raises(MessageIsFinal):
            await world.store.append("m1", late, TURNS)
    with pytest.raises(MessageIsFinal):
        await world.store.begin("m1")
    assert [update.progress for update in await world.store.updates("m1")] == [RECEIVED, final]
    assert (await world.store.get("m1")).status is final.status
    assert list(await world.store.turns(ANNA, "c", limit=9)) == (list(TURNS) if final is DONE else [])


async def test_of_many_final_updates_at_once_one_wins(world: World) -> None:
    await world.add("m1")
    finals = [DONE, FAILED, CANCELLED] * 5
    results = await asyncio.gather(
        *(world.store.append("m1", final) for final in finals), return_exceptions=True
    )
    assert sum(isinstance(result, Update) for result in results) == 1
    assert sum(isinstance(result, MessageIsFinal) for result in results) == len(finals) - 1
    assert len(await world.store.updates("m1")) == 2


async def test_begin_counts_attempts(world: World) -> None:
    await world.add("m1")
    assert (await world.store.begin("m1")).attempt == 1
    assert (await world.store.begin("m1")).attempt == 2
    assert (await world.store.get("m1")).attempt == 2


async def test_turns_are_the_last_ones_oldest_first(world: World) -> None:
    for number in range(3):
        await world.add(f"m{number}")
        turns = Turn(Role.USER, f"question {number}"), Turn(Role.ASSISTANT, f"answer {number}")
        await world.finish(f"m{number}", turns=turns)
    texts = [turn.text for turn in await world.store.turns(ANNA, "c", limit=3)]
    assert texts == ["answer 1", "question 2", "answer 2"]
    assert len(await world.store.turns(ANNA, "c", limit=100)) == 6


async def test_turns_belong_to_their_owner_and_conversation(world: World) -> None:
    await world.add("m1")
    await world.finish("m1", turns=TURNS)
    assert list(await world.store.turns(BEN, "c", limit=9)) == []
    assert list(await world.store.turns(ANNA, "d", limit=9)) == []


async def test_same_conversation_id_of_two_owners_is_two_conversations(world: World) -> None:
    await world.add("m1", owner=ANNA)
    await world.add("m2", owner=BEN)
    assert await world.list_ids(ANNA, conversation_id="c") == ["m1"]
    assert await world.list_ids(BEN, conversation_id="c") == ["m2"]
    await world.store.erase((BEN, "c"))
    assert await world.list_ids(ANNA) == ["m1"]


async def test_list_is_newest_first(world: World) -> None:
    for number in range(3):
        await world.add(f"m{number}", "c" if number else "d")
    assert await world.list_ids() == ["m2", "m1", "m0"]
    assert await world.list_ids(conversation_id="c") == ["m2", "m1"]
    assert await world.list_ids(conversation_id="nowhere") == []


async def test_list_by_status(world: World) -> None:
    for number in range(3):
        await world.add(f"m{number}")
    await world.finish("m1")
    assert await world.list_ids(status=MessageStatus.COMPLETED) == ["m1"]
    assert await world.list_ids(status=MessageStatus.RECEIVED) == ["m2", "m0"]
    assert await world.list_ids(status=MessageStatus.RECEIVED, conversation_id="d") == []


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
async def test_pages_hold_every_message_once(world: World, limit: int) -> None:
    for number in range(7):
        await world.add(f"m{number}")
    found: list[str] = []
    cursor = None
    while True:
        page = await world.store.page(MessageFilter(owner=ANNA), limit=limit, cursor=cursor)
        assert page.total == 7
        assert 0 < len(page.messages) <= limit
        found += [message.id for message in page.messages]
        if (cursor := page.next) is None:
            break
    assert found == [f"m{number}" for number in reversed(range(7))]


async def test_next_page_is_not_moved_by_new_messages(world: World) -> None:
    for number in range(4):
        await world.add(f"m{number}")
    first = await world.store.page(MessageFilter(owner=ANNA), limit=2)
    await world.add("new")
    second = await world.store.page(MessageFilter(owner=ANNA), limit=2, cursor=first.next)
    assert [message.id for message in second.messages] == ["m1", "m0"]
    assert second.total == 5


@pytest.mark.parametrize("cursor", ["", "x", "-1", "1.5", "٣", "9" * 40, "1 ", "' OR 1=1", "\0"])
async def test_cursor_that_was_not_given_out_is_refused(world: World, cursor: str) -> None:
    await world.add("m1")
    with pytest.raises(InvalidCursor):
        await world.store.page(MessageFilter(owner=ANNA), limit=1, cursor=cursor)


async def test_open_messages_are_those_without_a_final_update_oldest_first(world: World) -> None:
    for number in range(4):
        await world.add(f"m{number}", "c" if number % 2 else "d")
    await world.finish("m1")
    await world.store.append("m2", THINKING)
    assert [message.id for message in await world.store.open_messages()] == ["m0", "m2", "m3"]
    assert [message.id for message in await world.store.open_messages((ANNA, "c"))] == ["m3"]
    assert list(await world.store.open_messages((BEN, "c"))) == []


async def test_positions_grow_over_all_messages_of_a_conversation(world: World) -> None:
    await world.add("m1")
    await world.add("m2")
    for message_id in ("m2", "m1", "m1", "m2"):
        await world.store.append(message_id, THINKING)
    updates = await world.store.conversation_updates((ANNA, "c"))
    assert [update.message_id for update in updates] == ["m1", "m2", "m2", "m1", "m1", "m2"]
    positions = [update.position for update in updates]
    assert positions == sorted(set(positions))
    assert await world.store.position((ANNA, "c")) == positions[-1]
    later = await world.store.conversation_updates((ANNA, "c"), after=positions[2])
    assert list(later) == list(updates[3:])
    assert list(await world.store.conversation_updates((ANNA, "c"), after=positions[-1])) == []


async def test_unknown_conversation_is_not_found(world: World) -> None:
    await world.add("m1", owner=BEN)
    for conversation in ((ANNA, "c"), (BEN, "d")):
        with pytest.raises(ConversationNotFound):
            await world.store.position(conversation)
        with pytest.raises(ConversationNotFound):
            await world.store.conversation_updates(conversation)
        with pytest.raises(ConversationNotFound):
            await world.store.erase(conversation)


async def test_erased_conversation_leaves_nothing(world: World) -> None:
    await world.add("m1")
    await world.finish("m1", turns=TURNS)
    await world.add("m2")
    await world.add("m3", "d")
    await world.store.erase((ANNA, "c"))
    assert await world.list_ids() == ["m3"]
    assert list(await world.store.turns(ANNA, "c", limit=9)) == []
    assert [message.id for message in await world.store.open_messages()] == ["m3"]
    for message_id in ("m1", "m2"):
        with pytest.raises(MessageNotFound):
            await world.store.append(message_id, DONE, TURNS)
    await world.add("m4")
    assert list(await world.store.turns(ANNA, "c", limit=9)) == []


async def test_every_saved_update_is_announced_and_nothing_else(world: World) -> None:
    await world.add("m1")
    await world.store.begin("m1")
    await world.store.append("m1", DONE)
    with pytest.raises(MessageIsFinal):
        await world.store.append("m1", FAILED)
    await world.add("m2", "d", BEN)
    assert world.announced == [("m1", (ANNA, "c")), ("m1", (ANNA, "c")), ("m2", (BEN, "d"))]


async def test_erasing_is_announced(world: World) -> None:
    await world.add("m1")
    world.announced.clear()
    await world.store.erase((ANNA, "c"))
    assert world.announced == [("m1", (ANNA, "c"))]


async def test_sweep_forgets_what_has_been_final_for_long(world: World) -> None:
    for number in range(4):
        await world.add(f"m{number}", f"c{number}")
    await world.finish("m0", turns=TURNS)
    world.now += timedelta(hours=1)
    await world.finish("m1", FAILED)
    world.now += timedelta(hours=1)
    await world.finish("m2")
    assert await world.store.sweep(START + timedelta(hours=2)) == 2
    assert await world.list_ids() == ["m3", "m2"]
    assert list(await world.store.turns(ANNA, "c0", limit=9)) == []
    with pytest.raises(MessageNotFound):
        await world.store.get("m0")
    assert await world.store.sweep(START + timedelta(hours=2)) == 0


async def test_sweep_keeps_the_turns_of_a_conversation_that_goes_on(world: World) -> None:
    await world.add("m1")
    await world.finish("m1", turns=TURNS)
    world.now += timedelta(hours=1)
    await world.add("m2")
    assert await world.store.sweep(world.now) == 1
    assert list(await world.store.turns(ANNA, "c", limit=9)) == list(TURNS)


async def test_oldest_final_message_makes_room(small: World) -> None:
    for number in range(3):
        await small.add(f"m{number}")
    await small.finish("m1")
    await small.finish("m0")
    await small.add("m3")
    assert await small.list_ids() == ["m3", "m2", "m0"]
    await small.add("m4")
    assert await small.list_ids() == ["m4", "m3", "m2"]


async def test_open_message_is_never_forgotten(small: World) -> None:
    for number in range(6):
        await small.add(f"m{number}")
    assert len(await small.list_ids()) == 6
    assert await small.store.sweep(START + timedelta(days=9)) == 0
    for number in range(6):
        await small.finish(f"m{number}")
    await small.add("m6")
    assert await small.list_ids() == ["m6", "m5", "m4"]
