"""Files that wait for a decision belong to a person or a program, whose numbers may be the same.

They are kept for a day at most, so those of before are not carried over.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.drop_table("uploads")
    op.create_table(
        "uploads",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("school", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_uploads"),
    )
    op.create_index("ix_uploads_at", "uploads", ["at"])
