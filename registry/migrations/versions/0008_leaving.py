"""A transfer record of each school that a pupil leaves in a year."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.drop_index("uq_awards_standing", "awards")
    _create_unique(
        "uq_awards_standing", ["pupil", "type", "year"], "lane < 2 AND type != 5 AND type != 3"
    )
    _create_unique("uq_awards_leaving", ["pupil", "school", "year"], "lane < 2 AND type = 3")


def _create_unique(name: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(
        name, "awards", columns, unique=True, sqlite_where=condition, postgresql_where=condition
    )
