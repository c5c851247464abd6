"""The registry's tables of old paper registers, and of the copies that it gave.

A line of an old book is entered by one person and checked by another; only then is it a line of
the register of awards as well, under its book's code and its own number. Dates as in `tables`.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Named,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
)

from registry.tables import METADATA


class _OldBooks(TypedColumns):
    """`school` manages it today; `issuer` is who awarded by it then."""

    school = Column(BigInteger, ForeignKey("schools.id"), primary_key=True)
    code = Column(Text, primary_key=True)
    title = Column(Text, nullable=False)
    document = Column(Text, nullable=False)
    issuer = Column(Text, nullable=False)
    signer_title = Column(Text, nullable=False)


OLD_BOOKS = Table("old_books", METADATA, _OldBooks)


class _OldLines(TypedColumns):
    """`register_no` is what the register calls the line, by book and number.

    `scan` is the SHA-256 of the file of its page; `awarded_on` and on: as digitised diploma.
    """

    school = Column(BigInteger, primary_key=True)
    book = Column(Text, primary_key=True)
    number = Column(Text, primary_key=True)
    register_no = Column(Text, nullable=False)
    page = Column(Text, nullable=False)
    scan = Column(LargeBinary, nullable=False)
    name = Column(Text, nullable=False)
    birth = Column(Integer, nullable=False)
    birth_place: Named[str | None] = Column(Text)
    sex: Named[str | None] = Column(Text)
    ethnicity: Named[str | None] = Column(Text)
    serial: Named[str | None] = Column(Text)
    year = Column(Integer, nullable=False)
    classification: Named[str | None] = Column(Text)
    issued = Column(Integer, nullable=False)
    signer: Named[str | None] = Column(Text)
    note: Named[str | None] = Column(Text)
    position = Column(Integer, nullable=False)
    state = Column(Text, nullable=False)
    entered_by = Column(Text, nullable=False)
    entered_at = Column(BigInteger, nullable=False)
    checked_by: Named[str | None] = Column(Text)
    checked_at: Named[int | None] = Column(BigInteger)
    remark: Named[str | None] = Column(Text)
    awarded_on: Named[int | None] = Column(Integer)
    certifier: Named[str | None] = Column(Text)
    certifier_title: Named[str | None] = Column(Text)
    award_ref: Named[str | None] = Column(Text)


OLD_LINES = Table(
    "old_lines",
    METADATA,
    _OldLines,
    ForeignKeyConstraint(["school", "book"], ["old_books.school", "old_books.code"]),
    UniqueConstraint("school", "register_no"),
    Index("ix_old_lines_serial", "serial"),
)


class _Copies(TypedColumns):
    """What a line of the copy register (an award of type 5) was made of, and for whom."""

    school = Column(BigInteger, ForeignKey("schools.id"), primary_key=True)
    register_no = Column(Text, primary_key=True)
    of_type = Column(Integer, nullable=False)
    of_school = Column(BigInteger, ForeignKey("schools.id"), nullable=False)
    of_register_no = Column(Text, nullable=False)
    of_version = Column(Integer, nullable=False)
    applicant = Column(Text, nullable=False)
    capacity = Column(Text, nullable=False)
    proof: Named[str | None] = Column(Text)
    fee = Column(Integer, nullable=False)
    dossier: Named[str | None] = Column(Text)
    approved_by: Named[str | None] = Column(Text)


COPIES = Table(
    "copies",
    METADATA,
    _Copies,
    Index("ix_copies_of", "of_type", "of_school", "of_register_no"),
)
