"""Old paper registers on their way in, and the register of copies."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "old_books",
        sa.Column("school", sa.BigInteger(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("code", "title", "document", "issuer", "signer_title")
        ),
        sa.PrimaryKeyConstraint("school", "code", name="pk_old_books"),
        sa.ForeignKeyConstraint(["school"], ["schools.id"], name="fk_old_books_school"),
    )
    op.create_table(
        "old_lines",
        sa.Column("school", sa.BigInteger(), nullable=False),
        *_texts("book", "number", "register_no", "page"),
        sa.Column("scan", sa.LargeBinary(), nullable=False),
        *_texts("name"),
        sa.Column("birth", sa.Integer(), nullable=False),
        *_texts("birth_place", "sex", "ethnicity", "serial", needed=False),
        sa.Column("year", sa.Integer(), nullable=False),
        *_texts("classification", needed=False),
        sa.Column("issued", sa.Integer(), nullable=False),
        *_texts("signer", "note", needed=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *_texts("state", "entered_by"),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        *_texts("checked_by", needed=False),
        sa.Column("checked_at", sa.BigInteger()),
        *_texts("remark", needed=False),
        sa.Column("awarded_on", sa.Integer()),
        *_texts("certifier", "certifier_title", "award_ref", needed=False),
        sa.PrimaryKeyConstraint("school", "book", "number", name="pk_old_lines"),
        sa.UniqueConstraint("school", "register_no", name="uq_old_lines_school_register_no"),
        sa.ForeignKeyConstraint(
            ["school", "book"], ["old_books.school", "old_books.code"], name="fk_old_lines_school"
        ),
    )
    op.create_index("ix_old_lines_serial", "old_lines", ["serial"])
    _create_copies()
    _create_unique("uq_awards_standing", ["pupil", "type", "year"], "lane < 2 AND type != 5")
    op.create_index("ix_awards_birth", "awards", ["birth"])


def _create_copies() -> None:
    op.create_table(
        "copies",
        sa.Column("school", sa.BigInteger(), nullable=False),
        *_texts("register_no"),
        sa.Column("of_type", sa.Integer(), nullable=False),
        sa.Column("of_school", sa.BigInteger(), nullable=False),
        *_texts("of_register_no"),
        sa.Column("of_version", sa.Integer(), nullable=False),
        *_texts("applicant", "capacity"),
        *_texts("proof", needed=False),
        sa.Column("fee", sa.Integer(), nullable=False),
        *_texts("dossier", "approved_by", needed=False),
        sa.PrimaryKeyConstraint("school", "register_no", name="pk_copies"),
        sa.ForeignKeyConstraint(["school"], ["schools.id"], name="fk_copies_school"),
        sa.ForeignKeyConstraint(["of_school"], ["schools.id"], name="fk_copies_of_school"),
    )
    op.create_index("ix_copies_of", "copies", ["of_type", "of_school", "of_register_no"])


def _texts(*names: str, needed: bool = True) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=not needed) for name in names]


def _create_unique(name: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.drop_index(name, "awards")
    op.create_index(
        name, "awards", columns, unique=True, sqlite_where=condition, postgresql_where=condition
    )
