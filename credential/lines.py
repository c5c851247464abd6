"""Lines of registers: those of old paper books on their way in, and those that copies are made of.

Plain values in which entry, the registry and the issuer speak of them. Nothing here is new: number,
page, name and dates are as the old book has them (NFC), however they were written then.
"""

import hashlib
from dataclasses import asdict, dataclass, fields
from datetime import date
from enum import Enum
from typing import NamedTuple

from credential.dates import PartialDate
from credential.errors import FormatError
from credential.jose import canonical
from credential.model import BookPage, CredentialType, Holder, Lane, Origin, Original, Signer
from credential.records import AwardLine
from credential.requests import CopyRequest


@dataclass(frozen=True, slots=True)
class OldBook:
    """An old register, by the `code` that the body which manages it today gives it.

    `school` is that body by number on chain, `title` the book's name and volume, `document` what
    its lines awarded, `issuer` who did so then and `signer_title` the office of whoever signed.
    """

    school: int
    code: str
    title: str
    document: str
    issuer: str
    signer_title: str


@dataclass(frozen=True, slots=True)
class OldLine:
    """A line as it stands in an old book. `scan` is the SHA-256 of its page's scan, 64 digits.

    What the book does not say is None; `issued` and `birth` are as precise as it has them.
    """

    number: str
    page: str
    scan: str
    name: str
    birth: PartialDate
    year: int
    issued: PartialDate
    birth_place: str | None = None
    sex: str | None = None
    ethnicity: str | None = None
    serial: str | None = None
    classification: str | None = None
    signer: str | None = None
    note: str | None = None

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of all that it says, scan included: what somebody saw who checked it."""
        said = {each.name: getattr(self, each.name) for each in fields(self)}
        dates = {"birth": self.birth.number, "issued": self.issued.number}
        return hashlib.sha256(canonical(said | dates)).hexdigest()


class LineState(Enum):
    """How far a line of an old book has come."""

    ENTERED = "entered"  # by one person; in no register yet
    DIFFERS = "differs"  # the checker found something else on the page
    CHECKED = "checked"  # by another person: from now on it is in the register
    ISSUED = "issued"  # as a digitised diploma


@dataclass(frozen=True, slots=True)
class HeldLine:
    """A line of an old book with who entered and who checked it, times in seconds since 1970.

    `remark` is what the checker found to differ.
    """

    line: OldLine
    state: LineState
    entered_by: str
    entered_at: int
    checked_by: str | None = None
    checked_at: int | None = None
    remark: str | None = None


class OpenLines(NamedTuple):
    """How many lines of a book somebody entered that stand so, the oldest of them since when."""

    book: str
    state: LineState
    entered_by: str
    many: int
    since: int


def register_no(book: str, number: str) -> str:
    """What an old line is called in the register: its book's code and its own number there."""
    return f"{book}/{number}"


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """A version of a line of the register, with all that a copy of it says.

    `issuer` bore that name on the day, `document` is what it awarded, `signer` who signed it (None
    where an old book does not say). `page` is where a digitised line stands. `lane` is its status.
    """

    line: AwardLine
    pupil: str
    holder: Holder
    year: int
    document: str
    issuer: str
    issued: PartialDate
    serial: str | None = None
    classification: str | None = None
    signer: Signer | None = None
    page: BookPage | None = None
    lane: Lane = Lane.ACTIVE

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of all that a copy of it says: what an order of it was prepared of."""
        said = asdict(self)
        for apart in ("line", "pupil", "lane"):
            del said[apart]
        return hashlib.sha256(canonical(said)).hexdigest()


@dataclass(frozen=True, slots=True)
class CopyEntry:
    """A line of the copy register: its number, whose copy, of which line, for whom, when, lanes.

    `standing` is that of the line which was copied.
    """

    line: AwardLine
    holder: str
    copied: AwardLine
    request: CopyRequest
    issued: date
    signer: str
    lane: Lane
    standing: Lane


def origin_of(line: RegisterLine, made: CredentialType) -> Origin:
    """What a credential of that type says of the line that it was made of.

    Raises FormatError ``sdjwt.malformed`` where a digitised diploma is asked for of no old book.
    """
    own = line.line
    place = line.page if made is CredentialType.DIGITISED else None
    if made is CredentialType.DIGITISED and place is None:
        raise FormatError("sdjwt.malformed")
    where = place or Original(own.type, own.school, own.register_no)
    return Origin(line.document, line.issuer, line.issued, where, line.signer)
