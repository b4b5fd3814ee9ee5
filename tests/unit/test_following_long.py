"""A conversation that is longer than what is read at once is told whole, from any place, without a pause in between."""

import asyncio

from models.message import Update
from process.announcements import Announcements
from process.following import Following
from process.seats import Seats
from storage.base import UPDATES_AT_ONCE
from tests.unit.store_world import ANNA, THINKING, World, world

__all__ = ["world"]

CONVERSATION = (ANNA, "c")
MESSAGES = 260
LENGTH = 5 * MESSAGES


async def fill(world: World) -> None:
    for number in range(MESSAGES):
        await world.add(f"m{number}")
    for _ in range(LENGTH // MESSAGES - 1):
        await asyncio.gather(*(world.store.append(f"m{number}", THINKING) for number in range(MESSAGES)))


async def told(world: World, *, after: int, count: int) -> list[Update]:
    """Nobody announces anything, and the next look is far away."""
    seats = Seats(total=1, per_client=1)
    following = Following(world.store, Announcements(), seats, max_seconds=600, look_seconds=600)
    found: list[Update] = []
    async with asyncio.timeout(30), following.conversation(CONVERSATION, after=after, client="anna") as events:
        async for event in events:
            assert isinstance(event, Update)
            found.append(event)
            if len(found) == count:
                break
    return found


async def test_long_conversation_is_told_whole(world: World) -> None:
    await fill(world)
    assert LENGTH > 2 * UPDATES_AT_ONCE
    updates = await told(world, after=0, count=LENGTH)
    positions = [update.position for update in updates]
    assert positions == sorted(set(positions))
    later = await told(world, after=positions[99], count=LENGTH - 100)
    assert later == updates[100:]
    assert len(await world.store.conversation_updates(CONVERSATION)) == UPDATES_AT_ONCE
