"""What the sources of a verification can say, in the words of the formats.

The ledger (chain), the evidence store and the registry each answer with one of these values,
or raise `UnavailableError`. Times are seconds since 1970 as the chain counts them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from credential.dates import PartialDate
from credential.model import CredentialType, Lane, Original, Place


@dataclass(frozen=True, slots=True)
class Block:
    """A finalised block: number, 32-byte hash and time in seconds."""

    number: int
    hash: bytes
    time: int


@dataclass(frozen=True, slots=True)
class LedgerKey:
    """A key of a school. `key_id` is 32 bytes: a JWK thumbprint, or a left-padded address.

    Valid for block times t with ``valid_from <= t < valid_until`` (0: no end). From
    `compromised_since` on (0: never) nothing it did counts. `roles` adds up `KeyRole` values.
    `public_key` is the uncompressed P-256 point (65 bytes), the Ed25519 key (32), or empty for
    a chain key.
    """

    key_id: bytes
    school: int
    valid_from: int
    valid_until: int
    compromised_since: int
    roles: int
    public_key: bytes = b""

    def covers(self, time: int) -> bool:
        """Whether the key could act at that block time."""
        ended = self.valid_until and time >= self.valid_until
        return time >= self.valid_from and not ended and not self.is_lost(time)

    def is_lost(self, time: int) -> bool:
        """Whether the key was in the wrong hands at that block time, as far as was declared."""
        return 0 < self.compromised_since <= time


@dataclass(frozen=True, slots=True)
class LedgerSchool:
    """A school's accreditation: window, start of a suspension (0: none), types as bits."""

    valid_from: int
    valid_until: int
    suspended_since: int
    types: int

    def covers(self, time: int) -> bool:
        """Whether the school could issue at that block time."""
        ended = self.valid_until and time >= self.valid_until
        suspended = self.suspended_since and time >= self.suspended_since
        return time >= self.valid_from and not ended and not suspended


@dataclass(frozen=True, slots=True)
class LedgerAnchor:
    """A batch on chain: its number in the school, its size in credentials, time and key."""

    seq: int
    size: int
    time: int
    key: LedgerKey


@dataclass(frozen=True, slots=True)
class ChainTrust:
    """On whose word the chain was read: `agreed` of `endpoints` had to name the same block.

    `proven` says that all that was read there was proven from that block's state; otherwise the
    endpoint was believed. `indexed`: it was not asked now, but believed when this deployment's
    indexer read the events, whose tables are believed, too. `chosen`: nobody was asked, the block
    came with the document; `agreed` of `endpoints` witnesses signed it, or, with none, whoever
    checks knew it.
    """

    agreed: int
    endpoints: int
    proven: bool
    indexed: bool = False
    chosen: bool = False

    @property
    def code(self) -> str:
        """The sentence that names it."""
        if self.chosen:
            return "trust.cosigned" if self.agreed else "trust.named"
        if not self.proven:
            return "trust.indexed" if self.indexed else "trust.believed"
        return "trust.agreed" if self.agreed > 1 else "trust.proven"


ONE_BELIEVED = ChainTrust(1, 1, proven=False)
"""A single endpoint taken at its word."""

INDEX_BELIEVED = ChainTrust(1, 1, proven=False, indexed=True)
"""Tables of this deployment, filled from a single endpoint taken at its word."""


@dataclass(frozen=True, slots=True)
class LedgerFacts:
    """Everything the chain says for one verification, read at one finalised block.

    `keys` are the signing keys whose id starts with the prefix asked for. `pending` is true
    when the anchor is absent at the finalised block but present in a later one. `trust` says
    on whose word, for the verdict. `all_keys` is false when a key that is not among `keys` may
    be listed nevertheless: a single endpoint that must prove what it says can hide one.
    """

    block: Block
    school: LedgerSchool | None
    keys: tuple[LedgerKey, ...]
    next_seq: int
    anchor: LedgerAnchor | None
    pending: bool
    lane: Lane
    trust: ChainTrust = ONE_BELIEVED
    all_keys: bool = True

    @property
    def is_newest(self) -> bool:
        """Whether what the block lacks is not there; in a block chosen, it may have come since."""
        return not self.trust.chosen


@dataclass(frozen=True, slots=True)
class Evidence:
    """A Merkle path: `leaf` (32-byte leaf hash) at a place of a batch of `size` credentials."""

    leaf: bytes
    size: int
    path: tuple[bytes, ...]


class Match(Enum):
    """One field of a claim against the registry; the registry never says its own value."""

    AGREES = "agrees"
    SPELLING = "spelling"  # differs only in case, spacing, tone placement, i/y or Đ/Ð
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class AwardClaim:
    """What an artefact says, put to the registry. Absent fields were not disclosed.

    `content` is the SHA-256 of the SD-JWT's signing input where the artefact carries it; `place`
    where it says that it stands. They tell which version of a line is meant. `origin_issued` and
    `original` are of the diploma that a digitised line or a copy speaks of.
    """

    type: CredentialType
    school: int
    register_no: str
    year: int
    issued: date
    serial: str | None = None
    name: str | None = None
    birth: PartialDate | None = None
    classification: str | None = None
    signer_name: str | None = None
    content: bytes | None = None
    place: Place | None = None
    origin_issued: PartialDate | None = None
    original: Original | None = None


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Why an award does not stand: ground (one of the circular's), decision, date.

    Of a suspension `until` is the day by which it is to be looked at again, `reason` what people
    are told inside; verifiers learn neither.
    """

    ground: str
    decision: str
    on: date
    until: date | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class AwardMatch:
    """The registry's answer to a claim.

    `fields` has one entry per field that was claimed. `signer_in_office` says whether the
    person recorded as signing headed the school (or deputised) on the day of issue;
    `entitled` whether this school could award this type on that day. `of_original` says that
    `lane` and `withdrawal` are those of the line that a copy was made of: it stands as that does.
    """

    found: bool
    fields: Mapping[str, Match] = field(default_factory=dict)
    lane: Lane = Lane.ACTIVE
    withdrawal: Withdrawal | None = None
    signer_in_office: bool = False
    entitled: bool = False
    school_name: str = ""
    of_original: bool = False
    source: str = "registry"
