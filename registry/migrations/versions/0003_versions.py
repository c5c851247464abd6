"""Versions of a line of the register, and the place of what each awards."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    # SQLite makes the table anew; what it would not copy of partial indexes is made again after.
    op.drop_index("uq_awards_standing", "awards")
    with op.batch_alter_table("awards") as awards:
        awards.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        awards.add_column(sa.Column("seq", sa.BigInteger()))
        awards.add_column(sa.Column("position", sa.Integer()))
        awards.add_column(sa.Column("reason", sa.Text()))
        awards.add_column(sa.Column("approved_by", sa.Text()))
        awards.drop_constraint("uq_awards_type_school_register_no", type_="unique")
        awards.drop_constraint("uq_awards_serial_type", type_="unique")
        awards.drop_constraint("pk_awards", type_="primary")
        awards.create_primary_key("pk_awards", ["type", "school", "year", "number", "version"])
        awards.create_unique_constraint(
            "uq_awards_type_school_register_no_version",
            ["type", "school", "register_no", "version"],
        )
    with op.batch_alter_table("awards") as awards:
        awards.alter_column("version", server_default=None)
    _create_unique("uq_awards_serial", ["serial", "type"], "version = 1")
    _create_unique("uq_awards_standing", ["pupil", "type", "year"], "lane < 2")


def _create_unique(name: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(
        name, "awards", columns, unique=True, sqlite_where=condition, postgresql_where=condition
    )
