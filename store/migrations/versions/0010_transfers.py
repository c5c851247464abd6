"""Transfers between schools."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "transfers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("pupil", sa.Text(), nullable=False),
        sa.Column("from_school", sa.BigInteger(), nullable=False),
        sa.Column("to_school", sa.BigInteger()),
        sa.Column("from_name", sa.Text(), nullable=False),
        sa.Column("to_name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested", sa.Integer(), nullable=False),
        sa.Column("code", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("bundle", sa.Text()),
        sa.Column("class_name", sa.Text()),
        sa.Column("moved_on", sa.Integer()),
        sa.Column("acceptance", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_transfers"),
        sa.UniqueConstraint("code", name="uq_transfers_code"),
    )
    for column in ("pupil", "from_school", "to_school"):
        op.create_index(f"ix_transfers_{column}", "transfers", [column])
    op.create_table(
        "transfer_events",
        sa.Column("transfer", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["transfer"], ["transfers.id"], name="fk_transfer_events_transfer"),
        sa.PrimaryKeyConstraint("transfer", "number", name="pk_transfer_events"),
    )
