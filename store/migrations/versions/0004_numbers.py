"""Credentials by folded number."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    for column in ("serial", "register_no"):
        folded = sa.text(f"upper(replace(replace({column}, '-', ''), ' ', ''))")
        op.create_index(f"ix_credentials_{column}_folded", "credentials", [folded])
