"""What is issued: one diploma or one transcript version of one person.

Names follow `docs/GLOSSARY.md`. Marks are integers in tenths (8,5 is 85), dates carry their
precision, codes are text, names are exactly what was printed (NFC).
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum, IntEnum
from typing import TYPE_CHECKING

from credential.dates import PartialDate

if TYPE_CHECKING:  # the list of commands must not wait for cryptography
    from credential.keys import PublicKey


class CredentialType(Enum):
    """A kind of credential. The value is its number on chain and in the QR token."""

    THPT_DIPLOMA = 1
    TRANSCRIPT = 2
    TRANSFER = 3
    DIGITISED = 4
    COPY = 5

    @property
    def key(self) -> str:
        """Its name on the command line, in the registry and in `vct`."""
        return _KEYS[self.value]

    @property
    def vct(self) -> str:
        """Its SD-JWT VC type (a URN, so that no host has to live as long as a diploma)."""
        return f"urn:sogoc:vct:{self.key}:1"

    @property
    def bit(self) -> int:
        """Its bit in a school's accreditation on chain."""
        return 1 << self.value

    @property
    def has_results(self) -> bool:
        """Whether it carries results of a school year: a transcript, or a record to date."""
        return self in (CredentialType.TRANSCRIPT, CredentialType.TRANSFER)

    @property
    def has_origin(self) -> bool:
        """Whether it speaks of a diploma that is not itself: a digitised line, or a copy."""
        return self in (CredentialType.DIGITISED, CredentialType.COPY)

    @classmethod
    def from_key(cls, key: str) -> "CredentialType":
        """Raises KeyError for an unknown key."""
        return {kind.key: kind for kind in cls}[key]

    @classmethod
    def from_vct(cls, vct: str) -> "CredentialType":
        """Raises KeyError for an unknown vct."""
        return {kind.vct: kind for kind in cls}[vct]


_KEYS = {
    1: "thpt-diploma", 2: "transcript", 3: "transfer-record", 4: "digitised-diploma",
    5: "certified-copy",
}  # fmt: skip


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


TERMS = ("HK1", "HK2", "CN")
"""The two semesters and the whole year, in the order in which they end."""


@dataclass(frozen=True, slots=True)
class CourseResult:
    """One result: a subject in a term of `TERMS`, on one of several scales.

    `mark` is in tenths of ten points (0–100), `rating` a word of a scale without numbers (``Đ``,
    ``CĐ``; in primary school ``T``, ``H``, ``C``), `letter` a university's (``B+``), `points`
    hundredths of four points (0–400). One of them is given, but a primary subject's rating may
    stand with the mark of its test, and a letter with what it is worth.
    """

    subject: str
    name: str
    term: str
    mark: int | None = None
    rating: str | None = None
    letter: str | None = None
    points: int | None = None


@dataclass(frozen=True, slots=True)
class TermOutcome:
    """What a term came to: levels such as ``Tốt``, sessions (buổi) missed; None: not known."""

    term: str
    study: str | None = None
    conduct: str | None = None
    absences: int | None = None


def latest(outcomes: Iterable[TermOutcome]) -> TermOutcome:
    """The outcome of the year, or of the last term that has one; an empty one if there is none."""
    return max(outcomes, key=lambda each: TERMS.index(each.term), default=TermOutcome(TERMS[-1]))


@dataclass(frozen=True, slots=True)
class Transcript:
    """Results of a school year such as ``2025-2026``, or of its first half ("to date").

    `outcomes` has at most one per term. `promotion`, `title` and `completion` (the programme is
    completed, or graduation) are the year's, in the words that papers print; None where the year
    is not over or there is none.
    """

    grade: int
    class_name: str
    school_year: str
    results: tuple[CourseResult, ...]
    outcomes: tuple[TermOutcome, ...] = ()
    promotion: str | None = None
    title: str | None = None
    completion: str | None = None

    @property
    def latest(self) -> TermOutcome:
        """The outcome of the year, or of the last term that has one."""
        return latest(self.outcomes)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a credential stands: batch `seq` of its school and its `index` there (from 0)."""

    seq: int
    index: int


@dataclass(frozen=True, slots=True)
class Original:
    """The line that a copy was made of, by what is printed of it."""

    type: CredentialType
    school: int
    register_no: str


@dataclass(frozen=True, slots=True)
class BookPage:
    """Where a digitised line stands: name and volume of its book, its number there, its page.

    `scan` is the SHA-256 (64 hexadecimal digits) of the file that the page was scanned into.
    """

    book: str
    number: str
    page: str
    scan: str


@dataclass(frozen=True, slots=True)
class Origin:
    """What was awarded first: the document as it was headed, its issuer of that time, its date.

    `signer` is who signed it then, where the register says so.
    """

    document: str
    issuer: str
    issued: PartialDate
    place: Original | BookPage
    signer: Signer | None = None


@dataclass(frozen=True, slots=True)
class Credential:
    """Everything that a credential says, before it gets a place in a batch.

    `serial` (số hiệu) is absent on transcripts, `transcript` on diplomas; `classification` is
    present only where the type has one. `supersedes` is where the version stands that this one
    replaces (of the same school), `holder_key` the key that only its holder has, if any. `origin`
    is what a digitised diploma or a copy was made of; their `year` is of the diploma they speak of.
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
    supersedes: Place | None = None
    holder_key: "PublicKey | None" = None
    origin: Origin | None = None
