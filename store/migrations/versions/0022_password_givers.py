"""Who gave somebody an initial password: they could have signed in as them."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.create_table(
        "password_givers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("giver", sa.Integer(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name="fk_password_givers_account"),
        sa.PrimaryKeyConstraint("id", name="pk_password_givers"),
    )
    op.create_index("ix_password_givers_account", "password_givers", ["account"])
