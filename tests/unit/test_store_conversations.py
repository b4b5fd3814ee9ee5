"""What every store promises about conversations, announcements and forgetting."""

from datetime import timedelta

import pytest

from models.conversation import Role, Turn
from models.errors import ConversationNotFound, MessageIsFinal, MessageNotFound
from models.message import Update
from process.worker import TURNS_TO_MODEL
from tests.unit.store_world import ANNA, BEN, DONE, FAILED, START, THINKING, TURNS, World, small, world

__all__ = ["small", "world"]


def exchange(number: int) -> tuple[Turn, Turn]:
    return Turn(Role.USER, f"question {number}"), Turn(Role.ASSISTANT, f"answer {number}")


async def test_turns_are_the_last_ones_oldest_first(world: World) -> None:
    for number in range(3):
        await world.add(f"m{number}")
        await world.finish(f"m{number}", turns=exchange(number))
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


async def test_sweep_forgets_what_was_said_in_a_conversation_that_goes_on(world: World) -> None:
    for number in range(3):
        await world.add(f"m{number}")
        await world.finish(f"m{number}", turns=exchange(number))
        world.now += timedelta(hours=1)
    await world.add("open")
    assert await world.store.sweep(START + timedelta(minutes=90)) == 2
    assert list(await world.store.turns(ANNA, "c", limit=9)) == list(exchange(2))
    assert await world.store.sweep(world.now) == 1
    assert list(await world.store.turns(ANNA, "c", limit=9)) == []
    await world.finish("open", turns=TURNS)
    assert list(await world.store.turns(ANNA, "c", limit=9)) == list(TURNS)


async def test_positions_go_on_when_the_newest_message_is_forgotten(world: World) -> None:
    for message_id in ("m1", "m2"):
        await world.add(message_id)
    await world.finish("m2")
    before = await world.store.position((ANNA, "c"))
    await world.store.sweep(START + timedelta(hours=1))
    assert await world.store.position((ANNA, "c")) == before
    assert list(await world.store.conversation_updates((ANNA, "c"), after=before)) == []
    assert (await world.finish("m1")).position > before


@pytest.mark.parametrize("limit", [1, 2, 5, 6])
async def test_updates_of_a_conversation_come_in_parts(world: World, limit: int) -> None:
    for message_id in ("m1", "m2", "m3"):
        await world.add(message_id)
    for message_id in ("m3", "m1", "m2"):
        await world.store.append(message_id, THINKING)
    found: list[Update] = []
    while part := await world.store.conversation_updates(
        (ANNA, "c"), after=found[-1].position if found else 0, limit=limit
    ):
        assert len(part) <= limit
        found += part
    assert found == list(await world.store.conversation_updates((ANNA, "c")))
    assert [update.message_id for update in found] == ["m1", "m2", "m3", "m3", "m1", "m2"]


async def test_agents_know_what_was_said_when_messages_made_room(small: World) -> None:
    exchanges = TURNS_TO_MODEL // 2
    for number in range(exchanges + 4):
        await small.add(f"m{number}")
        await small.finish(f"m{number}", turns=exchange(number))
    kept = list(await small.store.turns(ANNA, "c", limit=100))
    assert kept[-TURNS_TO_MODEL:] == [turn for number in range(4, exchanges + 4) for turn in exchange(number)]
    assert len(kept) <= TURNS_TO_MODEL + len(exchange(0)), "those of forgotten messages go when the next one comes"
    small.now += timedelta(hours=1)
    await small.add("later")
    await small.store.sweep(small.now)
    assert list(await small.store.turns(ANNA, "c", limit=100)) == []


async def test_conversation_goes_with_its_last_message(small: World) -> None:
    await small.add("m1", "old")
    await small.finish("m1", turns=TURNS)
    for number in range(3):
        await small.add(f"n{number}", "new")
    assert list(await small.store.turns(ANNA, "old", limit=9)) == []
    with pytest.raises(ConversationNotFound):
        await small.store.position((ANNA, "old"))


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
