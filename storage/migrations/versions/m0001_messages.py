"""Conversations, messages, updates, turns, and how many messages each customer has.

`final` is the status once it is final: the only index that moves with a message's progress is the one it leaves then.
`stored` counts a conversation's messages, so that a conversation without any is found; `write_id` is the last write,
so that a write whose answer was lost can be repeated.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "conversations",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("tenant", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text, nullable=False),
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("stored", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("tenant", "customer_id", "conversation_id"),
    )
    _create_partial_index("conversations_empty", "conversations", ["number"], where="stored = 0")
    _create_messages()
    op.create_table(
        "updates",
        sa.Column("message", NUMBER, sa.ForeignKey("messages.number", ondelete="CASCADE"), primary_key=True),
        sa.Column("sequence", sa.Integer, primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("processed_at", sa.BigInteger, nullable=False),
        sa.Column("progress", sa.Text, nullable=False),
    )
    op.create_table(
        "turns",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("conversation", NUMBER, sa.ForeignKey("conversations.number", ondelete="CASCADE"), nullable=False),
        sa.Column("turns", sa.Text, nullable=False),
    )
    op.create_index("turns_of_conversation", "turns", ["conversation", "number"])
    op.create_table(
        "counts",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("customer_id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("slot", sa.Integer, primary_key=True),
        sa.Column("messages", sa.BigInteger, nullable=False),
    )


def _create_messages() -> None:
    op.create_table(
        "messages",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("conversation", NUMBER, sa.ForeignKey("conversations.number"), nullable=False),
        sa.Column("tenant", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text, nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("traceparent", sa.Text),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("write_id", sa.Text, nullable=False),
        sa.Column("final", sa.Text),
        sa.Column("finished_at", sa.BigInteger),
    )
    op.create_index("messages_of_conversation", "messages", ["conversation", "number"])
    op.create_index("messages_of_owner", "messages", ["tenant", "customer_id", "number"])
    _create_partial_index("messages_open", "messages", ["conversation", "number"], where="final IS NULL")
    owned = ["tenant", "customer_id", "number"]
    _create_partial_index("messages_open_of_owner", "messages", owned, where="final IS NULL")
    columns = ["tenant", "customer_id", "final", "number"]
    _create_partial_index("messages_final", "messages", columns, where="final IS NOT NULL")
    _create_partial_index("messages_finished", "messages", ["finished_at"], where="finished_at IS NOT NULL")


def _create_partial_index(name: str, table: str, columns: list[str], *, where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    for table in ("counts", "turns", "updates", "messages", "conversations"):
        op.drop_table(table)
