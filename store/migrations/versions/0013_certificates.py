"""Certificates of the keys that signed a batch."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "certificates",
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("signer", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("der", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("batch", "signer", "position", name="pk_certificates"),
        sa.ForeignKeyConstraint(["batch"], ["batches.id"], name="fk_certificates_batch"),
    )
