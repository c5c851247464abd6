"""The tables of what the public reports, and of how often what was verified.

Beside `store.tables` and of the same metadata. Days are integers yyyymmdd in Vietnamese time.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    Named,
    Table,
    Text,
    TypedColumns,
)

from store.tables import METADATA


class _Reports(TypedColumns):
    """One report each (`store.reports.Report`). `request` names it, so that it is entered once."""

    id = Column(Integer, primary_key=True)
    ticket = Column(Text, nullable=False, unique=True)
    request = Column(LargeBinary, nullable=False, unique=True)
    kind = Column(Text, nullable=False)
    state = Column(Text, nullable=False)
    received = Column(BigInteger, nullable=False)
    changed = Column(BigInteger, nullable=False)
    deadline = Column(Integer, nullable=False)
    digest: Named[bytes | None] = Column(LargeBinary, index=True)
    school: Named[int | None] = Column(BigInteger)
    type = Column(Text, nullable=False)
    serial = Column(Text, nullable=False)
    register_no = Column(Text, nullable=False)
    verdict = Column(Text, nullable=False)
    reason = Column(Text, nullable=False)
    shown = Column(Text, nullable=False)
    said_number = Column(Text, nullable=False)
    said_school = Column(Text, nullable=False)
    message = Column(Text, nullable=False)
    contact = Column(Text, nullable=False)
    answer = Column(Text, nullable=False)


REPORTS = Table("reports", METADATA, _Reports, Index(None, "state", "deadline"))


class _Counts(TypedColumns):
    """How many verifications of a day had this kind, verdict, reason and way in.

    `writer` is a process by a random name: each has rows of its own, so that writing a sum again
    counts nothing twice.
    """

    day = Column(Integer, primary_key=True, autoincrement=False)
    kind = Column(Text, primary_key=True)
    verdict = Column(Text, primary_key=True)
    reason = Column(Text, primary_key=True)
    way = Column(Text, primary_key=True)
    writer = Column(Text, primary_key=True)
    number = Column(BigInteger, nullable=False)


COUNTS = Table("counts", METADATA, _Counts)
