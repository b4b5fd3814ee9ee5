"""The writes for PostgreSQL: one statement each, so that each is one step on the wire.

Whoever changes a message locks it first and its conversation second; a new message has only the second.
"""

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

_TELL = TELL.format(message="message", conversation="conversation")

_SAVE = f"""message AS ({SAVE.format(conversation="conversation")}
    RETURNING number, conversation, sequence, tenant, customer_id
), counted AS ({COUNT.format(new="SELECT tenant, customer_id, 'all', :slot, 1 FROM message")}){_TELL}"""

_MOVED_AND_TOLD = f"""conversation AS (
    UPDATE conversations SET position = greatest(position + 1, :now) FROM message
    WHERE conversations.number = message.conversation RETURNING position
){_TELL}"""

add: Statements = (
    f"""
WITH conversation AS (
    INSERT INTO conversations (tenant, customer_id, conversation_id, position, stored)
    VALUES (:tenant, :customer_id, :conversation_id, :now, 1)
    ON CONFLICT (tenant, customer_id, conversation_id)
    DO UPDATE SET position = greatest(conversations.position + 1, excluded.position), stored = conversations.stored + 1
    RETURNING number, position
), {_SAVE}""",
)

# The conversation is locked by the first statement, so that the second one sees what was saved before.
add_alone: Statements = (
    """
INSERT INTO conversations (tenant, customer_id, conversation_id, position, stored)
VALUES (:tenant, :customer_id, :conversation_id, :now, 0)
ON CONFLICT (tenant, customer_id, conversation_id) DO UPDATE SET position = conversations.position""",
    f"""
WITH conversation AS (
    UPDATE conversations SET position = greatest(position + 1, :now), stored = stored + 1
    WHERE {OF_CONVERSATION}
    AND NOT EXISTS (SELECT 1 FROM messages WHERE messages.conversation = conversations.number AND final IS NULL)
    RETURNING number, position
), {_SAVE}""",
)

append: Statements = (f"WITH message AS ({ADVANCE} RETURNING number, conversation, sequence), {_MOVED_AND_TOLD}",)

_HOST = "lower(substring(callback_url FROM '://([^/?]*)'))"
finish: Statements = (
    f"""
WITH message AS ({END}
    RETURNING number, conversation, sequence, tenant, customer_id, final, callback_url
), said AS ({SAY.format(message="message")}
), owed AS ({OWE.format(host=_HOST, message="message")}
), counted AS ({COUNT.format(new="SELECT tenant, customer_id, final, :slot, 1 FROM message")}
), {_MOVED_AND_TOLD}""",
)

_FEWER = """
SELECT tenant, customer_id, kind, :slot, -count(*) FROM (
    SELECT tenant, customer_id, 'all' AS kind FROM gone
    UNION ALL SELECT tenant, customer_id, final FROM gone WHERE final IS NOT NULL
) AS kinds GROUP BY tenant, customer_id, kind"""
_FORGET = f"""
WITH chosen AS ({{chosen}}), gone AS (
    DELETE FROM messages USING chosen WHERE messages.number = chosen.number
    RETURNING messages.id, tenant, customer_id, conversation, final
), counted AS ({COUNT.format(new=_FEWER)}
), emptied AS (
    UPDATE conversations SET stored = stored - fewer.messages
    FROM (SELECT conversation, count(*) AS messages FROM gone GROUP BY conversation) AS fewer
    WHERE conversations.number = fewer.conversation
)
SELECT id, tenant, customer_id FROM gone"""

# What was said goes by itself: its conversation stays when a message comes to it in this moment.
erase: Statements = (
    _FORGET.format(
        chosen=f"""
SELECT messages.number FROM messages WHERE conversation = (SELECT number FROM conversations WHERE {OF_CONVERSATION})
ORDER BY messages.number FOR UPDATE OF messages"""
    ),
    UNSAY,
    EMPTY,
)
sweep: Statements = (
    _FORGET.format(
        chosen="""
SELECT number FROM messages WHERE finished_at < :before ORDER BY finished_at LIMIT :batch
FOR UPDATE SKIP LOCKED"""
    ),
    UNSAY_OLD.format(locked="FOR UPDATE SKIP LOCKED"),
    EMPTY,
)


def newest(values: Mapping[str, str]) -> str:
    """In words that only the index with these columns fits: by numbers alone it may go through everybody's messages."""
    columns, wanted = ", ".join(values), ", ".join(values.values())
    order = ", ".join(f"{name} DESC" for name in (*values, "number"))
    return f"({columns}, number) < ({wanted}, :before) AND ({columns}, number) >= ({wanted}, 0) ORDER BY {order}"


_TOUCHED = """
SELECT entry ->> 0 AS tenant, entry ->> 1 AS customer_id FROM json_array_elements(CAST(:customers AS json)) AS entry"""
_SUMS = """
SELECT tenant, customer_id, kind, -1, sum(messages) FROM gone GROUP BY tenant, customer_id, kind
HAVING sum(messages) <> 0 ORDER BY tenant, customer_id, kind"""


def _merge(locked: str) -> Statements:
    """Two that add to one sum at the same time may leave none, hence the second statement."""
    return (
        f"""
WITH touched AS ({_TOUCHED}), chosen AS (
    SELECT tenant, customer_id, kind, slot FROM counts JOIN touched USING (tenant, customer_id)
    ORDER BY tenant, customer_id, kind, slot FOR UPDATE OF counts {locked}
), gone AS (
    DELETE FROM counts USING chosen
    WHERE counts.tenant = chosen.tenant AND counts.customer_id = chosen.customer_id
    AND counts.kind = chosen.kind AND counts.slot = chosen.slot
    RETURNING counts.tenant, counts.customer_id, counts.kind, messages
){COUNT.format(new=_SUMS)}""",
        f"""
WITH touched AS ({_TOUCHED})
DELETE FROM counts USING touched
WHERE counts.tenant = touched.tenant AND counts.customer_id = touched.customer_id AND slot = -1 AND messages = 0""",
    )


merge_counts: Statements = _merge("")
merge_free_counts: Statements = _merge("SKIP LOCKED")

_FREE = "host NOT IN (SELECT json_array_elements_text(CAST(:busy AS json)))"
claim: Statements = (
    f"""
WITH due AS ({DUE.format(free=_FREE)} FOR UPDATE SKIP LOCKED)
{CLAIM} FROM due WHERE outbox.message = due.message""",
)
