"""The service without HTTP and without agents: the real store, lanes, worker and readers around a scripted planner."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from models.message import Message, Update
from models.principal import Principal
from models.submission import Submission
from process.announcements import Announcements
from process.following import Following
from process.local_queue import LocalQueue
from process.message_processor import Limits, MessageProcessor
from process.seats import Seats
from process.worker import Planner, Worker
from storage.memory import MemoryStore
from tests.doubles.scripted_planner import ScriptedPlanner

OWNER = Principal("default", "C-1001")
STRANGER = Principal("default", "C-1002")
CLIENT = "a client"
PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class SmallService:
    store: MemoryStore
    announcements: Announcements
    processor: MessageProcessor
    following: Following

    async def send(self, conversation_id: str = "conversation", *, text: str = "", **script: float | str) -> Message:
        submission = Submission(text=text or json.dumps(script), conversation_id=conversation_id, owner=OWNER)
        message = (await self.processor.submit(submission)).message
        await self.processor.wake()
        return message

    async def updates(self, message: Message) -> list[Update]:
        return list(await self.store.updates(message.id))

    async def final(self, message: Message) -> Update:
        """The last update, once it is final."""
        async with asyncio.timeout(PATIENCE):
            while not (await self.store.get(message.id)).status.is_final:
                seen = len(await self.updates(message))
                await self.following.wait_for_updates(message.id, after=seen, seconds=PATIENCE, client="a test")
        return (await self.updates(message))[-1]

    async def until(self, message: Message, count: int) -> None:
        """Until the message has that many updates."""
        async with asyncio.timeout(PATIENCE):
            while len(await self.updates(message)) < count:
                await self.following.wait_for_updates(
                    message.id, after=len(await self.updates(message)), seconds=PATIENCE, client="a test"
                )


@asynccontextmanager
async def small_service(
    planner: Planner | None = None,
    *,
    hands: int = 64,
    max_streams: int = 1_000,
    max_streams_per_client: int = 1_000,
    max_seconds: float = 60,
    look_seconds: float = 5,
    beat_seconds: float = 15,
    announced: bool = True,
) -> AsyncIterator[SmallService]:
    """`announced=False` loses every announcement."""
    announcements = Announcements()
    if announced:
        store = MemoryStore(max_messages=10_000, announce=announcements.announce)
    else:
        store = MemoryStore(max_messages=10_000)
    worker = Worker(store, planner or ScriptedPlanner(), timeout=60, tell=announcements.tell)
    limits = Limits(max_message_length=10_000, max_queued_messages=1_000, message_ttl=3_600)
    processor = MessageProcessor(store, LocalQueue(store, worker, concurrency=hands), limits)
    seats = Seats(total=max_streams, per_client=max_streams_per_client)
    following = Following(
        store,
        announcements,
        seats,
        max_seconds=max_seconds,
        look_seconds=look_seconds,
        beat_seconds=beat_seconds,
    )
    async with processor.running():
        yield SmallService(store, announcements, processor, following)
