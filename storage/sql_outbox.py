"""Callbacks in a database: a row beside each final message that has one, and a row for each try."""

# ruff: noqa: S608 - what is put together here are our own words; values are parameters

import json
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from datetime import datetime
from uuid import uuid4

from models.clock import utc_now
from models.delivery import Deliveries, Delivery, DeliveryState, Owed, state_after
from storage.base import DELIVERIES_PER_MESSAGE
from storage.database import AlreadyThere, Database, Row, Value
from storage.rows import MESSAGE, message_of, micros, time_of, whole, words

_MESSAGE = "message = (SELECT number FROM messages WHERE id = :id)"

_CLAIMED = f"""
SELECT {MESSAGE}, outbox.attempts FROM outbox JOIN messages ON messages.number = outbox.message
WHERE outbox.state = 'pending' AND outbox.next_try_at = :until AND outbox.claim = :claim"""

_LOG = (
    """
INSERT INTO deliveries (message, claim, attempted_at, status_code, error)
SELECT number, :claim, :attempted_at, CAST(:status_code AS integer), CAST(:error AS text) FROM messages WHERE id = :id
ON CONFLICT (message, claim) DO NOTHING""",
    f"""
DELETE FROM deliveries WHERE {_MESSAGE} AND attempted_at < (
    SELECT attempted_at FROM deliveries WHERE {_MESSAGE} ORDER BY attempted_at DESC LIMIT 1 OFFSET :others)""",
    f"""
UPDATE outbox SET claim = NULL, next_try_at = CAST(:again_at AS bigint), state = :state
WHERE {_MESSAGE} AND claim = :claim""",
)

_REDELIVER = f"""
UPDATE outbox SET attempts = CASE WHEN state = 'pending' THEN attempts ELSE 0 END, state = 'pending', next_try_at = :now
WHERE {_MESSAGE} AND claim IS NULL"""

_RELEASE = "UPDATE outbox SET claim = NULL, next_try_at = :now WHERE state = 'pending' AND claim IS NOT NULL"

_STATE = f"SELECT state FROM outbox WHERE {_MESSAGE}"

_TRIES = f"""
SELECT attempted_at, status_code, error FROM deliveries WHERE {_MESSAGE} ORDER BY attempted_at DESC LIMIT :limit"""

_PENDING = "SELECT count(*) FROM (SELECT 1 FROM outbox WHERE state = 'pending' LIMIT :limit) AS pending"


class SqlOutbox:
    def __init__(self, database: Database, *, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now

    async def claim(self, *, until: datetime, limit: int, busy: Collection[str] = ()) -> Sequence[Owed]:
        claim = uuid4().hex
        statements = (*self._database.dialect.claim, _CLAIMED)
        parameters: dict[str, Value] = {
            "claim": claim,
            "now": micros(self._now()),
            "until": micros(until),
            "limit": limit,
            "busy": json.dumps(sorted(busy)),
        }
        *_, rows = await self._database.write(statements, parameters, order="")
        return tuple(Owed(message_of(row[:-1]), whole(row[-1]), claim) for row in rows)

    async def log_delivery(self, owed: Owed, delivery: Delivery, *, again_at: datetime | None) -> None:
        parameters: dict[str, Value] = {
            "id": owed.message.id,
            "claim": owed.claim,
            "attempted_at": micros(delivery.attempted_at),
            "status_code": delivery.status_code,
            "error": delivery.error,
            "again_at": None if again_at is None else micros(again_at),
            "state": state_after(delivery, again_at),
            "others": DELIVERIES_PER_MESSAGE - 1,
        }
        with suppress(AlreadyThere):  # the message was forgotten in the same moment
            await self._database.write(_LOG, parameters, order="")

    async def deliveries(self, message_id: str) -> Deliveries:
        states = await self._database.read(_STATE, {"id": message_id})
        state = DeliveryState(words(states[0][0])) if states else DeliveryState.PENDING
        tries = await self._database.read(_TRIES, {"id": message_id, "limit": DELIVERIES_PER_MESSAGE})
        return Deliveries(message_id, state, tuple(_delivery(row) for row in reversed(tries)))

    async def redeliver(self, message_id: str) -> None:
        await self._database.write((_REDELIVER,), {"id": message_id, "now": micros(self._now())}, order="")

    async def pending(self, *, at_most: int) -> int:
        return whole((await self._database.read(_PENDING, {"limit": at_most}))[0][0])

    async def release(self) -> None:
        """What another process was about to deliver that is no more, where there can be but one."""
        await self._database.write((_RELEASE,), {"now": micros(self._now())}, order="")


def _delivery(row: Row) -> Delivery:
    attempted_at, status_code, error = row
    return Delivery(
        attempted_at=time_of(attempted_at),
        status_code=None if status_code is None else whole(status_code),
        error=None if error is None else words(error),
    )
