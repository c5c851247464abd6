"""Files that a person looks at before anything is kept of them."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "uploads",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("school", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_uploads"),
    )
    op.create_index("ix_uploads_at", "uploads", ["at"])
