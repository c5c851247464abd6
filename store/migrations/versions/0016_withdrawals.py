"""Changes of a credential's status that wait for a second person."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "withdrawals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Integer(), nullable=False),
        sa.Column("register_no", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Text(), nullable=False),
        sa.Column("until", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("account", sa.Integer()),
        sa.Column("prepared_by", sa.Text(), nullable=False),
        sa.Column("approver", sa.Integer()),
        sa.Column("approved_by", sa.Text()),
        sa.Column("sent_back", sa.Text()),
        sa.Column("job", sa.Integer()),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name="fk_withdrawals_job"),
        sa.PrimaryKeyConstraint("id", name="pk_withdrawals"),
    )
    op.create_index("ix_withdrawals_school_state", "withdrawals", ["school", "state"])
    where = sa.text("state IN ('prepared', 'approved')")
    op.create_index(
        "uq_withdrawals_waiting", "withdrawals", ["school", "type", "register_no", "version"],
        unique=True, sqlite_where=where, postgresql_where=where,
    )  # fmt: skip
