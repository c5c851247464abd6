"""The personal number of pupils, where it is known: one person's alone."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("pupils", sa.Column("personal_no", sa.Text()))
    op.create_index("uq_pupils_personal_no", "pupils", ["personal_no"], unique=True)
