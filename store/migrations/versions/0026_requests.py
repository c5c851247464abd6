"""On which day somebody asked for a correction."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.add_column("approvals", sa.Column("requested", sa.Text(), nullable=True))
