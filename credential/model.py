"""What is issued: one diploma or one transcript version of one person.

Names follow `docs/GLOSSARY.md`. Marks are integers in tenths (8,5 is 85), dates carry their
precision, codes are text, names are exactly what was printed (NFC).
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import Enum, IntEnum

from credential.dates import PartialDate


class CredentialType(Enum):
    """A kind of credential. The value is its number on chain and in the QR token."""

    THPT_DIPLOMA = 1
    TRANSCRIPT = 2

    @property
    def key(self) -> str:
        """Its name on the command line, in the registry and in `vct`."""
        return {1: "thpt-diploma", 2: "transcript"}[self.value]

    @property
    def vct(self) -> str:
        """Its SD-JWT VC type (a URN, so that no host has to live as long as a diploma)."""
        return f"urn:sogoc:vct:{self.key}:1"

    @property
    def bit(self) -> int:
        """Its bit in a school's accreditation on chain."""
        return 1 << self.value

    @classmethod
    def from_key(cls, key: str) -> "CredentialType":
        """Raises KeyError for an unknown key."""
        return {kind.key: kind for kind in cls}[key]

    @classmethod
    def from_vct(cls, vct: str) -> "CredentialType":
        """Raises KeyError for an unknown vct."""
        return {kind.vct: kind for kind in cls}[vct]


class Lane(IntEnum):
    """Status of one credential: the two bits on chain, and the registry's word for it."""

    ACTIVE = 0
    SUSPENDED = 1
    SUPERSEDED = 2
    REVOKED = 3


LANES_PER_WORD = 128
"""Credentials whose lanes are one storage word on chain: those of one batch, by index."""


class KeyRole(IntEnum):
    """What a key may do for its school; roles are added up to one byte on chain."""

    ANCHOR = 1
    SUSPEND = 2
    REVOKE = 4
    SIGN = 8


@dataclass(frozen=True, slots=True)
class Deployment:
    """Which contract on which chain gives credentials their standing.

    `contract` is the 20-byte address.
    """

    chain_id: int
    contract: bytes

    @property
    def aad(self) -> bytes:
        """28 bytes that every QR token's signature covers without carrying them."""
        return self.chain_id.to_bytes(8, "big") + self.contract

    @property
    def tag(self) -> bytes:
        """4 bytes that let a verifier say "this is another deployment's" (a hint, no proof)."""
        return hashlib.sha256(self.aad).digest()[:4]

    def issuer(self, school: int) -> str:
        """The `iss` of that school's credentials."""
        return f"urn:sogoc:{self.chain_id}:{self.contract.hex()}:{school}"


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose credential it is, as printed. `birth_place` is the province's name of that time."""

    name: str
    birth: PartialDate
    birth_place: str | None = None
    sex: str | None = None
    ethnicity: str | None = None


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed for the school, with the title used (``Hiệu trưởng``, ``KT. Hiệu trưởng``…)."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Decision:
    """An administrative decision by number and date."""

    number: str
    on: date


@dataclass(frozen=True, slots=True)
class CourseResult:
    """One result: a subject in a term (``HK1``, ``HK2`` or ``CN`` for the whole year).

    Exactly one of `mark` (tenths, 0–100) and `rating` (``Đ`` or ``CĐ``) is given.
    """

    subject: str
    name: str
    term: str
    mark: int | None = None
    rating: str | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """Results of one school year. `study` and `conduct` are levels such as ``Tốt``."""

    grade: int
    class_name: str
    school_year: str
    study: str
    conduct: str
    absences: int
    results: tuple[CourseResult, ...]


@dataclass(frozen=True, slots=True)
class Credential:
    """Everything that a credential says, before it gets a place in a batch.

    `serial` (số hiệu) is absent on transcripts, `transcript` on diplomas; `classification` is
    present only where the type has one.
    """

    type: CredentialType
    school: int
    school_name: str
    holder: Holder
    register_no: str
    year: int
    issued: date
    signer: Signer
    serial: str | None = None
    decision: Decision | None = None
    classification: str | None = None
    transcript: Transcript | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a credential stands: batch `seq` of its school and its `index` there (from 0)."""

    seq: int
    index: int
