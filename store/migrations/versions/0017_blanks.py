"""The inventory of blanks."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

# One number line for all series, on which spans must lie apart; a serial has 12 digits at most.
_APART = """
ALTER TABLE blank_spans ADD CONSTRAINT ex_blank_spans_apart EXCLUDE USING gist (
    int8range(series::bigint * 1000000000000 + first, series::bigint * 1000000000000 + last, '[]')
    WITH &&
)
"""
_NO_OVERLAP = """
CREATE TRIGGER blank_spans_apart BEFORE INSERT ON blank_spans
WHEN EXISTS (SELECT 1 FROM blank_spans WHERE series = NEW.series
             AND first <= NEW.last AND last >= NEW.first)
BEGIN SELECT RAISE(ABORT, 'blank_spans overlap'); END
"""
_NO_CHANGE = """
CREATE TRIGGER blank_spans_fixed BEFORE UPDATE ON blank_spans
BEGIN SELECT RAISE(ABORT, 'blank_spans are replaced'); END
"""


def upgrade() -> None:
    op.create_table(
        "blank_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("type", sa.Integer(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("digits", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_blank_series"),
        sa.UniqueConstraint("type", "prefix", "digits", name="uq_blank_series_type_prefix_digits"),
    )
    op.create_table(
        "blank_spans",
        sa.Column("series", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("school", sa.BigInteger(), nullable=False),
        sa.Column("fate", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["series"], ["blank_series.id"], name="fk_blank_spans_series"),
        sa.PrimaryKeyConstraint("series", "first", name="pk_blank_spans"),
        sa.CheckConstraint(
            "0 <= first AND first <= last AND last < 1000000000000", name="ck_blank_spans_ordered"
        ),
    )
    op.create_index("ix_blank_spans_school", "blank_spans", ["school"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_APART)
    else:
        op.execute(_NO_OVERLAP)
        op.execute(_NO_CHANGE)
    _create_acts()


def _create_acts() -> None:
    op.create_table(
        "blank_acts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series", sa.Integer(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("school", sa.BigInteger(), nullable=False),
        sa.Column("fate", sa.Text(), nullable=False),
        sa.Column("before", sa.Text()),
        sa.Column("on", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("document", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("council", sa.Text()),
        sa.Column("batch_ref", sa.Text()),
        sa.Column("released_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["series"], ["blank_series.id"], name="fk_blank_acts_series"),
        sa.PrimaryKeyConstraint("id", name="pk_blank_acts"),
    )
    op.create_index("ix_blank_acts_school", "blank_acts", ["school"])
    op.create_index("ix_blank_acts_batch_ref", "blank_acts", ["batch_ref"])
