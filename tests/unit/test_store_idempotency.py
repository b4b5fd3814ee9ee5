"""What every store promises about a request that is repeated with its key."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from models.claim import Claim
from models.errors import KeyReused
from models.message import Message, MessageStatus
from models.principal import Principal
from tests.unit.store_world import ANNA, BEN, OTHER_ANNA, RECEIVED, START, THINKING, World, small, world

__all__ = ["small", "world"]

CLAIM = Claim("key-1", "digest", START - timedelta(hours=24))


def message(message_id: str, conversation_id: str = "c", owner: Principal = ANNA, *, hours: float = 0) -> Message:
    return Message(
        id=message_id,
        conversation_id=conversation_id,
        owner=owner,
        text="bill?",
        status=MessageStatus.RECEIVED,
        received_at=START + timedelta(hours=hours),
    )


async def test_message_without_an_earlier_one_is_saved(world: World) -> None:
    assert await world.store.claimed(ANNA, CLAIM) is None
    first = message("m1")
    assert await world.store.add(first, RECEIVED, claim=CLAIM) == first
    assert await world.store.claimed(ANNA, CLAIM) == first
    assert await world.list_ids() == ["m1"]


async def test_repeated_request_is_the_earlier_message(world: World) -> None:
    await world.store.add(message("m1"), RECEIVED, claim=CLAIM)
    await world.store.append("m1", THINKING)
    world.announced.clear()
    again = await world.store.add(message("m2"), RECEIVED, claim=CLAIM)
    assert (again.id, again.status) == ("m1", MessageStatus.INPROGRESS)
    assert await world.list_ids() == ["m1"]
    assert await world.list_ids(conversation_id="c") == ["m1"]
    assert len(await world.store.conversation_updates((ANNA, "c"))) == 2
    assert world.announced == []


async def test_key_of_another_request_is_refused_and_nothing_is_saved(world: World) -> None:
    await world.store.add(message("m1"), RECEIVED, claim=CLAIM)
    other = Claim(CLAIM.key, "other digest", CLAIM.since)
    with pytest.raises(KeyReused):
        await world.store.add(message("m2"), RECEIVED, claim=other)
    with pytest.raises(KeyReused):
        await world.store.claimed(ANNA, other)
    assert await world.list_ids() == ["m1"]


async def test_key_belongs_to_its_owner(world: World) -> None:
    for owner in (ANNA, BEN, OTHER_ANNA):
        added = await world.store.add(message(f"of {owner}", owner=owner), RECEIVED, claim=CLAIM)
        assert added.owner == owner


async def test_messages_without_a_key_are_never_the_same(world: World) -> None:
    for name in ("m1", "m2"):
        assert (await world.store.add(message(name), RECEIVED)).id == name
    assert await world.list_ids() == ["m2", "m1"]


async def test_key_is_free_again_after_its_time(world: World) -> None:
    await world.store.add(message("m1"), RECEIVED, claim=CLAIM)
    later = Claim(CLAIM.key, "other digest", START + timedelta(hours=1))
    assert await world.store.claimed(ANNA, later) is None
    assert (await world.store.add(message("m2", hours=25), RECEIVED, claim=later)).id == "m2"
    repeated = await world.store.claimed(ANNA, later)
    assert repeated is not None
    assert repeated.id == "m2"
    assert await world.list_ids() == ["m2", "m1"]


async def test_erased_conversation_leaves_no_key(world: World) -> None:
    await world.store.add(message("m1"), RECEIVED, claim=CLAIM)
    await world.store.erase((ANNA, "c"))
    assert await world.store.claimed(ANNA, CLAIM) is None
    assert (await world.store.add(message("m2"), RECEIVED, claim=CLAIM)).id == "m2"


async def test_key_goes_with_its_message_when_that_is_forgotten_in_time(world: World) -> None:
    await world.store.add(message("m1"), RECEIVED, claim=CLAIM)
    await world.store.add(message("open", "d"), RECEIVED, claim=replace(CLAIM, key="key-2"))
    await world.finish("m1")
    world.now += timedelta(hours=1)
    assert await world.store.claimed(ANNA, CLAIM) is not None
    await world.store.sweep(world.now)
    assert await world.store.claimed(ANNA, CLAIM) is None
    assert (await world.store.add(message("m2"), RECEIVED, claim=CLAIM)).id == "m2"
    still_open = await world.store.claimed(ANNA, replace(CLAIM, key="key-2"))
    assert still_open is not None
    assert still_open.id == "open"


async def test_older_message_that_is_forgotten_keeps_its_hands_off_a_newer_key(world: World) -> None:
    await world.store.add(message("m1", "old"), RECEIVED, claim=CLAIM)
    later = Claim(CLAIM.key, CLAIM.digest, START + timedelta(hours=1))
    await world.store.add(message("m2", hours=25), RECEIVED, claim=later)
    await world.store.erase((ANNA, "old"))
    repeated = await world.store.claimed(ANNA, later)
    assert repeated is not None
    assert repeated.id == "m2"


async def test_hundred_at_once_are_one(world: World) -> None:
    messages = [message(f"m{number}") for number in range(100)]
    added = await asyncio.gather(*(world.store.add(each, RECEIVED, claim=CLAIM) for each in messages))
    (first,) = {each.id for each in added}
    assert await world.list_ids() == [first]
    assert len(await world.store.conversation_updates((ANNA, "c"))) == 1


async def test_keys_are_as_bounded_as_messages(small: World) -> None:
    for number in range(5):
        claim = Claim(f"key-{number}", "digest", CLAIM.since)
        await small.store.add(message(f"m{number}"), RECEIVED, claim=claim)
        await small.finish(f"m{number}")
    assert await small.store.claimed(ANNA, Claim("key-0", "digest", CLAIM.since)) is None
    assert await small.store.claimed(ANNA, Claim("key-4", "digest", CLAIM.since)) is not None
