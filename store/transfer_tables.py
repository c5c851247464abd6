"""The tables of transfers between schools.

Beside `store.tables` and of the same metadata. Times are seconds since 1970, days yyyymmdd.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    Named,
    Table,
    Text,
    TypedColumns,
)

from store.tables import METADATA


class _Transfers(TypedColumns):
    """One transfer each (`store.transfers.Transfer`).

    `code` is the SHA-256 of the code that the parents have. `to_school` is empty for a school
    outside the system; schools' names are those of the day of the request. `bundle` is there from
    sealing until the transfer ends. `class_name` and `moved_on` are what the receiving school
    decided, before the registry is told.
    """

    id = Column(Text, primary_key=True)
    pupil = Column(Text, nullable=False, index=True)
    from_school = Column(BigInteger, nullable=False, index=True)
    to_school: Named[int | None] = Column(BigInteger, index=True)
    from_name = Column(Text, nullable=False)
    to_name = Column(Text, nullable=False)
    reason = Column(Text, nullable=False)
    requested = Column(Integer, nullable=False)
    code = Column(LargeBinary, nullable=False, unique=True)
    state = Column(Text, nullable=False)
    bundle: Named[str | None] = Column(Text)
    class_name: Named[str | None] = Column(Text)
    moved_on: Named[int | None] = Column(Integer)
    acceptance: Named[str | None] = Column(Text)


TRANSFERS = Table("transfers", METADATA, _Transfers)


class _TransferEvents(TypedColumns):
    """How a transfer came to each state, in order of `number` from 1; never changed."""

    transfer = Column(Text, ForeignKey("transfers.id"), primary_key=True)
    number = Column(Integer, primary_key=True, autoincrement=False)
    state = Column(Text, nullable=False)
    actor = Column(Text, nullable=False)
    reason = Column(Text, nullable=False)
    at = Column(BigInteger, nullable=False)


TRANSFER_EVENTS = Table("transfer_events", METADATA, _TransferEvents)
