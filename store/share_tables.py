"""The store's tables of what holders share in part, and of who opened it when.

Times are seconds since 1970. What is shared stands here only encrypted, under a key that no server
ever has (`docs/decisions/0021`); of the key, of the PIN and of an opening only SHA-256 digests.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Named,
    Table,
    Text,
    TypedColumns,
)

from store.tables import METADATA


class _Shares(TypedColumns):
    """One share each (`store.shares.Share`).

    `content` is what was shared, `note` what the holder keeps of it for themselves; both are
    ciphertexts. `content` and `gate` are null once they are erased, `gated` (0 or 1) stays. `ended`
    and `ending` say when and how it ended before its time.
    """

    id = Column(LargeBinary, primary_key=True)
    account = Column(Integer, nullable=False)
    pupil = Column(Text, nullable=False)
    school = Column(BigInteger, nullable=False)
    seq = Column(BigInteger, nullable=False)
    position = Column(Integer, nullable=False)
    capability = Column(LargeBinary, nullable=False)
    gated = Column(Integer, nullable=False)
    gate: Named[bytes | None] = Column(LargeBinary)
    content: Named[bytes | None] = Column(LargeBinary)
    note = Column(LargeBinary, nullable=False)
    created = Column(BigInteger, nullable=False)
    expires = Column(BigInteger, nullable=False)
    allowed = Column(Integer, nullable=False)
    used = Column(Integer, nullable=False)
    tries = Column(Integer, nullable=False)
    ended: Named[int | None] = Column(BigInteger)
    ending = Column(Text, nullable=False)


SHARES = Table("shares", METADATA, _Shares, Index(None, "pupil", "created"), Index(None, "expires"))


class _ShareViews(TypedColumns):
    """One opening each. `opening` is the SHA-256 of a name that its page drew for it."""

    id = Column(Integer, primary_key=True)
    share = Column(LargeBinary, ForeignKey("shares.id"), nullable=False)
    opening = Column(LargeBinary, nullable=False)
    at = Column(BigInteger, nullable=False)


SHARE_VIEWS = Table("share_views", METADATA, _ShareViews, Index(None, "share", "opening"))
