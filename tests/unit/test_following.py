import asyncio
import random
from collections.abc import AsyncGenerator, Sequence

import pytest

from models.conversation import Turn
from models.errors import MessageNotFound, ShuttingDown, TooManyStreams, TooManyStreamsOfClient
from models.message import Delta, Message, MessageStatus, Progress, Update
from process.announcements import LiveDelta
from process.following import Beat, Done, Event, Parting
from tests.doubles.small_service import CLIENT, OWNER, PATIENCE, SmallService, small_service

KEY = OWNER, "conversation"


async def followed(service: SmallService, message: Message, *, after: int = 0) -> list[Event]:
    async with (
        asyncio.timeout(PATIENCE),
        service.following.message(message.id, after=after, client=CLIENT) as events,
    ):
        return [event async for event in events]


def sequences(events: Sequence[Event]) -> list[int]:
    return [event.sequence for event in events if isinstance(event, Update)]


async def test_a_stream_tells_every_update_and_ends_with_done() -> None:
    async with small_service() as service:
        message = await service.send(steps=4, every=0.01)
        events = await followed(service, message)
        assert sequences(events) == [1, 2, 3, 4, 5, 6]
        assert events[-1] == Done(message.id, MessageStatus.COMPLETED)
        assert len(events) == 7


async def test_a_stream_of_a_final_message_tells_what_is_left_and_done() -> None:
    async with small_service() as service:
        message = await service.send(steps=2)
        await service.final(message)
        assert sequences(await followed(service, message, after=2)) == [3, 4]
        assert await followed(service, message, after=4) == [Done(message.id, MessageStatus.COMPLETED)]
        assert await followed(service, message, after=1_000) == [Done(message.id, MessageStatus.COMPLETED)]


async def test_a_stream_after_more_than_there_is_tells_what_comes_and_ends() -> None:
    async with small_service() as service:
        message = await service.send(steps=2, every=0.01)
        told = await followed(service, message, after=1_000)
        assert told[-1] == Done(message.id, MessageStatus.COMPLETED)


async def test_streams_that_are_cut_and_resumed_tell_every_update_exactly_once() -> None:
    async def reader(service: SmallService, message: Message, chance: random.Random) -> list[int]:
        seen: list[int] = []
        while True:
            patience = chance.randint(1, 6)
            after = seen[-1] if seen else 0
            async with service.following.message(message.id, after=after, client=CLIENT) as events:
                async for event in events:
                    if isinstance(event, Update):
                        seen.append(event.sequence)
                    if isinstance(event, Done):
                        return seen
                    patience -= 1
                    if not patience:
                        break

    async with small_service() as service, asyncio.timeout(PATIENCE * 2):
        messages = [await service.send(f"conversation-{n}", steps=15, every=0.002, deltas=2) for n in range(20)]
        readers = [reader(service, message, random.Random(n)) for n, message in enumerate(messages * 10)]
        for seen in await asyncio.gather(*readers):
            assert seen == list(range(1, 18))


async def test_a_conversation_is_followed_by_position_and_resumed_without_loss_or_repetition() -> None:
    async with small_service() as service, asyncio.timeout(PATIENCE):
        first = await service.send(steps=3, every=0.005)
        second = await service.send(steps=3, every=0.005)
        told: list[Update] = []
        done: list[Done] = []
        while len(done) < 2:
            after = told[-1].position if told else 0
            async with service.following.conversation(KEY, after=after, client=CLIENT) as events:
                async for event in events:
                    if isinstance(event, Update):
                        told.append(event)
                        if len(told) % 3 == 0 and not event.status.is_final:
                            break
                    if isinstance(event, Done):
                        done.append(event)
                        if len(done) == 2:
                            break
        assert [update.position for update in told] == sorted({update.position for update in told})
        for message in (first, second):
            assert [update for update in told if update.message_id == message.id] == await service.updates(message)
        assert done == [Done(message.id, MessageStatus.COMPLETED) for message in (first, second)]


async def test_what_comes_while_a_reader_looks_is_told_next() -> None:
    """An update is appended at every moment at which a reader may be suspended."""
    async with small_service() as service, asyncio.timeout(PATIENCE):
        message = await service.send(hang=60)
        await service.until(message, 4)

        async def appending() -> None:
            for number in range(200):
                await service.store.append(message.id, Progress(result=str(number)))
                for _ in range(number % 4):
                    await asyncio.sleep(0)
            await service.processor.cancel(message.id, OWNER)

        readers = [asyncio.create_task(followed(service, message)) for _ in range(20)]
        await appending()
        for reader in readers:
            assert sequences(await reader) == list(range(1, 206))


async def test_pieces_of_an_answer_are_told_live_only_and_lie_before_the_answer() -> None:
    async with small_service() as service:
        message = await service.send(steps=2, every=0.01, deltas=10, delta_text="ab ")
        events = await followed(service, message)
        pieces = [event for event in events if isinstance(event, LiveDelta)]
        assert "".join(piece.delta.text for piece in pieces) == "ab " * 20
        assert {piece.delta.agent_name for piece in pieces} == {"DoubleAgent"}
        assert events.index(pieces[-1]) < len(events) - 2
        assert not [event for event in await followed(service, message) if isinstance(event, LiveDelta)]


class Unstoppable:
    """Goes on writing after it was cancelled."""

    async def answer(self, message: Message, history: Sequence[Turn]) -> AsyncGenerator[Progress | Delta]:
        yield Progress(result="begun")
        while True:
            try:
                await asyncio.sleep(0.005)
            except asyncio.CancelledError:
                yield Delta("too late")
                raise
            yield Delta("in time")


