"""Accounts, what they hold, sessions, claims, consents, holder keys."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text()),
        sa.Column("password", sa.Text()),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("name", name="uq_accounts_name"),
    )
    _create(
        "identities",
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        _account(),
        key=("issuer", "subject"),
        indices=("account",),
    )
    _create(
        "holdings",
        _account(),
        sa.Column("pupil", sa.Text(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        key=("account", "pupil"),
        indices=("pupil",),
    )
    _create_sessions()
    _create_claims()
    _create_consents()
    op.create_index("ix_credentials_pupil", "credentials", ["pupil"])


def _create_sessions() -> None:
    _create(
        "sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        _account(),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("digest", name="uq_sessions_digest"),
        indices=("account", "seen"),
    )
    _create(
        "devices",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        _account(),
        sa.Column("since", sa.BigInteger(), nullable=False),
        key=("digest",),
        indices=("account",),
    )
    _create(
        "sign_ins",
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("browser", sa.LargeBinary(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("verifier", sa.Text(), nullable=False),
        sa.Column("claim", sa.LargeBinary()),
        _account(nullable=True),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        key=("state",),
    )


def _create_claims() -> None:
    _create(
        "claims",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("pupil", sa.Text(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.BigInteger()),
        _account(nullable=True),
        key=("digest",),
    )
    op.create_index("ix_claims_pupil_relation", "claims", ["pupil", "relation"])


def _create_consents() -> None:
    _create(
        "consents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pupil", sa.Text(), nullable=False),
        _account(),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        indices=("pupil",),
    )
    _create(
        "holder_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pupil", sa.Text(), nullable=False),
        _account(),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.BigInteger()),
        indices=("pupil",),
    )


def _account(*, nullable: bool = False) -> sa.Column[int]:
    return sa.Column("account", sa.Integer(), nullable=nullable)


def _create(
    table: str,
    *parts: sa.schema.SchemaItem,
    key: tuple[str, ...] = ("id",),
    indices: tuple[str, ...] = (),
) -> None:
    op.create_table(
        table,
        *parts,
        sa.PrimaryKeyConstraint(*key, name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=f"fk_{table}_account"),
    )
    for column in indices:
        op.create_index(f"ix_{table}_{column}", table, [column])
