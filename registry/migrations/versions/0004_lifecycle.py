"""Successions of schools, void mandates, annexes, acts on a line's status, returned papers."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    _serials()
    op.create_table(
        "successions",
        sa.Column("school", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("successor", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("decision_no", sa.Text(), nullable=False),
        sa.Column("decision_on", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["school"], ["schools.id"], name="fk_successions_school"),
        sa.ForeignKeyConstraint(["successor"], ["schools.id"], name="fk_successions_successor"),
        sa.PrimaryKeyConstraint("school", name="pk_successions"),
    )
    op.create_index("ix_successions_successor", "successions", ["successor"])
    op.create_table(
        "void_terms",
        sa.Column("school", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("since", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("void_since", sa.Integer(), nullable=False),
        sa.Column("decision_no", sa.Text(), nullable=False),
        sa.Column("decision_on", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school", "since", "kind", "name"],
            ["heads.school", "heads.since", "heads.kind", "heads.name"],
            name="fk_void_terms_school",
        ),
        sa.PrimaryKeyConstraint("school", "since", "kind", "name", name="pk_void_terms"),
    )
    _of_lines(
        "annexes",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("decision_no", sa.Text(), nullable=False),
        sa.Column("decision_on", sa.Integer(), nullable=False),
        sa.Column("signed_by", sa.Text(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
    )
    _of_lines(
        "status_acts",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("decision_no", sa.Text(), nullable=False),
        sa.Column("decision_on", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer()),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        key=("number",),
    )
    _of_lines(
        "returns",
        sa.Column("returned_on", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
    )


def _serials() -> None:
    """From one serial for each line to one for each paper of it."""
    op.drop_index("uq_awards_serial", "awards")
    op.add_column(
        "awards", sa.Column("own_serial", sa.Integer(), nullable=False, server_default="1")
    )
    op.execute("UPDATE awards SET own_serial = 0 WHERE version > 1")
    where = sa.text("own_serial = 1")
    op.create_index(
        "uq_awards_serial", "awards", ["serial", "type"], unique=True,
        sqlite_where=where, postgresql_where=where,
    )  # fmt: skip


def _of_lines(name: str, *columns: sa.Column[Any], key: tuple[str, ...] = ()) -> None:
    """A table whose rows belong to one version of a line."""
    op.create_table(
        name,
        sa.Column("type", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("school", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("register_no", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        *columns,
        sa.PrimaryKeyConstraint(
            "type", "school", "register_no", "version", *key, name=f"pk_{name}"
        ),
    )
