"""The writes for SQLite: step by step in one transaction; a step sees by `write_id` whether the one before it did."""

# ruff: noqa: S608 - what is put together here are our own words; values are parameters

from collections.abc import Mapping

from storage.database import Statements
from storage.writes import (
    ADVANCE,
    CLAIM,
    COUNT,
    DUE,
    EMPTY,
    END,
    OF_CONVERSATION,
    OWE,
    SAVE,
    SAY,
    TELL,
    UNSAY,
    UNSAY_OLD,
    begin,
    release,
)

__all__ = [
    "add",
    "add_alone",
    "append",
    "begin",
    "claim",
    "erase",
    "finish",
    "merge_counts",
    "merge_free_counts",
    "newest",
    "release",
    "sweep",
]

_MESSAGE = "(SELECT * FROM messages WHERE id = :id AND write_id = :write) AS message"
_ITS_CONVERSATION = "conversations AS conversation WHERE conversation.number = message.conversation"

_MOVE = f"""
UPDATE conversations SET position = max(position + 1, :now) WHERE number = (SELECT conversation FROM {_MESSAGE})"""

_TELL = TELL.format(message=_MESSAGE, conversation=_ITS_CONVERSATION)

_SAVE = SAVE.format(conversation=f"conversations WHERE {OF_CONVERSATION}")

add: Statements = (
    """
INSERT INTO conversations (tenant, customer_id, conversation_id, position, stored)
VALUES (:tenant, :customer_id, :conversation_id, :now, 1)
ON CONFLICT (tenant, customer_id, conversation_id)
DO UPDATE SET position = max(conversations.position + 1, excluded.position), stored = conversations.stored + 1""",
    _SAVE,
    COUNT.format(new="VALUES (:tenant, :customer_id, 'all', :slot, 1)"),
    _TELL,
)

add_alone: Statements = (
    """
INSERT INTO conversations (tenant, customer_id, conversation_id, position, stored)
VALUES (:tenant, :customer_id, :conversation_id, :now, 0) ON CONFLICT DO NOTHING""",
    f"""{_SAVE}
AND NOT EXISTS (SELECT 1 FROM messages WHERE messages.conversation = conversations.number AND final IS NULL)""",
    f"""
UPDATE conversations SET stored = stored + 1, position = max(position + 1, :now)
WHERE number = (SELECT conversation FROM {_MESSAGE})""",
    COUNT.format(new=f"SELECT tenant, customer_id, 'all', :slot, 1 FROM {_MESSAGE} WHERE true"),
    _TELL,
)

append: Statements = (ADVANCE, _MOVE, _TELL)

# The part of an address between "://" and the next "/" or "?".
_REST = "substr(callback_url, instr(callback_url, '://') + 3)"
_HOST = f"lower(substr({_REST}, 1, instr(replace({_REST}, '?', '/') || '/', '/') - 1))"

finish: Statements = (
    END,
    _MOVE,
    OWE.format(host=_HOST, message=_MESSAGE),
    SAY.format(message=_MESSAGE),
    COUNT.format(new=f"SELECT tenant, customer_id, final, :slot, 1 FROM {_MESSAGE} WHERE true"),
    _TELL,
)


def _forget(messages: str) -> tuple[str, ...]:
    """Subtract from the counts, delete, and return what was deleted."""
    less = f"-count(*) FROM messages WHERE {messages}"
    return (
        COUNT.format(new=f"SELECT tenant, customer_id, 'all', :slot, {less} GROUP BY tenant, customer_id"),
        COUNT.format(
            new=f"""
SELECT tenant, customer_id, final, :slot, {less} AND final IS NOT NULL GROUP BY tenant, customer_id, final"""
        ),
        f"""
UPDATE conversations SET stored = stored - (
    SELECT count(*) FROM messages WHERE messages.conversation = conversations.number AND {messages})
WHERE number IN (SELECT conversation FROM messages WHERE {messages})""",
        f"DELETE FROM messages WHERE {messages} RETURNING id, tenant, customer_id",
    )


erase: Statements = (
    *_forget(f"messages.conversation = (SELECT number FROM conversations WHERE {OF_CONVERSATION})"),
    UNSAY,
    EMPTY,
)
sweep: Statements = (
    *_forget(
        "messages.number IN (SELECT number FROM messages WHERE finished_at < :before ORDER BY finished_at LIMIT :batch)"
    ),
    UNSAY_OLD.format(locked=""),
    EMPTY,
)


def newest(values: Mapping[str, str]) -> str:
    return " AND ".join(
        [*(f"{name} = {value}" for name, value in values.items()), "number < :before ORDER BY number DESC"]
    )


_OF_CUSTOMERS = """
(tenant, customer_id) IN (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(:customers))"""
merge_counts: Statements = (
    f"""
INSERT INTO counts (tenant, customer_id, kind, slot, messages)
SELECT tenant, customer_id, kind, -1, sum(messages) FROM counts WHERE {_OF_CUSTOMERS} GROUP BY tenant, customer_id, kind
ON CONFLICT (tenant, customer_id, kind, slot) DO UPDATE SET messages = excluded.messages""",
    f"DELETE FROM counts WHERE {_OF_CUSTOMERS} AND (slot <> -1 OR messages = 0)",
)
merge_free_counts = merge_counts

_FREE = "host NOT IN (SELECT value FROM json_each(:busy))"
claim: Statements = (f"{CLAIM} WHERE message IN ({DUE.format(free=_FREE)})",)
