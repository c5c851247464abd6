"""The store's tables.

Rows of credentials, signatures and trees are written once and never updated; what changes
(a batch's state, a credential's lane) is small and apart. Digests and keys are raw bytes,
times are seconds since 1970, states and lanes the values of `credential.records` and `model`.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Named,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
)

from database.schema import NAMING

METADATA = MetaData(naming_convention=NAMING)


class _Batches(TypedColumns):
    id = Column(Integer, primary_key=True)
    ref = Column(Text, unique=True, nullable=False)
    school = Column(BigInteger, nullable=False)
    type = Column(Integer, nullable=False)
    seq = Column(BigInteger, nullable=False)
    size = Column(Integer, nullable=False)
    state = Column(Text, nullable=False)
    kid = Column(LargeBinary, nullable=False)
    alg = Column(Text, nullable=False)
    root: Named[bytes | None] = Column(LargeBinary)
    block: Named[int | None] = Column(BigInteger)
    final_time: Named[int | None] = Column(BigInteger)


BATCHES = Table("batches", METADATA, _Batches, UniqueConstraint("school", "seq"))


class _Credentials(TypedColumns):
    batch = Column(Integer, ForeignKey("batches.id"), primary_key=True)
    position = Column(Integer, primary_key=True)
    pupil = Column(Text, nullable=False)
    register_no = Column(Text, nullable=False, index=True)
    serial: Named[str | None] = Column(Text)
    code = Column(Text, nullable=False, unique=True)
    sd_payload = Column(LargeBinary, nullable=False)
    disclosures = Column(Text, nullable=False)
    qr_payload = Column(LargeBinary, nullable=False)


CREDENTIALS = Table("credentials", METADATA, _Credentials)


class _Signatures(TypedColumns):
    batch = Column(Integer, primary_key=True)
    position = Column(Integer, primary_key=True)
    sd = Column(LargeBinary, nullable=False)
    qr = Column(LargeBinary, nullable=False)


SIGNATURES = Table(
    "signatures",
    METADATA,
    _Signatures,
    ForeignKeyConstraint(["batch", "position"], ["credentials.batch", "credentials.position"]),
)


class _Tiles(TypedColumns):
    """Merkle trees, cut as `store.tiles` says."""

    batch = Column(Integer, ForeignKey("batches.id"), primary_key=True)
    tier = Column(Integer, primary_key=True)
    tile = Column(Integer, primary_key=True)
    hashes = Column(LargeBinary, nullable=False)


TILES = Table("tiles", METADATA, _Tiles)


class _Leaves(TypedColumns):
    """Where a leaf hash stands. `prefix` is its first 8 bytes as a signed number."""

    prefix = Column(BigInteger, primary_key=True, autoincrement=False)
    batch = Column(Integer, ForeignKey("batches.id"), primary_key=True)
    leaf = Column(Integer, primary_key=True)


LEAVES = Table("leaves", METADATA, _Leaves, sqlite_with_rowid=False)


class _Outbox(TypedColumns):
    id = Column(Integer, primary_key=True)
    purpose = Column(Text, nullable=False, unique=True)
    sender = Column(LargeBinary, nullable=False)
    nonce = Column(BigInteger, nullable=False)
    raw = Column(LargeBinary, nullable=False)
    hash = Column(LargeBinary, nullable=False)


OUTBOX = Table("outbox", METADATA, _Outbox, UniqueConstraint("sender", "nonce"))


class _Lanes(TypedColumns):
    """Status asked for on chain, and how often it changed; a credential without a row is active."""

    batch = Column(Integer, primary_key=True)
    position = Column(Integer, primary_key=True)
    lane = Column(Integer, nullable=False)
    changes = Column(Integer, nullable=False)


LANES = Table(
    "lanes",
    METADATA,
    _Lanes,
    ForeignKeyConstraint(["batch", "position"], ["credentials.batch", "credentials.position"]),
)


class _Audit(TypedColumns):
    """Who did what, chained by hashes (`store.audit`)."""

    seq = Column(Integer, primary_key=True, autoincrement=False)
    prev = Column(LargeBinary, nullable=False)
    at = Column(BigInteger, nullable=False)
    actor = Column(Text, nullable=False)
    act = Column(Text, nullable=False)
    detail = Column(Text, nullable=False)
    hash = Column(LargeBinary, nullable=False)


AUDIT = Table("audit", METADATA, _Audit)

STATES = Index("ix_batches_state", BATCHES.c.state)
