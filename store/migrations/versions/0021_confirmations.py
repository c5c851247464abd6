"""What confirms a claim code: the pupil's birth date or personal number."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    kept = sa.Column("confirmation", sa.Text(), nullable=False, server_default="birth")
    op.add_column("claims", kept)
