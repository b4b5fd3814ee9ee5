"""Callbacks against a receiver on a socket: signed, tried again, given up, never sent where they must not go."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from ipaddress import ip_address

import pytest
from pydantic import SecretStr, ValidationError

from config.webhooks import WebhookSettings
from models.clock import utc_now
from models.delivery import DeliveryState
from models.errors import CallbacksOff, InvalidCallback, MessageNotFound, NothingToDeliver, TooManyCallbacks
from models.message import Message, MessageStatus, Progress
from process.announcements import Announcements
from process.callbacks import Callbacks
from storage.memory import MemoryStore
from tests.doubles.webhook_receiver import SECRET, WebhookReceiver
from tests.unit.store_world import ANNA, BEN, DONE, RECEIVED
from tests.waiting import settled
from webhooks.addresses import is_callable, is_public
from webhooks.sender import open_sender

SOON = (0.01,) * 9
LATER = (600.0,) * 9


@dataclass
class Desk:
    store: MemoryStore
    callbacks: Callbacks

    async def add(self, url: str, message_id: str = "m1", *, is_watched: bool = True) -> None:
        message = Message(
            id=message_id,
            conversation_id="c",
            owner=ANNA,
            text="bill?",
            status=MessageStatus.RECEIVED,
            received_at=utc_now(),
            callback_url=url,
        )
        await self.store.add(message, RECEIVED)
        if is_watched:
            self.callbacks.watch(message_id)

    async def finish(self, url: str, progress: Progress = DONE) -> None:
        await self.add(url)
        await self.store.append("m1", progress)

    async def until(self, state: DeliveryState) -> list[int | str | None]:
        """The results of the tries when the callback has come to that state."""
        async with asyncio.timeout(10):
            found = await self.callbacks.deliveries("m1", ANNA)
            while found.state is not state:
                await asyncio.sleep(0.005)
                found = await self.callbacks.deliveries("m1", ANNA)
        return [each.error or each.status_code for each in found.tries]

    async def until_tried(self, times: int) -> None:
        async with asyncio.timeout(10):
            while len((await self.store.outbox.deliveries("m1")).tries) < times:  # noqa: ASYNC110 - the log wakes nobody
                await asyncio.sleep(0.005)


@asynccontextmanager
async def desk(
    pauses: Sequence[float] = SOON,
    *,
    development: bool = True,
    timeout: float = 5,
    max_pending: int = 10,
    look_seconds: float = 0.2,
    concurrency: int = 4,
) -> AsyncIterator[Desk]:
    announcements = Announcements()
    store = MemoryStore(max_messages=100, announce=announcements.announce)
    async with open_sender(SECRET, timeout=timeout, concurrency=concurrency, is_development=development) as send:
        callbacks = Callbacks(
            store,
            store.outbox,
            announcements,
            send,
            concurrency=concurrency,
            max_pending=max_pending,
            pauses=pauses,
            look_seconds=look_seconds,
        )
        async with callbacks.sending():
            yield Desk(store, callbacks)


async def test_final_message_is_told_with_a_signed_thin_event() -> None:
    with WebhookReceiver() as receiver:
        async with desk() as work:
            await work.add(receiver.url)
            await work.store.append("m1", Progress(result="Thinking"))
            assert receiver.events == []
            await work.store.append("m1", DONE)
            assert await work.until(DeliveryState.DELIVERED) == [204]
        (event,) = receiver.events
        assert event.id == "evt_m1"
        assert event.content["type"] == "message.completed"
        assert event.content["data"] == {"message_id": "m1", "conversation_id": "c", "status": "completed"}


async def test_final_message_wakes_whoever_sends_and_one_that_nobody_watches_is_found() -> None:
    with WebhookReceiver(500) as receiver:
        async with desk(look_seconds=600) as work:
            await work.finish(receiver.url)
            assert await work.until(DeliveryState.DELIVERED) == [500, 204]
        async with desk(look_seconds=0.05) as work:
            await work.add(receiver.url, is_watched=False)
            await work.store.append("m1", DONE)
            assert await work.until(DeliveryState.DELIVERED) == [204]


@pytest.mark.parametrize("status", [MessageStatus.FAILED, MessageStatus.CANCELLED])
async def test_every_final_status_is_told(status: MessageStatus) -> None:
    with WebhookReceiver() as receiver:
        async with desk() as work:
            await work.finish(receiver.url, replace(DONE, status=status))
            await work.until(DeliveryState.DELIVERED)
        assert receiver.events[0].content["type"] == f"message.{status}"


async def test_failed_try_is_repeated_under_the_same_id() -> None:
    with WebhookReceiver(500, 404, 429, 302) as receiver:
        async with desk() as work:
            await work.finish(receiver.url)
            assert await work.until(DeliveryState.DELIVERED) == [500, 404, 429, 302, 204]
        assert {event.id for event in receiver.events} == {"evt_m1"}
        assert set(receiver.paths) == {"/hook"}, "redirects are not followed"


async def test_ten_tries_are_enough() -> None:
    with WebhookReceiver(*[500] * 20) as receiver:
        async with desk() as work:
            await work.finish(receiver.url)
            assert await work.until(DeliveryState.GIVEN_UP) == [500] * 10


async def test_gone_means_no_more() -> None:
    with WebhookReceiver(500, 410, 204) as receiver:
        async with desk() as work:
            await work.finish(receiver.url)
            assert await work.until(DeliveryState.GIVEN_UP) == [500, 410]


async def test_receiver_that_is_silent_endless_or_away() -> None:
    with WebhookReceiver(0) as receiver:
        async with desk(timeout=0.3) as work:
            await work.finish(receiver.url)
            assert await work.until(DeliveryState.DELIVERED) == ["timeout", 204]
    with WebhookReceiver(-1) as receiver:
        async with desk(timeout=20) as work:
            await work.finish(receiver.url)
            assert await work.until(DeliveryState.DELIVERED) == [200]
            assert receiver.all_closed()
    async with desk() as work:
        await work.finish(receiver.url)
        assert await work.until(DeliveryState.GIVEN_UP) == ["unreachable"] * 10


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1"])
async def test_addresses_inside_get_nothing_and_look_as_if_nobody_were_there(host: str) -> None:
    with WebhookReceiver() as receiver:
        async with desk(development=False) as work:
            await work.finish(receiver.url.replace("127.0.0.1", host))
            assert await work.until(DeliveryState.GIVEN_UP) == ["unreachable"] * 10
        assert receiver.events == []


async def test_development_allows_this_machine_only() -> None:
    async with desk(timeout=1) as work:
        await work.finish("http://10.0.0.1/hook")
        assert await work.until(DeliveryState.GIVEN_UP) == ["unreachable"] * 10


async def test_redelivery_ends_a_pause() -> None:
    with WebhookReceiver(500) as receiver:
        async with desk(LATER) as work:
            await work.finish(receiver.url)
            await work.until_tried(1)
            assert (await work.callbacks.redeliver("m1", ANNA)).state is DeliveryState.PENDING
            assert await work.until(DeliveryState.DELIVERED) == [500, 204]


async def test_redelivery_of_a_delivered_event_has_the_same_id() -> None:
    with WebhookReceiver() as receiver:
        async with desk() as work:
            await work.finish(receiver.url)
            await work.until(DeliveryState.DELIVERED)
            await work.callbacks.redeliver("m1", ANNA)
            await work.until_tried(2)
        assert [event.id for event in receiver.events] == ["evt_m1"] * 2


async def test_redelivery_needs_a_final_message_with_a_callback() -> None:
    async with desk() as work:
        await work.add("http://127.0.0.1:9/hook")
        with pytest.raises(NothingToDeliver):
            await work.callbacks.redeliver("m1", ANNA)
        for ask in (work.callbacks.redeliver, work.callbacks.deliveries):
            with pytest.raises(MessageNotFound):
                await ask("m1", BEN)
        await work.store.append("m1", DONE)


async def test_erased_message_is_told_to_nobody() -> None:
    with WebhookReceiver(500) as receiver:
        async with desk(LATER, max_pending=1) as work:
            await work.finish(receiver.url)
            await work.until_tried(1)
            with pytest.raises(TooManyCallbacks):
                work.callbacks.check(receiver.url)
            await work.store.erase((ANNA, "c"))

            def is_free() -> bool:
                try:
                    work.callbacks.check(receiver.url)
                except TooManyCallbacks:
                    return False
                return True

            await settled(is_free)
        assert len(receiver.events) == 1


async def test_end_waits_for_the_first_try() -> None:
    with WebhookReceiver() as receiver:
        async with desk() as work:
            await work.finish(receiver.url)
        assert [event.id for event in receiver.events] == ["evt_m1"]


async def test_callbacks_without_a_sender_are_refused() -> None:
    store = MemoryStore(max_messages=1)
    with pytest.raises(CallbacksOff):
        Callbacks(store, store.outbox, Announcements(), None).check("https://example.com/hook")


@pytest.mark.parametrize(
    "secret", ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_c2hvcnQ=", "whsec_!" + "a" * 40]
)
def test_weak_or_broken_secret_is_refused(secret: str) -> None:
    with pytest.raises(ValidationError, match="WEBHOOK_SECRET should be"):
        WebhookSettings(secret=SecretStr(secret))
    WebhookSettings(secret=SecretStr(SECRET))


async def test_address_that_can_be_told_to_be_wrong_is_refused() -> None:
    async with desk(development=False) as work:
        with pytest.raises(InvalidCallback):
            work.callbacks.check("http://example.com/hook")
        work.callbacks.check("https://example.com/hook?of=me")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "//example.com",
        "ftp://example.com",
        "javascript:alert(1)",
        "https://",
        "https:///hook",
        "https://user@example.com",
        "https://a:b@example.com",
        "https://example.com#part",
        "https://example.com:0/",
        "https://example.com:99999/",
        "https://exa mple.com",
        "https://example.com/\r\nx: y",
        "https://example.com\\@10.0.0.1",
        "https://ex\u00e4mple.com",
        "https://[::1",
        "https://example.com/" + "a" * 2048,
    ],
)
def test_no_address_to_call(url: str) -> None:
    assert not is_callable(url, schemes=frozenset({"https", "http"}))


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.8",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "239.1.1.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:10.0.0.1",
        "fc00::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
        "2001::1",
        "2002:a00:1::",
        "64:ff9b::a00:1",
        "2001:db8::1",
    ],
)
def test_no_public_address(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.215.14", "2606:4700::1111", "::ffff:1.1.1.1"])
def test_public_address(address: str) -> None:
    assert is_public(ip_address(address))
