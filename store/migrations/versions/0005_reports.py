"""What the public reports, and how often what was verified."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "reports",
        sa.Column("id", sa.Integer(), nullable=False),
        _text("ticket"),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        *(_text("kind"), _text("state")),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("deadline", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary()),
        sa.Column("school", sa.BigInteger()),
        *(_text("type"), _text("serial"), _text("register_no"), _text("verdict"), _text("reason")),
        *(_text("shown"), _text("said_number"), _text("said_school")),
        *(_text("message"), _text("contact"), _text("answer")),
        sa.PrimaryKeyConstraint("id", name="pk_reports"),
        sa.UniqueConstraint("ticket", name="uq_reports_ticket"),
        sa.UniqueConstraint("request", name="uq_reports_request"),
    )
    op.create_index("ix_reports_digest", "reports", ["digest"])
    op.create_index("ix_reports_state_deadline", "reports", ["state", "deadline"])
    keys = ("kind", "verdict", "reason", "way", "writer")
    op.create_table(
        "counts",
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        *map(_text, keys),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", *keys, name="pk_counts"),
    )


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=False)
