"""What holders share in part, as ciphertext, and its openings."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "shares",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("pupil", sa.Text(), nullable=False),
        sa.Column("school", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("capability", sa.LargeBinary(), nullable=False),
        sa.Column("gated", sa.Integer(), nullable=False),
        sa.Column("gate", sa.LargeBinary()),
        sa.Column("content", sa.LargeBinary()),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("allowed", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("ended", sa.BigInteger()),
        sa.Column("ending", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_shares"),
    )
    op.create_index("ix_shares_pupil_created", "shares", ["pupil", "created"])
    op.create_index("ix_shares_expires", "shares", ["expires"])
    op.create_table(
        "share_views",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("share", sa.LargeBinary(), nullable=False),
        sa.Column("opening", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_share_views"),
        sa.ForeignKeyConstraint(["share"], ["shares.id"], name="fk_share_views_share"),
    )
    op.create_index("ix_share_views_share_opening", "share_views", ["share", "opening"])
