"""Where a message's end is to be told, those that still have to be told it, and the tries."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
PENDING = sa.text("state = 'pending'")


def upgrade() -> None:
    op.add_column("messages", sa.Column("callback_url", sa.Text))
    op.create_table(
        "outbox",
        sa.Column("message", NUMBER, sa.ForeignKey("messages.number", ondelete="CASCADE"), primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_try_at", sa.BigInteger),
        sa.Column("claim", sa.Text),
    )
    op.create_index("outbox_due", "outbox", ["next_try_at"], sqlite_where=PENDING, postgresql_where=PENDING)
    op.create_table(
        "deliveries",
        sa.Column("message", NUMBER, sa.ForeignKey("messages.number", ondelete="CASCADE"), primary_key=True),
        sa.Column("claim", sa.Text, primary_key=True),
        sa.Column("attempted_at", sa.BigInteger, nullable=False),
        sa.Column("status_code", sa.Integer),
        sa.Column("error", sa.Text),
    )


def downgrade() -> None:
    op.drop_table("deliveries")
    op.drop_table("outbox")
    op.drop_column("messages", "callback_url")
