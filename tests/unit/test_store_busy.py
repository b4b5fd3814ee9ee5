"""What every store promises about a message that wants its conversation for itself."""

import asyncio

import pytest

from models.errors import ConversationBusy, KeyReused
from models.message import Message
from tests.unit.store_world import ANNA, BEN, CANCELLED, RECEIVED, TURNS, World, world
from tests.unit.test_store_idempotency import CLAIM, message

__all__ = ["world"]


async def accepted(world: World, *messages: Message) -> list[str]:
    """The ids of those that were saved when all came at once."""
    adding = (world.store.add(each, RECEIVED, alone=True) for each in messages)
    outcomes = await asyncio.gather(*adding, return_exceptions=True)
    assert all(isinstance(outcome, Message | ConversationBusy) for outcome in outcomes), outcomes
    return [outcome.id for outcome in outcomes if isinstance(outcome, Message)]


async def test_free_conversation_takes_it(world: World) -> None:
    await world.add("other", "d")
    await world.add("of Ben", "c", BEN)
    first = message("m1")
    assert await world.store.add(first, RECEIVED, alone=True) == first
    (update,) = await world.store.updates("m1")
    assert update.sequence == 1
    assert update.progress == RECEIVED
    assert await world.list_ids() == ["m1", "other"]
    assert world.announced[-1] == ("m1", (ANNA, "c"))
    await world.finish("m1", turns=TURNS)
    assert (await world.store.add(message("m2"), RECEIVED, alone=True)).id == "m2"
    positions = [update.position for update in await world.store.conversation_updates((ANNA, "c"))]
    assert positions == sorted(set(positions))


async def test_open_message_keeps_it_out_and_is_named(world: World) -> None:
    await world.add("m1")
    await world.add("m2")
    world.announced.clear()
    with pytest.raises(ConversationBusy) as busy:
        await world.store.add(message("m3"), RECEIVED, alone=True)
    assert busy.value.message_id == "m1"
    assert await world.list_ids() == ["m2", "m1"]
    assert len(await world.store.conversation_updates((ANNA, "c"))) == 2
    assert world.announced == []
    await world.store.append("m1", CANCELLED)
    with pytest.raises(ConversationBusy) as busy:
        await world.store.add(message("m3"), RECEIVED, alone=True)
    assert busy.value.message_id == "m2"


async def test_refused_message_leaves_nothing_behind(world: World) -> None:
    await world.add("m1")
    with pytest.raises(ConversationBusy):
        await world.store.add(message("m2"), RECEIVED, claim=CLAIM, alone=True)
    assert await world.store.claimed(ANNA, CLAIM) is None
    await world.finish("m1")
    await world.store.erase((ANNA, "c"))
    assert await world.list_ids() == []


async def test_only_one_of_many_at_once_is_taken(world: World) -> None:
    taken = await accepted(world, *(message(f"m{number}") for number in range(20)))
    assert len(taken) == 1
    assert await world.list_ids() == taken
    await world.finish(taken[0])
    again = await accepted(world, *(message(f"n{number}") for number in range(20)))
    assert len(again) == 1


async def test_repeated_request_is_no_rival_of_itself(world: World) -> None:
    await world.store.add(message("m1"), RECEIVED, claim=CLAIM, alone=True)
    assert (await world.store.add(message("m2"), RECEIVED, claim=CLAIM, alone=True)).id == "m1"
    other = type(CLAIM)(CLAIM.key, "other digest", CLAIM.since)
    with pytest.raises(KeyReused):
        await world.store.add(message("m3"), RECEIVED, claim=other, alone=True)
