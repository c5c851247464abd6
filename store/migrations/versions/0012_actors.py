"""Names of persons in the audit trail, apart from it."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "audit_persons",
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ref", name="pk_audit_persons"),
        sa.UniqueConstraint("name", name="uq_audit_persons_name"),
    )
