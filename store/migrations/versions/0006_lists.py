"""Lists to be verified, those who hand them in by API, webhooks."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "api_clients",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("webhook", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("retired", sa.BigInteger()),
        sa.PrimaryKeyConstraint("name", name="pk_api_clients"),
        sa.UniqueConstraint("digest", name="uq_api_clients_digest"),
    )
    _create_lists()
    _create_rows()
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.ForeignKeyConstraint(["client"], ["api_clients.name"], name="fk_deliveries_client"),
    )
    op.create_index("ix_deliveries_done_due", "deliveries", ["done", "due"])


def _create_lists() -> None:
    op.create_table(
        "lists",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("client", sa.Text()),
        sa.Column("request", sa.Text()),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("served", sa.BigInteger(), nullable=False),
        sa.Column("finished", sa.BigInteger()),
        sa.Column("forget", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_lists"),
        sa.UniqueConstraint("client", "request", name="uq_lists_client_request"),
        sa.ForeignKeyConstraint(["client"], ["api_clients.name"], name="fk_lists_client"),
    )
    op.create_index("ix_lists_forget", "lists", ["forget"])


def _create_rows() -> None:
    op.create_table(
        "list_rows",
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("given", sa.LargeBinary()),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("outcome", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("list", "position", name="pk_list_rows"),
        sa.ForeignKeyConstraint(["list"], ["lists.id"], name="fk_list_rows_list"),
    )
    op.create_index("ix_list_rows_list_kind_due", "list_rows", ["list", "kind", "due"])
