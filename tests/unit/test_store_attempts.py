"""What every store promises about attempts: who was taken for lost changes nothing any more."""

import pytest

from models.errors import AttemptOver, MessageIsFinal
from models.message import MessageStatus
from tests.unit.store_world import ANNA, DONE, RECEIVED, THINKING, TURNS, World, world

__all__ = ["world"]


async def test_update_of_an_older_attempt_changes_nothing(world: World) -> None:
    await world.add("m1")
    first = await world.store.begin("m1")
    second = await world.store.begin("m1")
    for late in (THINKING, DONE):
        with pytest.raises(AttemptOver):
            await world.store.append("m1", late, TURNS if late is DONE else (), attempt=first.attempt)
    assert [update.progress for update in await world.store.updates("m1")] == [RECEIVED]
    assert list(await world.store.turns(ANNA, "c", limit=9)) == []
    assert (await world.store.append("m1", DONE, TURNS, attempt=second.attempt)).sequence == 2
    assert list(await world.store.turns(ANNA, "c", limit=9)) == list(TURNS)


async def test_update_without_an_attempt_is_anybodys(world: World) -> None:
    await world.add("m1")
    await world.store.begin("m1")
    assert (await world.store.append("m1", DONE)).status is MessageStatus.COMPLETED


async def test_attempt_begins_only_after_the_one_that_was_seen(world: World) -> None:
    await world.add("m1")
    assert (await world.store.begin("m1", after=0)).attempt == 1
    with pytest.raises(AttemptOver):
        await world.store.begin("m1", after=0)
    assert (await world.store.get("m1")).attempt == 1
    assert (await world.store.begin("m1", after=1)).attempt == 2


async def test_final_message_is_final_for_older_attempts_too(world: World) -> None:
    await world.add("m1")
    await world.store.begin("m1")
    await world.store.begin("m1")
    await world.store.append("m1", DONE, attempt=2)
    with pytest.raises(MessageIsFinal):
        await world.store.append("m1", DONE, attempt=1)
    with pytest.raises(MessageIsFinal):
        await world.store.begin("m1", after=1)