async def test_nothing_of_a_message_is_told_after_its_end() -> None:
    async with small_service(Unstoppable()) as service, asyncio.timeout(PATIENCE):
        message = await service.send()
        async with service.following.conversation(KEY, after=0, client=CLIENT) as events:
            told: list[Event] = []
            async for event in events:
                told.append(event)
                if isinstance(event, LiveDelta) and len(told) < 6:
                    await service.processor.cancel(message.id, OWNER)
                    await service.send()
                if isinstance(event, Update) and event.message_id != message.id and event.sequence == 2:
                    break
        end = told.index(Done(message.id, MessageStatus.CANCELLED))
        assert not [e for e in told[end + 1 :] if isinstance(e, Update | LiveDelta) and e.message_id == message.id]


async def test_a_reader_that_falls_behind_is_cut_off_and_loses_no_update() -> None:
    async with small_service() as service, asyncio.timeout(PATIENCE):
        message = await service.send(steps=3, deltas=5, delta_text="x", delta_times=20_000)
        async with service.following.message(message.id, after=0, client=CLIENT) as events:
            told = [await anext(events)]
            await service.until(message, 4)
            told += [event async for event in events]
        if told[-1] is Parting.SLOW:
            told += await followed(service, message, after=sequences(told)[-1])
        assert sequences(told) == [1, 2, 3, 4, 5]


async def test_a_lost_announcement_only_delays() -> None:
    async with small_service(announced=False, look_seconds=0.02) as service:
        message = await service.send(steps=3, every=0.05)
        assert sequences(await followed(service, message)) == [1, 2, 3, 4, 5]


async def test_a_silent_stream_beats() -> None:
    async with small_service(look_seconds=0.01, beat_seconds=0.03) as service, asyncio.timeout(PATIENCE):
        message = await service.send(steps=0, hang=60)
        async with service.following.message(message.id, after=1, client=CLIENT) as events:
            assert [await anext(events) for _ in range(3)] == [Beat()] * 3


async def test_a_stream_ends_after_its_longest_life() -> None:
    async with small_service(max_seconds=0.05) as service:
        message = await service.send(steps=0, hang=60)
        assert (await followed(service, message))[1:] == [Parting.TIME]


async def test_closing_ends_streams_and_waits_after_what_is_there_and_refuses_later_ones() -> None:
    async with small_service() as service, asyncio.timeout(PATIENCE):
        message = await service.send(steps=0, hang=60)
        streams = [asyncio.create_task(followed(service, message)) for _ in range(3)]
        waits = [
            asyncio.create_task(
                service.following.wait_for_updates(message.id, after=1, seconds=PATIENCE, client=CLIENT)
            )
        ]
        await asyncio.sleep(0)
        await service.processor.cancel(message.id, OWNER)
        other = await service.send(steps=0, hang=60)
        streams += [asyncio.create_task(followed(service, other))]
        await asyncio.sleep(0)
        service.following.close()
        for events in await asyncio.gather(*streams[:3]):
            assert sequences(events) == [1, 2]
        assert (await streams[3])[-1] is Parting.SHUTDOWN
        assert [update.sequence for update in await waits[0]] == [2]
        with pytest.raises(ShuttingDown):
            await followed(service, message)


async def test_erasing_a_conversation_ends_its_streams() -> None:
    async with small_service() as service, asyncio.timeout(PATIENCE):
        message = await service.send(steps=0, hang=60)

        async def follow_conversation() -> list[Event]:
            async with service.following.conversation(KEY, after=0, client=CLIENT) as events:
                return [event async for event in events]

        reading = asyncio.create_task(follow_conversation())
        waiting = asyncio.create_task(
            service.following.wait_for_updates(message.id, after=1, seconds=PATIENCE, client=CLIENT)
        )
        await asyncio.sleep(0.01)
        await service.processor.erase(*KEY)
        assert (await reading)[-1] is Parting.ERASED
        with pytest.raises(MessageNotFound):
            await waiting


async def test_seats_are_limited_and_given_back() -> None:
    async with small_service(max_streams=3, max_streams_per_client=2) as service:
        message = await service.send(steps=0, hang=60)
        following = service.following
        async with following.message(message.id, after=0, client="a"):
            async with following.message(message.id, after=0, client="a"):
                with pytest.raises(TooManyStreamsOfClient):
                    await followed_by(service, message, "a")
                async with following.message(message.id, after=0, client="b"):
                    with pytest.raises(TooManyStreams):
                        await followed_by(service, message, "c")
            await followed_by(service, message, "a")


async def followed_by(service: SmallService, message: Message, client: str) -> None:
    async with service.following.message(message.id, after=0, client=client) as events:
        await anext(events)


@pytest.mark.parametrize("after", [0, 1])
async def test_a_wait_returns_at_once_when_there_is_something(after: int) -> None:
    async with small_service() as service, asyncio.timeout(1):
        message = await service.send(steps=1, hang=60)
        await service.until(message, 2)
        updates = await service.following.wait_for_updates(message.id, after=after, seconds=30, client=CLIENT)
        assert [update.sequence for update in updates] == list(range(after + 1, 3))


async def test_a_wait_returns_at_once_when_the_message_is_final() -> None:
    async with small_service() as service, asyncio.timeout(1):
        message = await service.send(steps=1)
        await service.final(message)
        assert not await service.following.wait_for_updates(message.id, after=3, seconds=30, client=CLIENT)


async def test_a_wait_returns_as_soon_as_something_comes_or_when_its_time_is_over() -> None:
    async with small_service() as service, asyncio.timeout(PATIENCE):
        message = await service.send(steps=1, every=0.05, hang=60)
        updates = await service.following.wait_for_updates(message.id, after=1, seconds=30, client=CLIENT)
        assert [update.sequence for update in updates] == [2]
        assert not await service.following.wait_for_updates(message.id, after=2, seconds=0.05, client=CLIENT)
