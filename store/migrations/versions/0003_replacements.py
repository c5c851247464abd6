"""Several signed transactions for one nonce: what replaces what, all of it kept."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "transactions",
        sa.Column("outbox", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["outbox"], ["outbox.id"], name="fk_transactions_outbox"),
        sa.PrimaryKeyConstraint("outbox", "version", name="pk_transactions"),
    )
    # Nobody noted the head by then: block 0 makes what is still waiting look old, and replaceable.
    op.execute(
        "INSERT INTO transactions (outbox, version, raw, hash, block)"
        " SELECT id, 0, raw, hash, 0 FROM outbox"
    )
    op.drop_column("outbox", "raw")
    op.drop_column("outbox", "hash")
