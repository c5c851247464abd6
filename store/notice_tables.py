"""The store's table of notices to people. Times are seconds since 1970."""

from sqlalchemy import BigInteger, Column, Index, Integer, Named, Table, Text, TypedColumns

from store.tables import METADATA


class _Notices(TypedColumns):
    """`address` is gone once the notice has an end; `due` is when it may be tried (again)."""

    id = Column(Text, primary_key=True)
    school = Column(BigInteger, nullable=False)
    seq = Column(BigInteger, nullable=False)
    pupil = Column(Text, nullable=False)
    channel = Column(Text, nullable=False)
    address: Named[str | None] = Column(Text)
    state = Column(Text, nullable=False)
    reason = Column(Text, nullable=False)
    tries = Column(Integer, nullable=False)
    due = Column(BigInteger, nullable=False)
    created = Column(BigInteger, nullable=False)
    ended: Named[int | None] = Column(BigInteger)


NOTICES = Table(
    "notices", METADATA, _Notices, Index(None, "state", "due"), Index(None, "school", "seq")
)
