"""When each exchange was said, so that it is forgotten in time; updates and callbacks found without a look at others.

What processes of the version before write from now on is filled in by PostgreSQL; a SQLite file has but one process.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

# Each saved by itself: a lock on one of these tables is never held while another one is waited for.
_STEPS = (
    """
ALTER TABLE turns ADD COLUMN IF NOT EXISTS said_at bigint,
    ALTER COLUMN said_at SET DEFAULT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint""",
    "ALTER TABLE updates ADD COLUMN IF NOT EXISTS conversation bigint",
    "ALTER TABLE outbox ADD COLUMN IF NOT EXISTS host text",
    """
CREATE OR REPLACE FUNCTION fill_in_conversation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT conversation INTO NEW.conversation FROM messages WHERE number = NEW.message;
    RETURN NEW;
END $$""",
    """
CREATE OR REPLACE TRIGGER fill_in_conversation BEFORE INSERT ON updates FOR EACH ROW WHEN (NEW.conversation IS NULL)
EXECUTE FUNCTION fill_in_conversation()""",
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        with op.get_context().autocommit_block():
            for statement in _STEPS:
                op.execute(statement)
    else:
        op.add_column("turns", sa.Column("said_at", sa.BigInteger))
        op.add_column("updates", sa.Column("conversation", sa.Integer))
        op.add_column("outbox", sa.Column("host", sa.Text))


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER fill_in_conversation ON updates")
        op.execute("DROP FUNCTION fill_in_conversation")
    op.drop_column("outbox", "host")
    op.drop_column("updates", "conversation")
    op.drop_column("turns", "said_at")
