"""Rows from before 0005 get their place and time; messages are taken and answered meanwhile.

PostgreSQL saves each batch and each index by itself. A batch passes over rows that somebody holds and comes back for
them, and an index is begun with no lock held, so that nobody waits in a circle. What was saved stays when it is begun
again. It takes half a minute for each million messages.
"""

import time

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

MESSAGES_TOGETHER = 1_000
CONVERSATIONS_TOGETHER = 1_000
PAUSE_SECONDS = 0.1

# The newest exchange belongs to the newest message that was answered, and so on; those without one have outlived it.
# A message that was answered together with another one has none of its own; it is found by how it is written, because
# PostgreSQL does not read JSON with a NUL in it.
_SAID_AT = """
WITH free AS (
    SELECT number FROM turns WHERE said_at IS NULL AND conversation BETWEEN :first AND :last {locked}
)
UPDATE turns SET said_at = coalesce(answered.finished_at, 0) FROM (
    SELECT number, conversation, row_number() OVER (PARTITION BY conversation ORDER BY number DESC) AS place
    FROM turns WHERE conversation BETWEEN :first AND :last
) AS said LEFT JOIN (
    SELECT conversation, finished_at, row_number() OVER (PARTITION BY conversation ORDER BY number DESC) AS place
    FROM messages WHERE conversation BETWEEN :first AND :last AND final = 'completed' AND NOT EXISTS (
        SELECT 1 FROM updates WHERE updates.message = messages.number AND updates.sequence = messages.sequence
        AND progress LIKE '%"kind": "merged"%'
    )
) AS answered ON answered.conversation = said.conversation AND answered.place = said.place
WHERE turns.number = said.number AND turns.number IN (SELECT number FROM free)"""

_OUTLIVED = "DELETE FROM turns WHERE number IN (SELECT number FROM turns WHERE said_at = 0 {locked})"

_CONVERSATION = """
WITH free AS (
    SELECT message, sequence FROM updates WHERE conversation IS NULL AND message BETWEEN :first AND :last {locked}
)
UPDATE updates SET conversation = messages.conversation FROM free JOIN messages ON messages.number = free.message
WHERE updates.message = free.message AND updates.sequence = free.sequence"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        with op.get_context().autocommit_block():
            _fill_in(locked="FOR UPDATE SKIP LOCKED")
            _create_indexes()
    else:
        _fill_in(locked="")
        _create_indexes()


def _fill_in(*, locked: str) -> None:
    turns = "SELECT min(conversation), max(conversation) FROM turns WHERE said_at IS NULL"
    _in_batches(turns, _SAID_AT.format(locked=locked), CONVERSATIONS_TOGETHER)
    op.execute(_OUTLIVED.format(locked=locked))
    updates = "SELECT min(message), max(message) FROM updates WHERE conversation IS NULL"
    _in_batches(updates, _CONVERSATION.format(locked=locked), MESSAGES_TOGETHER)


def _in_batches(left: str, statement: str, together: int) -> None:
    """Until nothing is left."""
    connection = op.get_bind()
    while (first := connection.execute(sa.text(left)).one())[0] is not None:
        for number in range(first[0], first[1] + 1, together):
            connection.execute(sa.text(statement), {"first": number, "last": number + together - 1})
        time.sleep(PAUSE_SECONDS)


def _create_indexes() -> None:
    op.create_index("turns_said", "turns", ["said_at"], if_not_exists=True)
    op.create_index("updates_of_conversation", "updates", ["conversation", "position"], if_not_exists=True)


def downgrade() -> None:
    op.drop_index("updates_of_conversation", "updates")
    op.drop_index("turns_said", "turns")
