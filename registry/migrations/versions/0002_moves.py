"""The way of each pupil from school to school."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "pupil_moves",
        sa.Column("pupil", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("from_school", sa.BigInteger(), nullable=False),
        sa.Column("from_class", sa.Text(), nullable=False),
        sa.Column("to_school", sa.BigInteger(), nullable=False),
        sa.Column("class_name", sa.Text(), nullable=False),
        sa.Column("moved_on", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["pupil"], ["pupils.code"], name="fk_pupil_moves_pupil"),
        sa.ForeignKeyConstraint(["from_school"], ["schools.id"], name="fk_pupil_moves_from_school"),
        sa.ForeignKeyConstraint(["to_school"], ["schools.id"], name="fk_pupil_moves_to_school"),
        sa.PrimaryKeyConstraint("pupil", "number", name="pk_pupil_moves"),
        sa.UniqueConstraint("ref", name="uq_pupil_moves_ref"),
    )
