"""The key under which a client sent a message, so that the request is made once when it is repeated."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

CLAIMED = sa.text("claim_key IS NOT NULL")


def upgrade() -> None:
    op.add_column("messages", sa.Column("claim_key", sa.Text))
    op.add_column("messages", sa.Column("claim_digest", sa.Text))
    columns = ["tenant", "customer_id", "claim_key"]
    op.create_index(
        "messages_claimed", "messages", columns, unique=True, sqlite_where=CLAIMED, postgresql_where=CLAIMED
    )


def downgrade() -> None:
    op.drop_index("messages_claimed", "messages")
    op.drop_column("messages", "claim_digest")
    op.drop_column("messages", "claim_key")
