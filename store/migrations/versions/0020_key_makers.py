"""Who made a program's key: that person answers for what it prepares."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.add_column("service_keys", sa.Column("maker", sa.Integer(), nullable=True))
