"""What the ledger logged: schools, keys, batches, status, as the indexer saw it."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _create_schools_and_keys()
    _create_batches_and_status()
    _create_record("acts", sa.Column("name", sa.Text(), nullable=False), _bytes("account"))
    _create_index()


def _create_schools_and_keys() -> None:
    _create_record(
        "schools",
        _number("school"),
        _number("valid_from", nullable=True),
        _number("valid_until", nullable=True),
        _bytes("types", nullable=True),
        _number("suspended_since", nullable=True),
    )
    _create_record(
        "keys",
        _number("school"),
        _bytes("key_id"),
        _number("valid_from", nullable=True),
        _number("valid_until", nullable=True),
        _number("compromised_since", nullable=True),
        sa.Column("roles", sa.Integer()),
        _bytes("public_key", nullable=True),
    )
    for name in ("ledger_schools", "ledger_keys"):
        op.create_index(f"ix_{name}_school_block", name, ["school", "block"])


def _create_batches_and_status() -> None:
    _create_record(
        "batches",
        _number("school"),
        _number("seq"),
        _bytes("root"),
        sa.Column("size", sa.Integer(), nullable=False),
        _number("time"),
        _bytes("key_id"),
        _bytes("head"),
        sa.UniqueConstraint("school", "seq", name="uq_ledger_batches_school_seq"),
        sa.UniqueConstraint("school", "root", name="uq_ledger_batches_school_root"),
    )
    _create_record(
        "words",
        *(_number("school"), _bytes("root"), _number("word"), _bytes("lanes"), _bytes("by")),
    )
    _create_record(
        "successions",
        *(_number("school"), _bytes("root"), _number("position")),
        *(_bytes("successor_root"), _number("successor_position")),
    )
    for table, *columns in (
        ("ledger_words", "school", "root", "word", "block"),
        ("ledger_successions", "school", "root", "position"),
    ):
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, columns)


def _create_index() -> None:
    op.create_table(
        "ledger_blocks",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        _bytes("hash"),
        _number("time"),
        sa.PrimaryKeyConstraint("number", name="pk_ledger_blocks"),
    )
    op.create_table(
        "ledger_index",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        _number("chain_id"),
        _bytes("contract"),
        _number("read", nullable=True),
        _number("compared", nullable=True),
        _bytes("root"),
        _number("final", nullable=True),
        _number("head"),
        _number("checked"),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        _number("lease"),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_index"),
    )


def _create_record(kind: str, *columns: Any) -> None:
    """A table of records, each at its place in the chain."""
    op.create_table(
        f"ledger_{kind}",
        sa.Column("block", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("log", sa.Integer(), autoincrement=False, nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("block", "log", name=f"pk_ledger_{kind}"),
    )


def _number(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _bytes(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.LargeBinary(), nullable=nullable)
