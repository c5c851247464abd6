"""Batches, credentials, signatures, trees, outbox, lanes and audit."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    _create_batches()
    _create_credentials()
    _create_trees()
    _create_outbox()
    _create_audit()


def _create_batches() -> None:
    op.create_table(
        "batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("school", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("kid", sa.LargeBinary(), nullable=False),
        sa.Column("alg", sa.Text(), nullable=False),
        sa.Column("root", sa.LargeBinary()),
        sa.Column("block", sa.BigInteger()),
        sa.Column("final_time", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_batches"),
        sa.UniqueConstraint("ref", name="uq_batches_ref"),
        sa.UniqueConstraint("school", "seq", name="uq_batches_school_seq"),
    )
    op.create_index("ix_batches_state", "batches", ["state"])


def _create_credentials() -> None:
    op.create_table(
        "credentials",
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("pupil", sa.Text(), nullable=False),
        sa.Column("register_no", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text()),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("sd_payload", sa.LargeBinary(), nullable=False),
        sa.Column("disclosures", sa.Text(), nullable=False),
        sa.Column("qr_payload", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["batch"], ["batches.id"], name="fk_credentials_batch"),
        sa.PrimaryKeyConstraint("batch", "position", name="pk_credentials"),
        sa.UniqueConstraint("code", name="uq_credentials_code"),
    )
    op.create_index("ix_credentials_register_no", "credentials", ["register_no"])
    _create_beside_credentials(
        "signatures",
        sa.Column("sd", sa.LargeBinary(), nullable=False),
        sa.Column("qr", sa.LargeBinary(), nullable=False),
    )
    _create_beside_credentials(
        "lanes",
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
    )


def _create_beside_credentials(table: str, *columns: sa.Column[Any]) -> None:
    op.create_table(
        table,
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["batch", "position"],
            ["credentials.batch", "credentials.position"],
            name=f"fk_{table}_batch",
        ),
        sa.PrimaryKeyConstraint("batch", "position", name=f"pk_{table}"),
    )


def _create_trees() -> None:
    op.create_table(
        "tiles",
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("tile", sa.Integer(), nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["batch"], ["batches.id"], name="fk_tiles_batch"),
        sa.PrimaryKeyConstraint("batch", "tier", "tile", name="pk_tiles"),
    )
    op.create_table(
        "leaves",
        sa.Column("prefix", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("leaf", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["batch"], ["batches.id"], name="fk_leaves_batch"),
        sa.PrimaryKeyConstraint("prefix", "batch", "leaf", name="pk_leaves"),
        sqlite_with_rowid=False,
    )


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("sender", sa.LargeBinary(), nullable=False),
        sa.Column("nonce", sa.BigInteger(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("purpose", name="uq_outbox_purpose"),
        sa.UniqueConstraint("sender", "nonce", name="uq_outbox_sender_nonce"),
    )


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("prev", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit"),
    )
