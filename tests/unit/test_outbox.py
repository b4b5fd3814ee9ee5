"""What every outbox promises: owed with the final status, claimed by one, tried again when it is time, forgotten."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from models.delivery import Delivery, DeliveryState, Owed, host_of
from models.errors import MessageIsFinal
from models.message import Message, MessageStatus
from storage.base import DeliveryLog
from storage.database import Database
from storage.memory import MemoryStore
from storage.postgres import PostgresOptions, open_postgres
from storage.sql import SqlStore
from storage.sql_outbox import SqlOutbox
from tests.unit.store_world import ANNA, DONE, RECEIVED, START, THINKING, World, database_url, opened_database
from tests.unit.test_store_database import Forgetful

URL = "https://example.com/hook"
MINUTE = timedelta(minutes=1)


@dataclass
class Desk:
    world: World
    log: DeliveryLog
    rival: DeliveryLog
    """The same one as another process sees it."""

    async def owe(self, message_id: str = "m1", url: str | None = URL) -> None:
        message = Message(
            id=message_id,
            conversation_id="c",
            owner=ANNA,
            text="bill?",
            status=MessageStatus.RECEIVED,
            received_at=self.world.now,
            callback_url=url,
        )
        await self.world.store.add(message, RECEIVED)
        await self.world.finish(message_id)

    async def claim(self, limit: int = 10) -> list[Owed]:
        return sorted(
            await self.log.claim(until=self.world.now + MINUTE, limit=limit), key=lambda owed: owed.message.id
        )

    async def claim_one(self) -> Owed:
        (owed,) = await self.claim()
        return owed

    def answered(self, status_code: int) -> Delivery:
        return Delivery(attempted_at=self.world.now, status_code=status_code)


@pytest.fixture(params=["memory", "sqlite", "postgres"])
async def desk(request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    world = World()
    if request.param == "memory":
        store = MemoryStore(max_messages=1_000, now=world.clock)
        world.store = store
        yield Desk(world, store.outbox, store.outbox)
        return
    async with opened_database(request.param) as database, _of_rival(request.param, database) as other:
        world.store = SqlStore(database, now=world.clock)
        yield Desk(world, SqlOutbox(database, now=world.clock), SqlOutbox(other, now=world.clock))


@asynccontextmanager
async def _of_rival(kind: str, database: Database) -> AsyncIterator[Database]:
    """With PostgreSQL it has connections of its own."""
    if kind == "sqlite":
        yield database
        return
    async with open_postgres(PostgresOptions(url=database_url(), pool_size=2)) as other:
        yield other


async def test_only_final_messages_with_an_address_are_owed(desk: Desk) -> None:
    await desk.world.add("open")
    await desk.owe("without", url=None)
    await desk.owe("with")
    owed = await desk.claim_one()
    assert (owed.message.id, owed.message.callback_url, owed.attempt) == ("with", URL, 1)
    assert owed.message.status is MessageStatus.COMPLETED
    assert (await desk.world.store.get("with")).callback_url == URL
    assert (await desk.world.store.get("without")).callback_url is None


async def test_nothing_is_owed_twice(desk: Desk) -> None:
    await desk.owe()
    with pytest.raises(MessageIsFinal):
        await desk.world.store.append("m1", DONE)
    assert await desk.log.pending(at_most=9) == 1
    assert len(await desk.claim()) == 1


async def test_update_on_the_way_owes_nothing(desk: Desk) -> None:
    await desk.world.add("m1")
    await desk.world.store.append("m1", THINKING)
    assert await desk.claim() == []
    assert (await desk.log.deliveries("m1")).state is DeliveryState.PENDING


async def test_what_one_has_claimed_no_other_has_before_its_time_is_over(desk: Desk) -> None:
    await desk.owe()
    first = await desk.claim_one()
    assert await desk.rival.claim(until=desk.world.now + MINUTE, limit=9) == ()
    desk.world.now += MINUTE
    (second,) = await desk.rival.claim(until=desk.world.now + MINUTE, limit=9)
    assert (second.message, second.attempt) == (first.message, 2)
    await desk.log.log_delivery(first, desk.answered(204), again_at=None)
    found = await desk.log.deliveries("m1")
    assert (found.state, len(found.tries)) == (DeliveryState.PENDING, 1), "only who has it decides"
    await desk.rival.log_delivery(second, desk.answered(204), again_at=None)
    found = await desk.log.deliveries("m1")
    assert (found.state, len(found.tries)) == (DeliveryState.DELIVERED, 2)


async def test_hosts_that_are_busy_are_passed_over(desk: Desk) -> None:
    urls = (
        "https://Slow.example/hook",
        "https://slow.example?of=me",
        "https://slow.example",
        "https://slow.example:8443/a?b=/c",
        "https://fast.example/slow.example",
        "https://[2001:db8::1]:443/",
    )
    for number, url in enumerate(urls):
        await desk.owe(f"m{number}", url)
    busy = {"slow.example", "[2001:db8::1]:443"}
    claimed = await desk.log.claim(until=desk.world.now + MINUTE, limit=9, busy=busy)
    assert {owed.message.callback_url for owed in claimed} == {urls[3], urls[4]}
    assert {host_of(owed.message) for owed in claimed} == {"slow.example:8443", "fast.example"}
    rest = await desk.claim()
    assert {owed.message.callback_url for owed in rest} == {*urls} - {urls[3], urls[4]}
    assert {host_of(owed.message) for owed in rest} == busy


async def test_rivals_share_and_never_have_the_same(desk: Desk) -> None:
    for number in range(40):
        await desk.owe(f"m{number}")
    until = desk.world.now + MINUTE
    claims = await asyncio.gather(*((desk.log, desk.rival)[turn % 2].claim(until=until, limit=5) for turn in range(12)))
    claimed = [owed.message.id for claim in claims for owed in claim]
    assert len(claimed) == len(set(claimed))
    while rest := await desk.claim(limit=5):
        claimed += [owed.message.id for owed in rest]
    assert sorted(claimed) == sorted(f"m{number}" for number in range(40))


async def test_failed_try_is_due_again_when_it_is_time(desk: Desk) -> None:
    await desk.owe()
    again_at = START + timedelta(hours=2)
    await desk.log.log_delivery(await desk.claim_one(), desk.answered(500), again_at=again_at)
    assert (await desk.log.deliveries("m1")).state is DeliveryState.PENDING
    assert await desk.claim() == []
    desk.world.now = again_at
    assert (await desk.claim_one()).attempt == 2


@pytest.mark.parametrize(("status_code", "state"), [(200, DeliveryState.DELIVERED), (410, DeliveryState.GIVEN_UP)])
async def test_what_is_settled_is_not_claimed(desk: Desk, status_code: int, state: DeliveryState) -> None:
    await desk.owe()
    delivery = desk.answered(status_code)
    await desk.log.log_delivery(await desk.claim_one(), delivery, again_at=None)
    found = await desk.log.deliveries("m1")
    assert (found.state, found.tries) == (state, (delivery,))
    desk.world.now += timedelta(days=9)
    assert await desk.claim() == []
    assert await desk.log.pending(at_most=9) == 0


async def test_redelivery_begins_anew_or_ends_a_pause(desk: Desk) -> None:
    await desk.owe()
    later = START + timedelta(hours=9)
    await desk.log.log_delivery(await desk.claim_one(), desk.answered(500), again_at=later)
    await desk.log.redeliver("m1")
    owed = await desk.claim_one()
    assert owed.attempt == 2
    await desk.log.redeliver("m1")
    assert await desk.claim() == [], "a try is at work"
    await desk.log.log_delivery(owed, desk.answered(204), again_at=None)
    await desk.log.redeliver("m1")
    assert (await desk.log.deliveries("m1")).state is DeliveryState.PENDING
    assert (await desk.claim_one()).attempt == 1
    await desk.log.redeliver("unknown")


async def test_tries_are_kept_in_order_the_newest_ones(desk: Desk) -> None:
    await desk.owe()
    for number in range(60):
        desk.world.now += MINUTE
        delivery = replace(desk.answered(500), status_code=None, error=f"error {number}")
        await desk.log.log_delivery(await desk.claim_one(), delivery, again_at=desk.world.now)
    errors = [each.error for each in (await desk.log.deliveries("m1")).tries]
    assert errors == [f"error {number}" for number in range(10, 60)]


async def test_no_more_are_counted_than_asked_for(desk: Desk) -> None:
    for number in range(4):
        await desk.owe(f"m{number}")
    assert [await desk.log.pending(at_most=limit) for limit in (3, 9)] == [3, 4]


@pytest.mark.parametrize("forget", ["erase", "sweep"])
async def test_it_is_forgotten_with_its_message(desk: Desk, forget: str) -> None:
    await desk.owe("m1")
    await desk.owe("m2")
    owed = (await desk.claim())[0]
    await desk.log.log_delivery(owed, desk.answered(500), again_at=desk.world.now)
    desk.world.now += MINUTE
    if forget == "erase":
        await desk.world.store.erase((ANNA, "c"))
    else:
        await desk.world.store.sweep(desk.world.now)
    assert await desk.claim() == []
    assert await desk.log.pending(at_most=9) == 0
    assert (await desk.log.deliveries("m1")).tries == ()
    await desk.log.log_delivery(owed, desk.answered(204), again_at=None)
    assert (await desk.log.deliveries("m1")).tries == ()


async def test_what_a_process_had_that_is_gone_is_due_after_a_release() -> None:
    world = World()
    async with opened_database("sqlite") as database:
        world.store = SqlStore(database, now=world.clock)
        outbox = SqlOutbox(database, now=world.clock)
        desk = Desk(world, outbox, outbox)
        await desk.owe()
        await desk.claim_one()
        await outbox.release()
        assert (await desk.claim_one()).attempt == 2


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_claim_whose_answer_was_lost_is_no_second_claim(kind: str) -> None:
    world = World()
    async with opened_database(kind) as database:
        world.store = SqlStore(database, now=world.clock)
        outbox = SqlOutbox(Forgetful(database), now=world.clock)
        desk = Desk(world, outbox, outbox)
        await desk.owe("m1")
        await desk.owe("m2")
        (first,) = await desk.claim(limit=1)
        await outbox.log_delivery(first, desk.answered(204), again_at=None)
        found = await outbox.deliveries(first.message.id)
        assert (first.attempt, found.state, len(found.tries)) == (1, DeliveryState.DELIVERED, 1)
        (second,) = await desk.claim(limit=9)
        assert second.message.id != first.message.id
