"""What every store promises about messages, their updates and lists."""

import asyncio
from dataclasses import FrozenInstanceError
from datetime import timedelta

import pytest

from models.errors import ConversationNotFound, InvalidCursor, MessageIsFinal, MessageNotFound
from models.message import MessageStatus, Progress, Update
from models.page import MessageFilter
from models.principal import Principal
from tests.unit.store_world import (
    ANNA,
    BEN,
    CANCELLED,
    DONE,
    FAILED,
    OTHER_ANNA,
    RECEIVED,
    START,
    THINKING,
    TURNS,
    World,
    world,
)

__all__ = ["world"]


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


async def test_name_that_no_database_keeps_is_not_found(world: World) -> None:
    with pytest.raises(MessageNotFound):
        await world.store.get("m\0")
    with pytest.raises(ConversationNotFound):
        await world.store.position((ANNA, "c\0"))


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
    saved = await world.store.append("m1", THINKING)
    assert saved == (await world.store.updates("m1"))[-1] == await world.store.last_update("m1")


async def test_last_update_of_nothing_is_nothing(world: World) -> None:
    with pytest.raises(MessageNotFound):
        await world.store.last_update("unknown")


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
    results = await asyncio.gather(*(world.store.append("m1", final) for final in finals), return_exceptions=True)
    assert sum(isinstance(result, Update) for result in results) == 1
    assert sum(isinstance(result, MessageIsFinal) for result in results) == len(finals) - 1
    assert len(await world.store.updates("m1")) == 2


async def test_begin_counts_attempts(world: World) -> None:
    await world.add("m1")
    assert (await world.store.begin("m1")).attempt == 1
    assert (await world.store.begin("m1")).attempt == 2
    assert (await world.store.get("m1")).attempt == 2


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
