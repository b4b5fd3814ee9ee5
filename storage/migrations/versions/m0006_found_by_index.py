"""Rows from before 0005 get their place and time. Messages are taken and answered meanwhile, but for the last seconds.

It takes half a minute for each million messages; those that it is about are locked, so that sweeps pass them over.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_LOCK = "SELECT count(*) FROM (SELECT 1 FROM messages WHERE final IS NOT NULL FOR NO KEY UPDATE) AS locked"

# The newest exchange belongs to the newest message that was answered, and so on; those without one have outlived it.
_SAID_AT = """
UPDATE turns SET said_at = answered.finished_at FROM (
    SELECT number, conversation, row_number() OVER (PARTITION BY conversation ORDER BY number DESC) AS place FROM turns
) AS said JOIN (
    SELECT conversation, finished_at, row_number() OVER (PARTITION BY conversation ORDER BY number DESC) AS place
    FROM messages WHERE final = 'completed'
) AS answered ON answered.conversation = said.conversation AND answered.place = said.place
WHERE turns.number = said.number AND turns.said_at IS NULL"""

_OUTLIVED = "DELETE FROM turns WHERE said_at IS NULL"

_CONVERSATION = """
UPDATE updates SET conversation = messages.conversation FROM messages
WHERE messages.number = updates.message AND updates.conversation IS NULL"""


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text(_LOCK))
    for statement in (_SAID_AT, _OUTLIVED, _CONVERSATION):
        op.execute(statement)
    op.create_index("turns_said", "turns", ["said_at"])
    op.create_index("updates_of_conversation", "updates", ["conversation", "position"])


def downgrade() -> None:
    op.drop_index("updates_of_conversation", "updates")
    op.drop_index("turns_said", "turns")
