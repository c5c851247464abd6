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
    text,
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
    pupil = Column(Text, nullable=False, index=True)
    register_no = Column(Text, nullable=False, index=True)
    serial: Named[str | None] = Column(Text)
    code = Column(Text, nullable=False, unique=True)
    sd_payload = Column(LargeBinary, nullable=False)
    disclosures = Column(Text, nullable=False)
    qr_payload = Column(LargeBinary, nullable=False)
    version = Column(Integer, nullable=False, server_default="1")
    old_seq: Named[int | None] = Column(BigInteger)
    old_position: Named[int | None] = Column(Integer)


def folded(column: str) -> str:
    """SQL of a number as it is looked up: capitals, no spaces, no dashes. Indexed in this form."""
    return f"upper(replace(replace({column}, '-', ''), ' ', ''))"


CREDENTIALS = Table(
    "credentials",
    METADATA,
    _Credentials,
    *(
        Index(f"ix_credentials_{number}_folded", text(folded(number)))
        for number in ("serial", "register_no")
    ),
)


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
    """What each nonce of an account was given to."""

    id = Column(Integer, primary_key=True)
    purpose = Column(Text, nullable=False, unique=True)
    sender = Column(LargeBinary, nullable=False)
    nonce = Column(BigInteger, nullable=False)


OUTBOX = Table("outbox", METADATA, _Outbox, UniqueConstraint("sender", "nonce"))


class _Transactions(TypedColumns):
    """What was signed for a nonce, versions counted from 0. `block` was the head by then."""

    outbox = Column(Integer, ForeignKey("outbox.id"), primary_key=True)
    version = Column(Integer, primary_key=True)
    raw = Column(LargeBinary, nullable=False)
    hash = Column(LargeBinary, nullable=False)
    block = Column(BigInteger, nullable=False)


TRANSACTIONS = Table("transactions", METADATA, _Transactions)


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


# --- what the ledger logged (`store.history`); see `credential.history` for each record ---


class _LedgerSchools(TypedColumns):
    block = Column(BigInteger, primary_key=True, autoincrement=False)
    log = Column(Integer, primary_key=True, autoincrement=False)
    school = Column(BigInteger, nullable=False)
    valid_from: Named[int | None] = Column(BigInteger)
    valid_until: Named[int | None] = Column(BigInteger)
    types: Named[bytes | None] = Column(LargeBinary)
    suspended_since: Named[int | None] = Column(BigInteger)


LEDGER_SCHOOLS = Table("ledger_schools", METADATA, _LedgerSchools, Index(None, "school", "block"))


class _LedgerKeys(TypedColumns):
    block = Column(BigInteger, primary_key=True, autoincrement=False)
    log = Column(Integer, primary_key=True, autoincrement=False)
    school = Column(BigInteger, nullable=False)
    key_id = Column(LargeBinary, nullable=False)
    valid_from: Named[int | None] = Column(BigInteger)
    valid_until: Named[int | None] = Column(BigInteger)
    compromised_since: Named[int | None] = Column(BigInteger)
    roles: Named[int | None] = Column(Integer)
    public_key: Named[bytes | None] = Column(LargeBinary)


LEDGER_KEYS = Table("ledger_keys", METADATA, _LedgerKeys, Index(None, "school", "block"))


class _LedgerBatches(TypedColumns):
    block = Column(BigInteger, primary_key=True, autoincrement=False)
    log = Column(Integer, primary_key=True, autoincrement=False)
    school = Column(BigInteger, nullable=False)
    seq = Column(BigInteger, nullable=False)
    root = Column(LargeBinary, nullable=False)
    size = Column(Integer, nullable=False)
    time = Column(BigInteger, nullable=False)
    key_id = Column(LargeBinary, nullable=False)
    head = Column(LargeBinary, nullable=False)


LEDGER_BATCHES = Table(
    "ledger_batches",
    METADATA,
    _LedgerBatches,
    UniqueConstraint("school", "seq"),
    UniqueConstraint("school", "root"),
)


class _LedgerWords(TypedColumns):
    block = Column(BigInteger, primary_key=True, autoincrement=False)
    log = Column(Integer, primary_key=True, autoincrement=False)
    school = Column(BigInteger, nullable=False)
    root = Column(LargeBinary, nullable=False)
    word = Column(BigInteger, nullable=False)
    lanes = Column(LargeBinary, nullable=False)
    by = Column(LargeBinary, nullable=False)


LEDGER_WORDS = Table(
    "ledger_words", METADATA, _LedgerWords, Index(None, "school", "root", "word", "block")
)


class _LedgerSuccessions(TypedColumns):
    block = Column(BigInteger, primary_key=True, autoincrement=False)
    log = Column(Integer, primary_key=True, autoincrement=False)
    school = Column(BigInteger, nullable=False)
    root = Column(LargeBinary, nullable=False)
    position = Column(BigInteger, nullable=False)
    successor_root = Column(LargeBinary, nullable=False)
    successor_position = Column(BigInteger, nullable=False)


LEDGER_SUCCESSIONS = Table(
    "ledger_successions", METADATA, _LedgerSuccessions, Index(None, "school", "root", "position")
)


class _LedgerActs(TypedColumns):
    block = Column(BigInteger, primary_key=True, autoincrement=False)
    log = Column(Integer, primary_key=True, autoincrement=False)
    name = Column(Text, nullable=False)
    account = Column(LargeBinary, nullable=False)


LEDGER_ACTS = Table("ledger_acts", METADATA, _LedgerActs)


class _LedgerBlocks(TypedColumns):
    """Blocks from the last final one on, to notice that one was replaced."""

    number = Column(BigInteger, primary_key=True, autoincrement=False)
    hash = Column(LargeBinary, nullable=False)
    time = Column(BigInteger, nullable=False)


LEDGER_BLOCKS = Table("ledger_blocks", METADATA, _LedgerBlocks)


class _LedgerIndex(TypedColumns):
    """One row: how far the tables have come, and who keeps them for how long."""

    id = Column(Integer, primary_key=True, autoincrement=False)
    chain_id = Column(BigInteger, nullable=False)
    contract = Column(LargeBinary, nullable=False)
    read: Named[int | None] = Column(BigInteger)
    compared: Named[int | None] = Column(BigInteger)
    root = Column(LargeBinary, nullable=False)
    final: Named[int | None] = Column(BigInteger)
    head = Column(BigInteger, nullable=False)
    checked = Column(BigInteger, nullable=False)
    error = Column(Text, nullable=False)
    owner = Column(Text, nullable=False)
    lease = Column(BigInteger, nullable=False)


LEDGER_INDEX = Table("ledger_index", METADATA, _LedgerIndex)
