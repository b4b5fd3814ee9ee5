"""The writes, or what of them both databases understand; how each makes its steps is in a file of its own."""

# ruff: noqa: S608 - what is put together here are our own words; values are parameters

from storage.database import Statements
from storage.rows import MESSAGE

OF_CONVERSATION = "tenant = :tenant AND customer_id = :customer_id AND conversation_id = :conversation_id"

_OPEN = """
final IS NULL AND write_id <> :write AND (CAST(:attempt AS integer) IS NULL OR attempt = CAST(:attempt AS integer))"""

COUNT = """
INSERT INTO counts (tenant, customer_id, kind, slot, messages) {new}
ON CONFLICT (tenant, customer_id, kind, slot) DO UPDATE SET messages = counts.messages + excluded.messages"""

SAVE = """
INSERT INTO messages (id, conversation, tenant, customer_id, scopes, conversation_id, text, status, received_at,
    attempt, traceparent, sequence, write_id, claim_key, claim_digest, callback_url)
SELECT :id, number, :tenant, :customer_id, :scopes, :conversation_id, :text, :status, :received_at,
    :attempt, :traceparent, 1, :write, :claim_key, :claim_digest, :callback_url FROM {conversation}"""

ADVANCE = f"UPDATE messages SET sequence = sequence + 1, status = :status, write_id = :write WHERE id = :id AND {_OPEN}"

END = f"""
UPDATE messages SET sequence = sequence + 1, status = :status, write_id = :write, final = :status, finished_at = :now
WHERE id = :id AND {_OPEN}"""

TELL = """
INSERT INTO updates (message, conversation, sequence, position, processed_at, progress)
SELECT message.number, message.conversation, message.sequence, conversation.position, :now, :progress
FROM {message}, {conversation} RETURNING sequence, position"""

SAY = """
INSERT INTO turns (conversation, turns, said_at) SELECT conversation, :turns, :now FROM {message}
WHERE CAST(:turns AS text) IS NOT NULL"""

OWE = """
INSERT INTO outbox (message, state, attempts, next_try_at, host) SELECT number, 'pending', 0, :now, {host}
FROM {message} WHERE callback_url IS NOT NULL"""

UNSAY = f"DELETE FROM turns WHERE conversation = (SELECT number FROM conversations WHERE {OF_CONVERSATION})"
UNSAY_OLD = """
DELETE FROM turns WHERE number IN (
    SELECT number FROM turns WHERE said_at < :before ORDER BY said_at LIMIT :batch {locked})"""

EMPTY = "DELETE FROM conversations WHERE stored = 0"

DUE = """
SELECT message FROM outbox WHERE state = 'pending' AND next_try_at <= :now AND (host IS NULL OR {free})
AND NOT EXISTS (SELECT 1 FROM outbox WHERE state = 'pending' AND next_try_at = :until AND claim = :claim)
ORDER BY next_try_at LIMIT :limit"""

CLAIM = "UPDATE outbox SET claim = :claim, attempts = attempts + 1, next_try_at = :until"

release: Statements = (
    """
UPDATE messages SET claim_key = NULL
WHERE tenant = :tenant AND customer_id = :customer_id AND claim_key = :claim_key AND received_at < :since""",
)

begin: Statements = (
    f"""
UPDATE messages SET attempt = attempt + 1, write_id = :write WHERE id = :id AND {_OPEN} RETURNING {MESSAGE}""",
)
