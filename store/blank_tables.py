"""The tables of blanks (phôi văn bằng), beside `store.tables` and of the same metadata.

A blank is a number of a series. Blanks are never rows of their own: a span says what numbers from
`first` to `last` (both included) are now, so half a million that lie in the same safe are one row.
That no two spans overlap, so that no blank is two things, the databases themselves hold:
PostgreSQL by an exclusion constraint, SQLite by triggers (migration ``0017_blanks``).
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    Named,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
)

from store.tables import METADATA


class _BlankSeries(TypedColumns):
    """What stands before a blank's number, and how many digits that has; of one type."""

    id = Column(Integer, primary_key=True)
    type = Column(Integer, nullable=False)
    prefix = Column(Text, nullable=False)
    digits = Column(Integer, nullable=False)


BLANK_SERIES = Table(
    "blank_series", METADATA, _BlankSeries, UniqueConstraint("type", "prefix", "digits")
)


class _BlankSpans(TypedColumns):
    """What the blanks of a span are now (`credential.blanks.Fate`), and whose."""

    series = Column(Integer, ForeignKey("blank_series.id"), primary_key=True, autoincrement=False)
    first = Column(BigInteger, primary_key=True, autoincrement=False)
    last = Column(BigInteger, nullable=False)
    school = Column(BigInteger, nullable=False, index=True)
    fate = Column(Text, nullable=False)


BLANK_SPANS = Table(
    "blank_spans",
    METADATA,
    _BlankSpans,
    CheckConstraint(
        "0 <= first AND first <= last AND last < 1000000000000", name="ck_blank_spans_ordered"
    ),
)


class _BlankActs(TypedColumns):
    """What was done with blanks, one row a span; written once.

    `on` is a day as yyyymmdd; `document` the decision or minutes; `batch_ref` the order that took
    them. `released_at` is set on a taking that came to nothing, before anything was signed.
    """

    id = Column(Integer, primary_key=True)
    series = Column(Integer, ForeignKey("blank_series.id"), nullable=False)
    first = Column(BigInteger, nullable=False)
    last = Column(BigInteger, nullable=False)
    school = Column(BigInteger, nullable=False, index=True)
    fate = Column(Text, nullable=False)
    before: Named[str | None] = Column(Text)
    on = Column(Integer, nullable=False)
    at = Column(BigInteger, nullable=False)
    by = Column(Text, nullable=False)
    document: Named[str | None] = Column(Text)
    reason: Named[str | None] = Column(Text)
    council: Named[str | None] = Column(Text)
    batch_ref: Named[str | None] = Column(Text, index=True)
    released_at: Named[int | None] = Column(BigInteger)


BLANK_ACTS = Table("blank_acts", METADATA, _BlankActs)
