"""Versions of credentials, who answers for a batch, personal keys."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column(
        "credentials", sa.Column("version", sa.Integer(), nullable=False, server_default="1")
    )
    op.add_column("credentials", sa.Column("old_seq", sa.BigInteger()))
    op.add_column("credentials", sa.Column("old_position", sa.Integer()))
    op.create_table(
        "approvals",
        sa.Column("batch", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("prepared_by", sa.Text(), nullable=False),
        sa.Column("prepared_at", sa.BigInteger(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("approved_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("kid", sa.LargeBinary()),
        sa.Column("signature", sa.Text()),
        sa.Column("signed_at", sa.BigInteger()),
        sa.Column("settled_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["batch"], ["batches.id"], name="fk_approvals_batch"),
        sa.PrimaryKeyConstraint("batch", name="pk_approvals"),
    )
    op.create_table(
        "personal_keys",
        sa.Column("kid", sa.LargeBinary(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("school", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kid", name="pk_personal_keys"),
    )
