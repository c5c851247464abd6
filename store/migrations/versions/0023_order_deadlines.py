"""By when an order has to be done: its digital form, its paper."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.add_column("orders", sa.Column("due", sa.Text(), nullable=True))
    op.add_column("orders", sa.Column("paper_due", sa.Text(), nullable=True))
