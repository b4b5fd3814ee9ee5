"""Messages sent, answered, cancelled, read, erased and forgotten in any order, against a model as simple as can be."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from models.conversation import ConversationKey, Role, Turn
from models.errors import ConversationNotFound, MessageIsFinal, MessageNotFound
from models.message import Message, MessageStatus, Progress, Update
from models.page import MessageFilter
from models.principal import Principal
from tests.unit.store_world import OpenStore, World, memory, postgres, sqlite

OWNERS = (Principal("default", "C-1"), Principal("default", "C-2"))


@dataclass
class Expected:
    message: Message
    updates: list[Update] = field(default_factory=list)

    @property
    def is_final(self) -> bool:
        return self.updates[-1].status.is_final


class StoreMachine(RuleBasedStateMachine):
    ids = Bundle("ids")
    opening: OpenStore

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.runner = asyncio.Runner()
        self.run = self.runner.run
        self.stack = AsyncExitStack()
        self.store = self.run(self.stack.enter_async_context(type(self).opening(self.world, 1_000)))
        self.expected: dict[str, Expected] = {}
        self.positions: dict[ConversationKey, int] = {}
        self.turns: dict[ConversationKey, list[tuple[datetime, Turn]]] = {}
        self.number = 0

    def teardown(self) -> None:
        self.run(self.stack.aclose())
        self.runner.close()

    def announced(self) -> str:
        message_id, conversation = self.world.announced.pop()
        assert conversation in self.positions
        return message_id

    def saved(self, expected: Expected, update: Update) -> None:
        expected.updates.append(update)
        assert update.position > self.positions.get(expected.message.conversation, 0)
        self.positions[expected.message.conversation] = update.position

    @rule(target=ids, owner=st.sampled_from(OWNERS), conversation_id=st.sampled_from("ab"))
    def submit(self, owner: Principal, conversation_id: str) -> str:
        self.number += 1
        message = Message(
            id=f"message-{self.number}",
            conversation_id=conversation_id,
            owner=owner,
            text="Hello",
            status=MessageStatus.RECEIVED,
            received_at=self.world.now,
        )
        self.run(self.store.add(message, Progress(status=MessageStatus.RECEIVED, result="Received")))
        (update,) = self.run(self.store.updates(message.id))
        self.expected[message.id] = Expected(message)
        self.saved(self.expected[message.id], update)
        assert self.announced() == message.id
        return message.id

    @rule(minutes=st.integers(1, 90))
    def wait(self, minutes: int) -> None:
        self.world.now += timedelta(minutes=minutes)

    @rule(minutes=st.integers(0, 20))
    def forget(self, minutes: int) -> None:
        before = self.world.now - timedelta(minutes=minutes)
        gone = {i for i, e in self.expected.items() if e.is_final and e.updates[-1].processed_at < before}
        assert self.run(self.store.sweep(before)) == len(gone)
        self.expected = {i: each for i, each in self.expected.items() if i not in gone}
        there = {each.message.conversation for each in self.expected.values()}
        self.positions = {key: position for key, position in self.positions.items() if key in there}
        self.turns = {
            key: [(at, turn) for at, turn in said if at >= before] for key, said in self.turns.items() if key in there
        }

    @rule(message_id=ids, status=st.sampled_from([*MessageStatus, *[MessageStatus.COMPLETED] * 4]))
    def append(self, message_id: str, status: MessageStatus) -> None:
        progress = Progress(status=status, result=f"{status} of {message_id}")
        completes = status is MessageStatus.COMPLETED
        turns = [Turn(Role.USER, "Hello"), Turn(Role.ASSISTANT, progress.result)] if completes else []
        expected = self.expected.get(message_id)
        try:
            update = self.run(self.store.append(message_id, progress, turns))
        except MessageNotFound:
            assert expected is None
        except MessageIsFinal:
            assert expected is not None
            assert expected.is_final
        else:
            assert expected is not None
            assert not expected.is_final
            assert update.sequence == len(expected.updates) + 1
            assert update.progress == progress
            self.saved(expected, update)
            assert self.announced() == message_id
            said = [(self.world.now, turn) for turn in turns]
            self.turns.setdefault(expected.message.conversation, []).extend(said)

    @rule(message_id=ids)
    def cancel(self, message_id: str) -> None:
        self.append(message_id, MessageStatus.CANCELLED)

    @rule(message_id=ids, after=st.integers(0, 6))
    def read(self, message_id: str, after: int) -> None:
        if message_id in self.expected:
            found = self.run(self.store.updates(message_id, after=after))
            assert list(found) == self.expected[message_id].updates[after:]

    @rule(message_id=ids, share=st.floats(0, 1))
    def read_conversation(self, message_id: str, share: float) -> None:
        """Read in two parts, cut anywhere: nothing is missing and nothing comes twice."""
        if message_id not in self.expected:
            return
        conversation = self.expected[message_id].message.conversation
        mine = [other for other in self.expected.values() if other.message.conversation == conversation]
        wanted = sorted((update for other in mine for update in other.updates), key=lambda update: update.position)
        cut = int(share * len(wanted))
        after = wanted[cut - 1].position if cut else 0
        everything = self.run(self.store.conversation_updates(conversation))
        rest = self.run(self.store.conversation_updates(conversation, after=after))
        assert [*everything] == wanted
        assert [*rest] == wanted[cut:]
        assert self.run(self.store.position(conversation)) == self.positions[conversation]

    @rule(message_id=ids, really=st.integers(0, 3))
    def erase(self, message_id: str, really: int) -> None:
        if message_id not in self.expected or really:
            return
        conversation = self.expected[message_id].message.conversation
        erased = {i for i, other in self.expected.items() if other.message.conversation == conversation}
        self.run(self.store.erase(conversation))
        assert {self.announced() for _ in erased} == erased
        del self.positions[conversation]
        self.expected = {i: other for i, other in self.expected.items() if i not in erased}
        self.turns.pop(conversation, None)
        for ask in (self.store.position, self.store.conversation_updates, self.store.erase):
            with pytest.raises(ConversationNotFound):
                self.run(ask(conversation))

    @invariant()
    def keeps_its_promises(self) -> None:
        assert self.world.announced == []
        self.run(self.look())

    async def look(self) -> None:
        """In one run of the loop: hundreds of questions after each step."""
        for message_id, expected in self.expected.items():
            updates = await self.store.updates(message_id)
            assert [update.sequence for update in updates] == list(range(1, len(updates) + 1))
            assert list(updates) == expected.updates
            assert (await self.store.get(message_id)).status is updates[-1].status
            assert sum(update.status.is_final for update in updates) <= 1
        open_ids = [message.id for message in await self.store.open_messages()]
        assert open_ids == [i for i, expected in self.expected.items() if not expected.is_final]
        for owner in OWNERS:
            await self.look_as(owner)

    async def look_as(self, owner: Principal) -> None:
        page = await self.store.page(MessageFilter(owner=owner), limit=1_000)
        mine = [i for i, expected in self.expected.items() if expected.message.owner == owner]
        assert [message.id for message in page.messages] == mine[::-1]
        for conversation_id in "ab":
            turns = await self.store.turns(owner, conversation_id, limit=1_000)
            assert list(turns) == [turn for _, turn in self.turns.get((owner, conversation_id), [])]


class MemoryMachine(StoreMachine):
    opening = staticmethod(memory)


class SqliteMachine(StoreMachine):
    opening = staticmethod(sqlite)


class PostgresMachine(StoreMachine):
    opening = staticmethod(postgres)


MemoryMachine.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
SqliteMachine.TestCase.settings = settings(max_examples=30, stateful_step_count=40, deadline=None)
PostgresMachine.TestCase.settings = settings(max_examples=12, stateful_step_count=40, deadline=None)
test_memory_keeps_its_promises = MemoryMachine.TestCase
test_sqlite_keeps_its_promises = SqliteMachine.TestCase
test_postgres_keeps_its_promises = PostgresMachine.TestCase
