"""Staff, their second factors, services' keys; sessions have an audience and a last proof."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("sessions", sa.Column("audience", sa.Text(), nullable=False,
                                        server_default="holder"))  # fmt: skip
    op.add_column("sessions", sa.Column("proven", sa.BigInteger(), nullable=False,
                                        server_default="0"))  # fmt: skip
    op.create_table(
        "staff",
        sa.Column("account", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("school", sa.BigInteger()),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.BigInteger()),
        sa.Column("initial", sa.BigInteger()),
        sa.Column("totp", sa.LargeBinary()),
        sa.Column("step", sa.BigInteger()),
        sa.Column("issuer", sa.Text()),
        sa.Column("subject", sa.Text()),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name="fk_staff_account"),
        sa.PrimaryKeyConstraint("account", name="pk_staff"),
        sa.UniqueConstraint("issuer", "subject", name="uq_staff_issuer_subject"),
    )
    op.create_index("ix_staff_school", "staff", ["school"])
    op.create_table(
        "recovery_codes",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name="fk_recovery_codes_account"),
        sa.PrimaryKeyConstraint("digest", name="pk_recovery_codes"),
    )
    op.create_index("ix_recovery_codes_account", "recovery_codes", ["account"])
    op.create_table(
        "service_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("school", sa.BigInteger(), nullable=False),
        sa.Column("acts", sa.Text(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.BigInteger()),
        sa.Column("seen", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_service_keys"),
        sa.UniqueConstraint("digest", name="uq_service_keys_digest"),
    )
    op.create_index("ix_service_keys_school", "service_keys", ["school"])
