"""The store's table of suspensions, reinstatements and revocations that wait for a second person.

Times are seconds since 1970. Days are ISO 8601. Beside `store.tables` and of the same metadata.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Named, Table, Text
from sqlalchemy import TypedColumns as Columns

from store.tables import METADATA


class _Withdrawals(Columns):
    """What is to become of one version of a line. `lane` is the status asked for."""

    id = Column(Integer, primary_key=True)
    school = Column(BigInteger, nullable=False)
    type = Column(Integer, nullable=False)
    register_no = Column(Text, nullable=False)
    version = Column(Integer, nullable=False)
    lane = Column(Integer, nullable=False)
    ground = Column(Text, nullable=False)
    decision = Column(Text, nullable=False)
    decided_on = Column(Text, nullable=False)
    until: Named[str | None] = Column(Text)
    reason: Named[str | None] = Column(Text)
    state = Column(Text, nullable=False)
    account: Named[int | None] = Column(Integer)
    prepared_by = Column(Text, nullable=False)
    approver: Named[int | None] = Column(Integer)
    approved_by: Named[str | None] = Column(Text)
    sent_back: Named[str | None] = Column(Text)
    job: Named[int | None] = Column(Integer, ForeignKey("jobs.id"))
    changed = Column(BigInteger, nullable=False)


WITHDRAWALS = Table("withdrawals", METADATA, _Withdrawals, Index(None, "school", "state"))
WAITING = WITHDRAWALS.c.state.in_(("prepared", "approved"))
# one at a time for each version
Index(
    "uq_withdrawals_waiting",
    WITHDRAWALS.c.school,
    WITHDRAWALS.c.type,
    WITHDRAWALS.c.register_no,
    WITHDRAWALS.c.version,
    unique=True,
    sqlite_where=WAITING,
    postgresql_where=WAITING,
)
