"""The registry as a school's desk sees it: `issuer.ports.RegistryDesk` on a database.

It answers what issuing has to know before, enters lines into the register of awards and sets
their status. Whether a batch ought to be entered at all (school, signer, pupils as printed) the
issuer asks first and decides.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from credential.dates import PartialDate
from credential.errors import ConflictError, RefusedError
from credential.facts import Withdrawal
from credential.model import CredentialType, Lane, Signer
from credential.records import (
    AwardBatch,
    AwardLine,
    Binding,
    Move,
    PupilRecord,
    SchoolRecord,
    StandingAward,
)
from credential.text import sort_key
from database.connections import Database
from registry import (
    annexing,
    coming,
    copying,
    finding,
    histories,
    moving,
    people,
    published,
    register,
    schools,
    taking_back,
    withdrawing,
)
from registry.finding import Found
from registry.histories import History
from registry.linedesk import LineDesk
from registry.published import Withdrawn
from registry.tables import AWARDS

_ATTEMPTS = 3  # the first writer of a year's first line also makes the counter
_TERMINAL = {Lane.SUPERSEDED, Lane.REVOKED}


def _now() -> int:
    return int(time.time())


class Desk(LineDesk):
    """The desk of one registry. Raises UnavailableError ``registry``."""

    def __init__(self, database: Database, clock: Callable[[], int] = _now) -> None:
        super().__init__(database)
        self._clock = clock

    def school(self, code: str, on: date) -> SchoolRecord | None:
        """The school with that code, with its name on that day; None if it had none then.

        One that is no more, whose register another keeps, has its last name.
        """
        with self._database.reading() as connection:
            return _record(schools.by_code(connection, code), _day(on))

    def numbered(self, school: int, on: date) -> SchoolRecord | None:
        """The same by its number on chain."""
        with self._database.reading() as connection:
            return _record(schools.by_id(connection, school), _day(on))

    def keeper(self, school: int, on: date) -> int | None:
        """The school that keeps the register of one that is no more on that day."""
        with self._database.reading() as connection:
            found = schools.by_id(connection, school)
        link = found.keeper_on(_day(on)) if found else None
        return link.school if link else None

    def school_of(self, number: int, on: date) -> SchoolRecord | None:
        """The school of that number, with its name on that day; None as for `school`."""
        with self._database.reading() as connection:
            school = schools.by_id(connection, number)
        named = school.named_on(_day(on)) if school else None
        if school is None or named is None:
            return None
        return SchoolRecord(school.id, school.code, named.name, named.place)

    def schools(self, on: date) -> Sequence[SchoolRecord]:
        """All schools that had a name on that day, with it, in dictionary order."""
        with self._database.reading() as connection:
            found = schools.named_on(connection, _day(on))
        return sorted(found, key=lambda school: (sort_key(school.name), school.code))

    def entitled(self, school: int, kind: CredentialType, on: date) -> bool:
        """Whether the dated issuing rules let that school award that type on that day."""
        with self._database.reading() as connection:
            found = schools.by_id(connection, school)
        return found is not None and found.entitled(kind, _day(on))

    def heads(self, school: int, on: date) -> Sequence[Signer]:
        """Who may sign for the school on that day: its head first, then assigned deputies.

        Nobody whose mandate is known to be void; of a school that is no more, those of its keeper.
        """
        with self._database.reading() as connection:
            found = schools.by_id(connection, school)
        return found.may_sign_on(_day(on)) if found else []

    def pupils(self, codes: Sequence[str]) -> Mapping[str, PupilRecord]:
        """The pupils known by those ministry codes; unknown codes are absent."""
        with self._database.reading() as connection:
            return {pupil.code: pupil for pupil in people.known(connection, codes)}

    def holding(self, personal_nos: Sequence[str]) -> Mapping[str, PupilRecord]:
        """The pupils known by those personal numbers, by number; unknown ones are absent."""
        with self._database.reading() as connection:
            found = list(people.numbered(connection, personal_nos))
        return {pupil.personal_no: pupil for pupil in found if pupil.personal_no is not None}

    def has_personal_no(self, pupil: str, number: str) -> bool:
        """Whether that is the pupil's personal number; False where none is known."""
        with self._database.reading() as connection:
            return people.has_number(connection, pupil, number)

    def pupils_of(self, school: int, class_name: str) -> Sequence[PupilRecord]:
        """The pupils who are in that class of that school now, in dictionary order."""
        with self._database.reading() as connection:
            found = people.of_class(connection, school, class_name)
        return sorted(found, key=lambda pupil: (sort_key(pupil.name), pupil.code))

    def enrolled(self, codes: Sequence[str], on: date) -> Mapping[str, int]:
        """In which school each of these pupils was on that day, as far as moves are known."""
        with self._database.reading() as connection:
            return moving.enrolled(connection, codes, _day(on))

    def awarded(
        self,
        kind: CredentialType,
        year: int,
        pupils: Sequence[str],
        *,
        school: int | None = None,
        earlier: bool = False,
    ) -> Mapping[str, StandingAward]:
        """Pupils who hold a standing award of that year, or of an `earlier` one, by code.

        A revoked or superseded one does not stand and is not listed. See `register.holders`.
        """
        with self._database.reading() as connection:
            return register.holders(connection, kind, year, pupils, school=school, earlier=earlier)

    def gaps(self, kind: CredentialType, school: int, year: int) -> Sequence[str]:
        """Register numbers that were given in a year and have no line."""
        with self._database.reading() as connection:
            return coming.gaps(connection, kind, school, year)

    def levels(self, on: date) -> frozenset[str]:
        """Levels, such as ``thpt``, of the programmes in force that day; empty: none is listed."""
        with self._database.reading() as connection:
            return schools.levels_on(connection, _day(on))

    def serials_taken(self, kind: CredentialType, serials: Sequence[str]) -> Mapping[str, str]:
        """Serials ever used in the register: serial → ref of the batch that took it."""
        with self._database.reading() as connection:
            taken = register.serials(connection, kind, serials)
        return {serial: ref for serial, (ref, _) in taken.items()}

    def enter(self, awards: AwardBatch) -> tuple[str, ...]:
        """Enter all lines in one transaction; return their register numbers, in order.

        See `register.enter` for the rules and what is raised. No entries: nothing is written.
        """
        if not awards.entries:
            return ()
        for _ in range(_ATTEMPTS):
            # another writer may commit between our questions and our rows: ask again, to name it
            with suppress(IntegrityError), self._database.writing() as connection:
                return register.enter(self._database, connection, awards, self._clock())
        raise ConflictError("award.duplicate", duplicates=())

    def take_back(self, ref: str) -> int:
        """Take all lines of an order that was never sent out again; how many there were.

        See `taking_back.take_back` for the rules and what is raised; then nothing is written.
        """
        with self._database.writing() as connection:
            return taking_back.take_back(connection, ref)

    def coming(self, kind: CredentialType, school: int, year: int, size: int) -> tuple[str, str]:
        """The first and the last of the numbers that so many new lines would get now."""
        with self._database.reading() as connection:
            return coming.numbers(connection, kind, school, year, size)

    def bind(self, ref: str, contents: Mapping[str, Binding]) -> None:
        """Keep with each line of `ref` what it will say and where, by register number.

        See `register.bind` for the rules and what is raised; then nothing is written.
        """
        with self._database.writing() as connection:
            register.bind(connection, ref, contents)

    def set_status(self, line: AwardLine, lane: Lane, withdrawal: Withdrawal | None) -> bool:
        """Set a version's status, at once visible to matches; False if it had that status.

        `withdrawal` says by which decision; each is kept, and one that ends a suspension is not
        told to verifiers.
        Raises RefusedError ``award.unknown`` and ``award.terminal``, ConflictError
        ``copy.original_ended`` for reinstating a copy of what does not stand.
        """
        which = copying.named(line)
        about = {"type": line.type.key, "register_no": line.register_no}
        reason = withdrawal if lane is not Lane.ACTIVE else None
        values = {
            AWARDS.c.lane: int(lane),
            AWARDS.c.ground: reason and reason.ground,
            AWARDS.c.withdrawal_decision: reason and reason.decision,
            AWARDS.c.withdrawn_on: reason and _day(reason.on),
        }
        with self._database.writing() as connection:
            if lane is Lane.ACTIVE:
                copying.check_original(connection, line)
            held = connection.scalar(select(AWARDS.c.lane).where(*which).with_for_update())
            if held is None:
                raise RefusedError("award.unknown", **about)
            if held == lane:
                return False
            if held in _TERMINAL:
                raise RefusedError("award.terminal", **about)
            connection.execute(update(AWARDS).where(*which).values(values))
            if withdrawal is not None:
                annexing.note(connection, [line], lane, withdrawal, self._clock())
        return True

    def revoke(self, lines: Sequence[AwardLine], withdrawal: Withdrawal) -> frozenset[AwardLine]:
        """Revoke many lines in one transaction, at once visible to matches.

        See `withdrawing.revoke` for what is left alone and returned, and what is raised; then
        nothing is written.
        """
        with self._database.writing() as connection:
            return withdrawing.revoke(connection, lines, withdrawal, self._clock())

    def withdrawn(self, today: date) -> Sequence[Withdrawn]:
        """The public list of what was revoked or cancelled, newest decision first."""
        with self._database.reading() as connection:
            return published.listed(connection, today)

    def note_return(self, line: AwardLine, on: date) -> bool:
        """Note that a paper was given back; False if that is noted. See `published.note_return`."""
        with self._database.writing() as connection:
            return published.note_return(connection, line, on, self._clock())

    def find(self, text: str, of: Collection[int] | None) -> Sequence[Found]:
        """Lines of some schools, or all, by number or holder's name. See `finding.lines`."""
        with self._database.reading() as connection:
            return finding.lines(connection, text, of)

    def history(self, line: AwardLine) -> History:
        """What the register knows of all versions of a line, but who its holder is."""
        with self._database.reading() as connection:
            return histories.of_line(connection, line)

    def move(self, asked: Move) -> bool:
        """Move a pupil to another school, once; False if that was done already.

        See `moving.move` for the rules and what is raised; then nothing is written.
        """
        for _ in range(_ATTEMPTS):
            # another pupil's move may take the ref between our question and our row
            with suppress(IntegrityError), self._database.writing() as connection:
                return moving.move(connection, asked, self._clock())
        raise ConflictError("transfer.ref_taken", ref=asked.ref)

    def moves(self, pupil: str) -> Sequence[Move]:
        """A pupil's way from school to school, oldest first."""
        with self._database.reading() as connection:
            return list(moving.moves(connection, pupil))

    def last_moves(self, pupils: Sequence[str]) -> Mapping[str, Move]:
        """The last move of each of these pupils who ever moved, by ministry code."""
        with self._database.reading() as connection:
            return moving.last_moves(connection, pupils)


def _day(on: date) -> int:
    return PartialDate.from_date(on).number


def _record(school: schools.School | None, day: int) -> SchoolRecord | None:
    named = school.known_as(day) if school else None
    if school is None or named is None:
        return None
    return SchoolRecord(school.id, school.code, named.name, named.place, school.kind)
