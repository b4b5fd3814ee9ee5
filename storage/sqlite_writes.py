"""The writes for SQLite: step by step in one transaction; a step sees by `write_id` whether the one before it did."""

# ruff: noqa: S608 - what is put together here are our own words; values are parameters

from storage.database import Statements

_THIS = "(SELECT number FROM messages WHERE id = :id AND write_id = :write)"

_COUNT = """
INSERT INTO counts (tenant, customer_id, kind, slot, messages) {new}
ON CONFLICT (tenant, customer_id, kind, slot) DO UPDATE SET messages = counts.messages + 1"""

_ADVANCE = f"""
UPDATE conversations SET position = max(position + 1, :now)
WHERE number = (SELECT conversation FROM messages WHERE number = {_THIS})"""

_TELL = """
INSERT INTO updates (message, sequence, position, processed_at, progress)
SELECT messages.number, messages.sequence, conversations.position, :now, :progress
FROM messages JOIN conversations ON conversations.number = messages.conversation
WHERE messages.id = :id AND messages.write_id = :write
RETURNING sequence, position"""

_OPEN = "final IS NULL AND write_id <> :write AND (:attempt IS NULL OR attempt = :attempt)"

_OF_CONVERSATION = "tenant = :tenant AND customer_id = :customer_id AND conversation_id = :conversation_id"

_SAVE = f"""
INSERT INTO messages (id, conversation, tenant, customer_id, scopes, conversation_id, text, status, received_at,
    attempt, traceparent, sequence, write_id, claim_key, claim_digest, callback_url)
SELECT :id, number, :tenant, :customer_id, :scopes, :conversation_id, :text, :status, :received_at,
    :attempt, :traceparent, 1, :write, :claim_key, :claim_digest, :callback_url
FROM conversations WHERE {_OF_CONVERSATION}"""

add: Statements = (
    """
INSERT INTO conversations (tenant, customer_id, conversation_id, position, stored)
VALUES (:tenant, :customer_id, :conversation_id, :now, 1)
ON CONFLICT (tenant, customer_id, conversation_id)
DO UPDATE SET position = max(conversations.position + 1, excluded.position), stored = conversations.stored + 1""",
    _SAVE,
    _COUNT.format(new="VALUES (:tenant, :customer_id, 'all', :slot, 1)"),
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
WHERE number = (SELECT conversation FROM messages WHERE number = {_THIS})""",
    _COUNT.format(new=f"SELECT tenant, customer_id, 'all', :slot, 1 FROM messages WHERE number = {_THIS}"),
    _TELL,
)

release: Statements = (
    """
UPDATE messages SET claim_key = NULL
WHERE tenant = :tenant AND customer_id = :customer_id AND claim_key = :claim_key AND received_at < :since""",
)

begin: Statements = (
    f"""
UPDATE messages SET attempt = attempt + 1, write_id = :write WHERE id = :id AND {_OPEN}
RETURNING id, conversation_id, tenant, customer_id, scopes, text, status, received_at, attempt, traceparent,
    callback_url""",
)

append: Statements = (
    f"UPDATE messages SET sequence = sequence + 1, status = :status, write_id = :write WHERE id = :id AND {_OPEN}",
    _ADVANCE,
    _TELL,
)

finish: Statements = (
    f"""
UPDATE messages SET sequence = sequence + 1, status = :status, write_id = :write, final = :status, finished_at = :now
WHERE id = :id AND {_OPEN}""",
    _ADVANCE,
    f"INSERT INTO outbox (message, state, attempts, next_try_at) SELECT number, 'pending', 0, :now FROM messages "
    f"WHERE number = {_THIS} AND callback_url IS NOT NULL",
    f"INSERT INTO turns (conversation, turns) SELECT conversation, :turns FROM messages "
    f"WHERE number = {_THIS} AND :turns IS NOT NULL",
    f"""
INSERT INTO counts (tenant, customer_id, kind, slot, messages)
SELECT tenant, customer_id, final, :slot, 1 FROM messages WHERE number = {_THIS}
ON CONFLICT (tenant, customer_id, kind, slot) DO UPDATE SET messages = counts.messages + 1""",
    _TELL,
)


def _forget(messages: str) -> tuple[str, ...]:
    """Subtract from the counts, delete, and return what was deleted."""
    return (
        f"""
INSERT INTO counts (tenant, customer_id, kind, slot, messages)
SELECT tenant, customer_id, 'all', :slot, -count(*) FROM messages WHERE {messages} GROUP BY tenant, customer_id
ON CONFLICT (tenant, customer_id, kind, slot) DO UPDATE SET messages = counts.messages + excluded.messages""",
        f"""
INSERT INTO counts (tenant, customer_id, kind, slot, messages)
SELECT tenant, customer_id, final, :slot, -count(*) FROM messages
WHERE {messages} AND final IS NOT NULL GROUP BY tenant, customer_id, final
ON CONFLICT (tenant, customer_id, kind, slot) DO UPDATE SET messages = counts.messages + excluded.messages""",
        f"""
UPDATE conversations SET stored = stored - (
    SELECT count(*) FROM messages WHERE messages.conversation = conversations.number AND {messages})
WHERE number IN (SELECT conversation FROM messages WHERE {messages})""",
        f"DELETE FROM messages WHERE {messages} RETURNING id",
        "DELETE FROM conversations WHERE stored = 0",
    )


erase: Statements = _forget(f"messages.conversation = (SELECT number FROM conversations WHERE {_OF_CONVERSATION})")
sweep: Statements = _forget(
    "messages.number IN (SELECT number FROM messages WHERE finished_at < :before ORDER BY finished_at LIMIT :batch)"
)

claim: Statements = (
    """
UPDATE outbox SET claim = :claim, attempts = attempts + 1, next_try_at = :until WHERE message IN (
    SELECT message FROM outbox WHERE state = 'pending' AND next_try_at <= :now
    AND NOT EXISTS (SELECT 1 FROM outbox WHERE state = 'pending' AND next_try_at = :until AND claim = :claim)
    ORDER BY next_try_at LIMIT :limit)""",
)
