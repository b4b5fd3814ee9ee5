"""Hosts that never answer and others, on real sockets: none keeps all hands from the others.

The receivers are closed first, so that the end does not wait for tries that are never answered.
"""

import asyncio
from contextlib import ExitStack

from tests.doubles.webhook_receiver import WebhookReceiver
from tests.unit.store_world import DONE
from tests.unit.test_callbacks import LATER, Desk, desk
from tests.waiting import settled

SILENT = (0,) * 50


async def owe(work: Desk, receiver: WebhookReceiver, count: int, name: str) -> None:
    for number in range(count):
        await work.add(receiver.url, f"{name}-{number}")
        await work.store.append(f"{name}-{number}", DONE)


async def test_host_that_never_answers_does_not_hold_up_another() -> None:
    async with desk(LATER, timeout=60, max_pending=100) as work:
        with WebhookReceiver(*SILENT) as slow, WebhookReceiver() as fast:
            await owe(work, slow, 20, "slow")
            await settled(lambda: len(slow.events) == 2)
            await owe(work, fast, 20, "fast")
            await settled(lambda: len(fast.events) == 20)
            assert len(slow.events) == 2, "half of the hands, and no more when others became free"


async def test_several_hosts_that_never_answer_have_smaller_shares() -> None:
    async with desk(LATER, timeout=60, max_pending=100, concurrency=8) as work:
        with ExitStack() as stack:
            slow = [stack.enter_context(WebhookReceiver(*SILENT)) for _ in range(3)]
            fast = stack.enter_context(WebhookReceiver())
            for number, receiver in enumerate(slow):
                await owe(work, receiver, 8, f"slow-{number}")
            await settled(lambda: sum(len(receiver.events) for receiver in slow) == 7)
            await owe(work, fast, 8, "fast")
            await settled(lambda: len(fast.events) == 8)


async def test_host_has_its_share_again_when_its_tries_are_over() -> None:
    async with desk(timeout=0.2, max_pending=100) as work:
        with WebhookReceiver(0, 0, 0) as receiver:
            await owe(work, receiver, 10, "m")
            await settled(lambda: len(receiver.events) == 13)
            assert len({event.id for event in receiver.events}) == 10


async def test_one_hand_is_enough_for_hosts_that_answer() -> None:
    async with desk(max_pending=100, concurrency=1) as work:
        with WebhookReceiver() as one, WebhookReceiver() as other:
            await asyncio.gather(owe(work, one, 5, "one"), owe(work, other, 5, "other"))
            await settled(lambda: len(one.events) == len(other.events) == 5)
