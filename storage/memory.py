"""Messages in this process's memory, bounded: what is accepted lives as long as the process, final ones for a while."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from heapq import nsmallest

from models.claim import Claim
from models.clock import utc_now
from models.conversation import ConversationKey, Turn
from models.errors import (
    AttemptOver,
    ConversationBusy,
    ConversationNotFound,
    InvalidCursor,
    KeyReused,
    MessageIsFinal,
    MessageNotFound,
)
from models.message import Message, Progress, Update
from models.page import MessageFilter, Page
from models.principal import Principal
from storage.base import UPDATES_AT_ONCE, Announce
from storage.memory_outbox import MemoryOutbox
from storage.memory_turns import MemoryTurns


@dataclass(slots=True)
class _Record:
    number: int
    message: Message
    claim: Claim | None = None
    updates: list[Update] = field(default_factory=list)


@dataclass(slots=True)
class _Conversation:
    records: dict[int, _Record] = field(default_factory=dict)
    position: int = 0


class MemoryStore:
    """No method awaits anything, so each is atomic on the event loop."""

    def __init__(
        self,
        *,
        max_messages: int,
        now: Callable[[], datetime] = utc_now,
        announce: Announce = lambda message_id, conversation: None,
    ) -> None:
        self._max_messages = max_messages
        self._now = now
        self._announce = announce
        self.outbox = MemoryOutbox(now)
        self._turns = MemoryTurns()
        self._numbers = 0
        self._position = 0
        self._records: dict[str, _Record] = {}
        self._finished: OrderedDict[str, _Record] = OrderedDict()
        self._by_owner: dict[Principal, dict[int, _Record]] = {}
        self._conversations: dict[ConversationKey, _Conversation] = {}
        self._claims: dict[tuple[Principal, str], _Record] = {}

    async def add(
        self, message: Message, received: Progress, *, claim: Claim | None = None, alone: bool = False
    ) -> Message:
        if claim is not None and (earlier := self._claimed(message.owner, claim)):
            return earlier
        if alone and (others := await self.open_messages(message.conversation)):
            raise ConversationBusy(others[0].id)
        self._numbers += 1
        record = _Record(self._numbers, message, claim)
        self._records[message.id] = record
        if claim is not None:
            self._claims[message.owner, claim.key] = record
        self._by_owner.setdefault(message.owner, {})[record.number] = record
        self._conversations.setdefault(message.conversation, _Conversation()).records[record.number] = record
        self._append(record, received)
        while len(self._records) > self._max_messages and self._finished:
            oldest = next(iter(self._finished.values()))
            self._forget(oldest)
            self._turns.shorten(oldest.message.conversation, self._records)
        return record.message

    async def claimed(self, owner: Principal, claim: Claim) -> Message | None:
        return self._claimed(owner, claim)

    async def get(self, message_id: str, owner: Principal | None = None) -> Message:
        record = self._record(message_id)
        if owner is not None and record.message.owner != owner:
            raise MessageNotFound(message_id)
        return record.message

    async def updates(self, message_id: str, *, after: int = 0) -> Sequence[Update]:
        return tuple(self._record(message_id).updates[max(after, 0) :])

    async def last_update(self, message_id: str) -> Update:
        return self._record(message_id).updates[-1]

    async def begin(self, message_id: str, *, after: int | None = None) -> Message:
        record = self._open_record(message_id, after)
        record.message = replace(record.message, attempt=record.message.attempt + 1)
        return record.message

    async def append(
        self, message_id: str, progress: Progress, turns: Sequence[Turn] = (), *, attempt: int | None = None
    ) -> Update:
        record = self._open_record(message_id, attempt)
        update = self._append(record, progress)
        if progress.status.is_final:
            if turns:
                self._turns.say(message_id, record.message.conversation, turns, now=update.processed_at)
            self._finished[message_id] = record
            if record.message.callback_url is not None:
                self.outbox.owe(record.message)
        return update

    async def page(self, query: MessageFilter, *, limit: int, cursor: str | None = None) -> Page:
        before = _position(cursor)
        total = 0
        found: list[_Record] = []
        for record in self._matching(query):
            total += 1
            if record.number < before and len(found) <= limit:
                found.append(record)
        following = str(found[limit - 1].number) if len(found) > limit else None
        return Page(tuple(record.message for record in found[:limit]), total, following)

    async def turns(self, owner: Principal, conversation_id: str, *, limit: int) -> Sequence[Turn]:
        return self._turns.last((owner, conversation_id), limit)

    async def position(self, conversation: ConversationKey) -> int:
        return self._conversation(conversation).position

    async def conversation_updates(
        self, conversation: ConversationKey, *, after: int = 0, limit: int = UPDATES_AT_ONCE
    ) -> Sequence[Update]:
        found = [
            update
            for record in self._conversation(conversation).records.values()
            if record.updates[-1].position > after
            for update in record.updates
            if update.position > after
        ]
        return nsmallest(limit, found, key=lambda update: update.position)

    async def erase(self, conversation: ConversationKey) -> None:
        for record in list(self._conversation(conversation).records.values()):
            self._forget(record)
            self._announce(record.message.id, record.message.conversation)

    async def open_messages(self, conversation: ConversationKey | None = None) -> Sequence[Message]:
        if conversation is None:
            records: Iterable[_Record] = self._records.values()
        else:
            records = self._conversations[conversation].records.values() if conversation in self._conversations else ()
        return tuple(record.message for record in records if not record.message.status.is_final)

    async def sweep(self, finished_before: datetime) -> int:
        expired = 0
        while self._finished:
            record = next(iter(self._finished.values()))
            if record.updates[-1].processed_at >= finished_before:
                break
            self._forget(record)
            expired += 1
        self._turns.sweep(finished_before)
        return expired

    def _claimed(self, owner: Principal, claim: Claim) -> Message | None:
        record = self._claims.get((owner, claim.key))
        if record is None or record.claim is None or record.message.received_at < claim.since:
            return None
        if record.claim.digest != claim.digest:
            raise KeyReused
        return record.message

    def _append(self, record: _Record, progress: Progress) -> Update:
        message = record.message
        now = self._now()
        # by the clock, so that a position which a client kept over a restart is not given again
        self._position = max(self._position + 1, int(now.timestamp() * 1_000_000))
        self._conversations[message.conversation].position = self._position
        sequence = len(record.updates) + 1
        update = Update(
            message_id=message.id, sequence=sequence, position=self._position, processed_at=now, progress=progress
        )
        record.updates.append(update)
        if progress.status is not message.status:
            record.message = replace(message, status=progress.status)
        self._announce(message.id, message.conversation)
        return update

    def _matching(self, query: MessageFilter) -> Iterator[_Record]:
        if query.conversation_id is not None:
            conversation = self._conversations.get((query.owner, query.conversation_id))
            records = conversation.records if conversation else {}
        else:
            records = self._by_owner.get(query.owner, {})
        for record in reversed(records.values()):
            if query.status in (None, record.message.status):
                yield record

    def _record(self, message_id: str) -> _Record:
        if message_id not in self._records:
            raise MessageNotFound(message_id)
        return self._records[message_id]

    def _conversation(self, conversation: ConversationKey) -> _Conversation:
        if conversation not in self._conversations:
            raise ConversationNotFound
        return self._conversations[conversation]

    def _open_record(self, message_id: str, attempt: int | None) -> _Record:
        record = self._record(message_id)
        if record.message.status.is_final:
            raise MessageIsFinal(record.message.status)
        if attempt not in (None, record.message.attempt):
            raise AttemptOver
        return record

    def _forget(self, record: _Record) -> None:
        message = record.message
        del self._records[message.id]
        self._finished.pop(message.id, None)
        self.outbox.forget(message.id)
        _discard(self._by_owner, message.owner, record.number)
        if record.claim is not None and self._claims.get((message.owner, record.claim.key)) is record:
            del self._claims[message.owner, record.claim.key]
        conversation = self._conversations[message.conversation]
        del conversation.records[record.number]
        if not conversation.records:
            del self._conversations[message.conversation]
            self._turns.forget(message.conversation)


def _discard(index: dict[Principal, dict[int, _Record]], owner: Principal, number: int) -> None:
    del index[owner][number]
    if not index[owner]:
        del index[owner]


def _position(cursor: str | None) -> float:
    if cursor is None:
        return float("inf")
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 20):
        raise InvalidCursor
    return int(cursor)
