"""What issuing needs of the registry."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Protocol

from credential.facts import Withdrawal
from credential.lines import RegisterLine
from credential.model import CredentialType, Lane, Signer
from credential.records import (
    AwardBatch,
    AwardLine,
    Binding,
    PupilRecord,
    SchoolRecord,
    StandingAward,
)


class RegistryDesk(Protocol):
    """The registry as a school's desk sees it."""

    def school(self, code: str, on: date) -> SchoolRecord | None:
        """The school with that code, with its name on that day."""
        ...

    def numbered(self, school: int, on: date) -> SchoolRecord | None:
        """The same by the school's number on chain."""
        ...

    def keeper(self, school: int, on: date) -> int | None:
        """The school that keeps the register of one that is no more on that day."""
        ...

    def entitled(self, school: int, kind: CredentialType, on: date) -> bool:
        """Whether the dated issuing rules let that school award that type on that day."""
        ...

    def heads(self, school: int, on: date) -> Sequence[Signer]:
        """Who may sign for the school on that day: its head, or the deputy assigned."""
        ...

    def pupils(self, codes: Sequence[str]) -> Mapping[str, PupilRecord]:
        """The pupils known by those ministry codes; unknown codes are absent."""
        ...

    def holding(self, personal_nos: Sequence[str]) -> Mapping[str, PupilRecord]:
        """The pupils known by those personal numbers, by number; unknown ones are absent."""
        ...

    def enrolled(self, codes: Sequence[str], on: date) -> Mapping[str, int]:
        """In which school each of these pupils was on that day, as far as moves are known."""
        ...

    def awarded(
        self,
        kind: CredentialType,
        year: int,
        pupils: Sequence[str],
        *,
        school: int | None = None,
        earlier: bool = False,
    ) -> Mapping[str, StandingAward]:
        """Pupils who already hold such an award of that year, or of an `earlier` one, by code.

        Of transfer records those of `school` alone, if named.
        """
        ...

    def coming(self, kind: CredentialType, school: int, year: int, size: int) -> tuple[str, str]:
        """The first and the last register numbers of so many new lines; others may take them."""
        ...

    def gaps(self, kind: CredentialType, school: int, year: int) -> Sequence[str]:
        """Register numbers that were given in a year and have no line."""
        ...

    def levels(self, on: date) -> frozenset[str]:
        """Levels, such as ``thpt``, of the programmes in force that day; empty: none is listed."""
        ...

    def serials_taken(self, kind: CredentialType, serials: Sequence[str]) -> Mapping[str, str]:
        """Serials already in the register: serial → ref of the batch that took it."""
        ...

    def enter(self, awards: AwardBatch) -> tuple[str, ...]:
        """Enter all lines in one transaction; return their register numbers, in order.

        Numbers run without gaps per school, type and year. Entering the same `ref` again
        returns the same numbers and writes nothing. Raises ConflictError ``award.duplicate``
        when a pupil or serial is taken by another ref, ``award.not_standing`` when a version that
        an entry replaces does not stand; what is replaced is superseded in the same transaction.
        """
        ...

    def bind(self, ref: str, contents: Mapping[str, Binding]) -> None:
        """Keep with each line of `ref` what it will say and where, by register number.

        This is known before anything is signed.
        Binding the same again writes nothing. Raises ConflictError ``award.bound`` when a line
        is bound to something else, RefusedError ``award.unknown``.
        """
        ...

    def lines(self, wanted: Collection[AwardLine]) -> Mapping[AwardLine, RegisterLine]:
        """These versions of lines with all that a copy says of them; unknown ones are absent."""
        ...

    def copies_of(self, lines: Collection[AwardLine]) -> Sequence[AwardLine]:
        """The copies that were made of these versions of lines: they stand as those do."""
        ...

    def is_unissued(self, line: AwardLine) -> bool:
        """Whether that is a line of an old book, in the register, that no order has taken."""
        ...

    def manages(self, school: int, other: int) -> bool:
        """Whether a school manages the register of another: its own, or one that it came after."""
        ...

    def set_status(self, line: AwardLine, lane: Lane, withdrawal: Withdrawal | None) -> bool:
        """Set a version's status, at once visible to matches; False if it had that status.

        Raises RefusedError ``award.unknown`` and ``award.terminal`` (revoked and superseded
        never reopen).
        """
        ...

    def revoke(self, lines: Sequence[AwardLine], withdrawal: Withdrawal) -> frozenset[AwardLine]:
        """Revoke many in one transaction; those that were superseded are left and returned.

        What was revoked before keeps its reason. Raises RefusedError ``award.unknown``; then
        nothing is written.
        """
        ...
