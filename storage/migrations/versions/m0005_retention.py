"""When each exchange was said, so that it is forgotten in time; updates and callbacks found without a look at others.

What processes of the version before write from now on is filled in by PostgreSQL; a SQLite file has but one process.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")

_FILL_IN = (
    "ALTER TABLE turns ALTER COLUMN said_at SET DEFAULT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint",
    """
CREATE FUNCTION fill_in_conversation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT conversation INTO NEW.conversation FROM messages WHERE number = NEW.message;
    RETURN NEW;
END $$""",
    """
CREATE TRIGGER fill_in_conversation BEFORE INSERT ON updates FOR EACH ROW WHEN (NEW.conversation IS NULL)
EXECUTE FUNCTION fill_in_conversation()""",
)


def upgrade() -> None:
    op.add_column("turns", sa.Column("said_at", sa.BigInteger))
    op.add_column("updates", sa.Column("conversation", NUMBER))
    op.add_column("outbox", sa.Column("host", sa.Text))
    if op.get_bind().dialect.name == "postgresql":
        for statement in _FILL_IN:
            op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER fill_in_conversation ON updates")
        op.execute("DROP FUNCTION fill_in_conversation")
    op.drop_column("outbox", "host")
    op.drop_column("updates", "conversation")
    op.drop_column("turns", "said_at")
