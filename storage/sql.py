"""Messages in a database: the store's promises as statements that SQLite and PostgreSQL both keep."""

import json
import secrets
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from uuid import uuid4

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
from storage import reads
from storage.base import UPDATES_AT_ONCE, Announce
from storage.database import AlreadyThere, Database, Parameters, Row, Value
from storage.rows import (
    claim_of,
    columns_of,
    dump_progress,
    dump_turns,
    key_of,
    message_of,
    micros,
    time_of,
    turns_of,
    update_of,
    whole,
    words,
)

SLOTS = 64  # processes count in different rows, so that none waits for another
SWEEP_BATCH = 500
REMEMBERED = 10_000
LARGEST_NUMBER = 2**63 - 1


class SqlStore:
    def __init__(
        self,
        database: Database,
        *,
        now: Callable[[], datetime] = utc_now,
        announce: Announce = lambda message_id, conversation: None,
    ) -> None:
        self._database = database
        self._now = now
        self._announce = announce
        self._slot = secrets.randbelow(SLOTS)
        self._conversations: OrderedDict[str, ConversationKey] = OrderedDict()

    async def add(
        self, message: Message, received: Progress, *, claim: Claim | None = None, alone: bool = False
    ) -> Message:
        dialect = self._database.dialect
        statements = (dialect.release if claim else ()) + (dialect.add_alone if alone else dialect.add)
        parameters = columns_of(message) | claim_of(claim) | self._stamp() | {"progress": dump_progress(received)}
        found: Message | None = None
        while found is None:
            results: list[list[Row]] = [[]]
            with suppress(AlreadyThere):
                results = await self._database.write(statements, parameters, order=_order(message.conversation))
            found = message if results[-1] else await self._instead(message, claim, alone=alone)
        if found.id == message.id:
            self._remember(message)
            self._announce(message.id, message.conversation)
        return found

    async def _instead(self, message: Message, claim: Claim | None, *, alone: bool) -> Message | None:
        """Of a message that was not saved: that of its claim, or itself, saved by a write whose answer was lost."""
        if claim is not None and (earlier := await self.claimed(message.owner, claim)):
            return earlier
        with suppress(MessageNotFound):
            return await self.get(message.id)
        if alone and (others := await self.open_messages(message.conversation)):
            raise ConversationBusy(others[0].id)
        return None

    async def claimed(self, owner: Principal, claim: Claim) -> Message | None:
        rows = await self._database.read(reads.CLAIMED, key_of((owner, "")) | claim_of(claim))
        if rows and rows[0][-1] != claim.digest:
            raise KeyReused
        return message_of(rows[0][:-1]) if rows else None

    async def get(self, message_id: str, owner: Principal | None = None) -> Message:
        rows = await self._database.read(reads.MESSAGE, {"id": message_id})
        if not rows or (message := message_of(rows[0])).owner != (owner or message.owner):
            raise MessageNotFound(message_id)
        return message

    async def updates(self, message_id: str, *, after: int = 0) -> Sequence[Update]:
        rows = await self._database.read(reads.UPDATES, {"id": message_id, "after": min(after, LARGEST_NUMBER)})
        if not rows:
            raise MessageNotFound(message_id)
        return tuple(update_of(message_id, row) for row in rows if row[0] is not None)

    async def last_update(self, message_id: str) -> Update:
        rows = await self._database.read(reads.LAST_UPDATE, {"id": message_id})
        if not rows:
            raise MessageNotFound(message_id)
        return update_of(message_id, rows[0])

    async def begin(self, message_id: str, *, after: int | None = None) -> Message:
        parameters = {"id": message_id, "attempt": after, "write": uuid4().hex}
        (rows,) = await self._database.write(self._database.dialect.begin, parameters, order=self._order(message_id))
        message = message_of(rows[0]) if rows else await self._written(parameters)
        self._remember(message)
        return message

    async def append(
        self, message_id: str, progress: Progress, turns: Sequence[Turn] = (), *, attempt: int | None = None
    ) -> Update:
        stamp = self._stamp()
        parameters = {"id": message_id, "attempt": attempt, "status": progress.status, **stamp}
        parameters |= {"progress": dump_progress(progress), "turns": dump_turns(turns)}
        dialect = self._database.dialect
        statements = dialect.finish if progress.status.is_final else dialect.append
        try:
            results = await self._database.write(statements, parameters, order=self._order(message_id))
        except AlreadyThere:  # by this call, whose first answer was lost
            results = [[]]
        if not results[-1]:
            await self._written(parameters)
            results = [await self._database.read(reads.LAST_UPDATE, {"id": message_id})]
        sequence, position, *_ = results[-1][0]
        self._announce(message_id, await self._conversation(message_id))
        return Update(
            message_id=message_id,
            sequence=whole(sequence),
            position=whole(position),
            processed_at=time_of(stamp["now"]),
            progress=progress,
        )

    async def page(self, query: MessageFilter, *, limit: int, cursor: str | None = None) -> Page:
        before = _number(cursor)
        where = key_of((query.owner, query.conversation_id or "")) | {"status": query.status}
        kind = query.status or "all"
        (total,) = (await self._database.read(reads.total(query), where | {"kind": kind}))[0]
        statement = reads.page(query, self._database.dialect.newest, limit=limit + 1)
        found = await self._database.read(statement, where | {"before": before})
        messages = tuple(message_of(row[:-1]) for row in found[:limit])
        return Page(messages, whole(total), str(found[limit - 1][-1]) if len(found) > limit else None)

    async def turns(self, owner: Principal, conversation_id: str, *, limit: int) -> Sequence[Turn]:
        rows = await self._database.read(reads.TURNS, key_of((owner, conversation_id)) | {"limit": limit})
        return tuple(turn for row in reversed(rows) for turn in turns_of(row))[-limit:]

    async def position(self, conversation: ConversationKey) -> int:
        rows = await self._database.read(reads.POSITION, key_of(conversation))
        if not rows:
            raise ConversationNotFound
        return whole(rows[0][0])

    async def conversation_updates(
        self, conversation: ConversationKey, *, after: int = 0, limit: int = UPDATES_AT_ONCE
    ) -> Sequence[Update]:
        where = key_of(conversation) | {"after": min(after, LARGEST_NUMBER), "limit": limit}
        rows = await self._database.read(reads.CONVERSATION_UPDATES, where)
        if not rows:
            await self.position(conversation)
        return tuple(update_of(words(row[0]), row[1:]) for row in rows)

    async def erase(self, conversation: ConversationKey) -> None:
        await self.position(conversation)
        where = key_of(conversation) | {"slot": self._slot}
        results = await self._database.write(self._database.dialect.erase, where, order=_order(conversation))
        for row in [row for rows in results for row in rows]:
            self._conversations.pop(words(row[0]), None)
            self._announce(words(row[0]), conversation)

    async def open_messages(self, conversation: ConversationKey | None = None) -> Sequence[Message]:
        if conversation is None:
            rows = await self._database.read(reads.OPEN, {})
        else:
            rows = await self._database.read(reads.OPEN_OF_CONVERSATION, key_of(conversation))
        return tuple(message_of(row) for row in rows)

    async def sweep(self, finished_before: datetime) -> int:
        swept = 0
        while True:
            where = {"before": micros(finished_before), "batch": SWEEP_BATCH, "slot": self._slot}
            results = await self._database.write(self._database.dialect.sweep, where, order="")
            gone = [row for rows in results for row in rows]
            if customers := sorted({(words(tenant), words(customer_id)) for _, tenant, customer_id in gone}):
                counts = {"customers": json.dumps(customers)}
                await self._database.write(self._database.dialect.merge_free_counts, counts, order="")
            swept += len(gone)
            if len(gone) < SWEEP_BATCH:
                return swept

    def _stamp(self) -> dict[str, Value]:
        return {"now": micros(self._now()), "write": uuid4().hex, "slot": self._slot}

    async def _written(self, parameters: Parameters) -> Message:
        """The message when this write came through before, although its answer was lost; else raises why it did not."""
        message_id = words(parameters["id"])
        rows = await self._database.read(reads.WRITTEN, {"id": message_id})
        if not rows:
            raise MessageNotFound(message_id)
        message = message_of(rows[0][:-1])
        if rows[0][-1] == parameters["write"]:
            return message
        raise MessageIsFinal(message.status) if message.status.is_final else AttemptOver

    def _remember(self, message: Message) -> None:
        self._conversations[message.id] = message.conversation
        if len(self._conversations) > REMEMBERED:
            self._conversations.popitem(last=False)

    async def _conversation(self, message_id: str) -> ConversationKey:
        if message_id not in self._conversations:
            self._remember(await self.get(message_id))
        return self._conversations[message_id]

    def _order(self, message_id: str) -> str:
        conversation = self._conversations.get(message_id)
        return _order(conversation) if conversation else ""


def _order(conversation: ConversationKey) -> str:
    owner, conversation_id = conversation
    return f"{conversation_id}\0{owner.customer_id}\0{owner.tenant}"


def _number(cursor: str | None) -> int:
    if cursor is None:
        return LARGEST_NUMBER
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise InvalidCursor
    return int(cursor)
