"""Any order of submitting, appending, cancelling, reading and erasing, against a model as simple as can be."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from models.conversation import Role, Turn
from models.errors import ConversationNotFound, MessageIsFinal, MessageNotFound
from models.message import Message, MessageStatus, Progress, Update
from models.page import MessageFilter
from models.principal import Principal
from storage.memory import MemoryStore

OWNERS = (Principal("default", "C-1"), Principal("default", "C-2"))
NOW = datetime(2026, 11, 23, tzinfo=UTC)


@dataclass
class Expected:
    message: Message
    updates: list[Update] = field(default_factory=list)

    @property
    def is_final(self) -> bool:
        return self.updates[-1].status.is_final


class StoreMachine(RuleBasedStateMachine):
    ids = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self.announced: list[str] = []
        self.store = MemoryStore(
            max_messages=1_000, now=lambda: NOW, announce=lambda message_id, _: self.announced.append(message_id)
        )
        self.expected: dict[str, Expected] = {}
        self.turns: dict[tuple[Principal, str], list[Turn]] = {}
        self.number = 0
        self.runner = asyncio.Runner()
        self.run = self.runner.run

    def teardown(self) -> None:
        self.runner.close()

    @rule(target=ids, owner=st.sampled_from(OWNERS), conversation_id=st.sampled_from("ab"))
    def submit(self, owner: Principal, conversation_id: str) -> str:
        self.number += 1
        message = Message(
            id=f"message-{self.number}",
            conversation_id=conversation_id,
            owner=owner,
            text="Hello",
            status=MessageStatus.RECEIVED,
            received_at=NOW,
        )
        self.run(self.store.add(message, Progress(status=MessageStatus.RECEIVED, result="Received")))
        assert self.announced.pop() == message.id
        self.expected[message.id] = Expected(message, list(self.run(self.store.updates(message.id))))
        assert len(self.expected[message.id].updates) == 1
        return message.id

    @rule(message_id=ids, status=st.sampled_from(MessageStatus))
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
            assert self.announced.pop() == message_id
            expected.updates.append(update)
            self.turns.setdefault(expected.message.conversation, []).extend(turns)

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
        assert self.run(self.store.position(conversation)) == wanted[-1].position

    @rule(message_id=consumes(ids))
    def erase(self, message_id: str) -> None:
        if message_id not in self.expected:
            return
        conversation = self.expected[message_id].message.conversation
        erased = {i for i, other in self.expected.items() if other.message.conversation == conversation}
        self.run(self.store.erase(conversation))
        assert {self.announced.pop() for _ in erased} == erased
        self.expected = {i: other for i, other in self.expected.items() if i not in erased}
        self.turns.pop(conversation, None)
        for ask in (self.store.position, self.store.conversation_updates, self.store.erase):
            with pytest.raises(ConversationNotFound):
                self.run(ask(conversation))

    @invariant()
    def holds_what_is_expected(self) -> None:
        assert self.announced == []
        for message_id, expected in self.expected.items():
            updates = self.run(self.store.updates(message_id))
            assert [update.sequence for update in updates] == list(range(1, len(updates) + 1))
            assert list(updates) == expected.updates
            assert self.run(self.store.get(message_id)).status is updates[-1].status
            assert sum(update.status.is_final for update in updates) <= 1
        open_ids = [message.id for message in self.run(self.store.open_messages())]
        assert open_ids == [i for i, expected in self.expected.items() if not expected.is_final]

    @invariant()
    def keeps_owners_apart(self) -> None:
        for owner in OWNERS:
            page = self.run(self.store.page(MessageFilter(owner=owner), limit=1_000))
            mine = [i for i, expected in self.expected.items() if expected.message.owner == owner]
            assert [message.id for message in page.messages] == mine[::-1]
            for conversation_id in "ab":
                turns = self.run(self.store.turns(owner, conversation_id, limit=1_000))
                assert list(turns) == self.turns.get((owner, conversation_id), [])


StoreMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
test_store_keeps_its_promises = StoreMachine.TestCase
