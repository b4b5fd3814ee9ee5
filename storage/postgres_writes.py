"""The writes for PostgreSQL: one statement each, so that each is one step on the wire.

Whoever changes a message locks it first and its conversation second; a new message has only the second.
"""

# ruff: noqa: S608 - what is put together here are our own words; values are parameters

from storage.database import Statements

_OPEN = """
final IS NULL AND write_id <> :write AND (CAST(:attempt AS integer) IS NULL OR attempt = CAST(:attempt AS integer))"""

_COUNT = """
INSERT INTO counts (tenant, customer_id, kind, slot, messages) {new}
ON CONFLICT (tenant, customer_id, kind, slot) DO UPDATE SET messages = counts.messages + excluded.messages"""

_TELL = """, conversation AS (
    UPDATE conversations SET position = greatest(position + 1, :now) FROM changed
    WHERE conversations.number = changed.conversation RETURNING position
)
INSERT INTO updates (message, sequence, position, processed_at, progress)
SELECT changed.number, changed.sequence, conversation.position, :now, :progress FROM changed, conversation
RETURNING sequence, position"""

_COUNT_NEW = _COUNT.format(new="SELECT tenant, customer_id, 'all', :slot, 1 FROM message")
_SAVE = f"""message AS (
    INSERT INTO messages (id, conversation, tenant, customer_id, scopes, conversation_id, text, status, received_at,
        attempt, traceparent, sequence, write_id, claim_key, claim_digest, callback_url)
    SELECT :id, number, :tenant, :customer_id, :scopes, :conversation_id, :text, :status, :received_at,
        :attempt, :traceparent, 1, :write, :claim_key, :claim_digest, :callback_url FROM conversation
    RETURNING number, tenant, customer_id
), counted AS ({_COUNT_NEW})
INSERT INTO updates (message, sequence, position, processed_at, progress)
SELECT message.number, 1, conversation.position, :now, :progress FROM message, conversation
RETURNING sequence, position"""

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
    WHERE tenant = :tenant AND customer_id = :customer_id AND conversation_id = :conversation_id
    AND NOT EXISTS (SELECT 1 FROM messages WHERE messages.conversation = conversations.number AND final IS NULL)
    RETURNING number, position
), {_SAVE}""",
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
    f"""
WITH changed AS (
    UPDATE messages SET sequence = sequence + 1, status = :status, write_id = :write WHERE id = :id AND {_OPEN}
    RETURNING number, conversation, sequence
){_TELL}""",
)

_COUNT_FINAL = _COUNT.format(new="SELECT tenant, customer_id, final, :slot, 1 FROM changed")
finish: Statements = (
    f"""
WITH changed AS (
    UPDATE messages
    SET sequence = sequence + 1, status = :status, write_id = :write, final = :status, finished_at = :now
    WHERE id = :id AND {_OPEN}
    RETURNING number, conversation, sequence, tenant, customer_id, final, callback_url
), said AS (
    INSERT INTO turns (conversation, turns) SELECT conversation, :turns FROM changed
    WHERE CAST(:turns AS text) IS NOT NULL
), owed AS (
    INSERT INTO outbox (message, state, attempts, next_try_at) SELECT number, 'pending', 0, :now FROM changed
    WHERE callback_url IS NOT NULL
), counted AS ({_COUNT_FINAL}){_TELL}""",
)

_GONE = """
WITH chosen AS ({chosen}), gone AS (
    DELETE FROM messages USING chosen WHERE messages.number = chosen.number
    RETURNING messages.id, tenant, customer_id, conversation, final
), counted AS (
    INSERT INTO counts (tenant, customer_id, kind, slot, messages)
    SELECT tenant, customer_id, kind, :slot, -count(*) FROM (
        SELECT tenant, customer_id, 'all' AS kind FROM gone
        UNION ALL SELECT tenant, customer_id, final FROM gone WHERE final IS NOT NULL
    ) AS kinds GROUP BY tenant, customer_id, kind
    ON CONFLICT (tenant, customer_id, kind, slot) DO UPDATE SET messages = counts.messages + excluded.messages
), emptied AS (
    UPDATE conversations SET stored = stored - fewer.messages
    FROM (SELECT conversation, count(*) AS messages FROM gone GROUP BY conversation) AS fewer
    WHERE conversations.number = fewer.conversation
)
SELECT id FROM gone"""
_EMPTY = "DELETE FROM conversations WHERE stored = 0"

erase: Statements = (
    _GONE.format(
        chosen="""
SELECT messages.number FROM messages JOIN conversations ON conversations.number = messages.conversation
WHERE conversations.tenant = :tenant AND conversations.customer_id = :customer_id
AND conversations.conversation_id = :conversation_id ORDER BY messages.number FOR UPDATE OF messages"""
    ),
    _EMPTY,
)
sweep: Statements = (
    _GONE.format(
        chosen="""
SELECT number FROM messages WHERE finished_at < :before ORDER BY finished_at LIMIT :batch
FOR UPDATE SKIP LOCKED"""
    ),
    _EMPTY,
)

claim: Statements = (
    """
WITH due AS (
    SELECT message FROM outbox WHERE state = 'pending' AND next_try_at <= :now
    AND NOT EXISTS (SELECT 1 FROM outbox WHERE state = 'pending' AND next_try_at = :until AND claim = :claim)
    ORDER BY next_try_at LIMIT :limit FOR UPDATE SKIP LOCKED
)
UPDATE outbox SET claim = :claim, attempts = attempts + 1, next_try_at = :until FROM due
WHERE outbox.message = due.message""",
)
