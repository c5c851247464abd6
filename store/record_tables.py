"""The tables of who answers for a batch, and of what was taken out of pupils' records.

Beside `store.tables` and of the same metadata. Times are seconds since 1970.
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


class _Approvals(TypedColumns):
    """One row for each batch staged since they are kept (`credential.approval.Approval`).

    `requested` is an ISO day.
    """

    batch = Column(Integer, ForeignKey("batches.id"), primary_key=True, autoincrement=False)
    prepared_by = Column(Text, nullable=False)
    prepared_at = Column(BigInteger, nullable=False)
    approved_by = Column(Text, nullable=False)
    approved_at = Column(BigInteger, nullable=False)
    reason: Named[str | None] = Column(Text)
    kid: Named[bytes | None] = Column(LargeBinary)
    signature: Named[str | None] = Column(Text)
    signed_at: Named[int | None] = Column(BigInteger)
    settled_at: Named[int | None] = Column(BigInteger)
    requested: Named[str | None] = Column(Text)


APPROVALS = Table("approvals", METADATA, _Approvals)


class _Certificates(TypedColumns):
    """X.509 certificates of the keys that signed a batch, each signer's own first."""

    batch = Column(Integer, ForeignKey("batches.id"), primary_key=True, autoincrement=False)
    signer = Column(Text, primary_key=True)
    position = Column(Integer, primary_key=True, autoincrement=False)
    der = Column(LargeBinary, nullable=False)


CERTIFICATES = Table("certificates", METADATA, _Certificates)


class _PersonalKeys(TypedColumns):
    """Keys with which persons sign what they approve; `kid` is the thumbprint of `raw`."""

    kid = Column(LargeBinary, primary_key=True)
    raw = Column(LargeBinary, nullable=False)
    school = Column(BigInteger, nullable=False)
    name = Column(Text, nullable=False)
    since = Column(BigInteger, nullable=False)


PERSONAL_KEYS = Table("personal_keys", METADATA, _PersonalKeys)


class _Extracts(TypedColumns):
    """One line for each extract; no line is ever changed (`store.extracts`)."""

    id = Column(Integer, primary_key=True)
    pupil = Column(Text, nullable=False, index=True)
    school = Column(BigInteger, nullable=False)
    seq = Column(BigInteger, nullable=False)
    position = Column(Integer, nullable=False)
    kind = Column(Text, nullable=False)
    by = Column(Text, nullable=False)
    recipient = Column(Text, nullable=False)
    at = Column(BigInteger, nullable=False)


EXTRACTS = Table("extracts", METADATA, _Extracts)
