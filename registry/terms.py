"""Terms of office as the department enters them one by one: begun, ended, found void.

A term that somebody signed in is never cut below what they signed: whether those diplomas stand is
for people to decide, one by one (`affected` lists them), not for a date in a table. A mandate found
void keeps its term, so that what was signed is judged as before; nothing new is signed under it.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, insert, select, update

from credential.dates import PartialDate
from credential.errors import ConflictError, InputError, RefusedError
from credential.model import CredentialType, Decision, Lane
from credential.text import fold
from database.connections import lock
from registry.act_tables import VOID_TERMS
from registry.entries import HeadEntry, head_faults
from registry.tables import AWARDS, HEADS, SCHOOLS


class Office(NamedTuple):
    """A term with what became of it. Days are yyyymmdd."""

    since: int
    until: int | None
    deputy: bool
    name: str
    title: str
    decision_no: str | None
    void_since: int | None = None
    void_decision: str | None = None


class Signed(NamedTuple):
    """A line of the register that somebody signed, without its holder."""

    type: CredentialType
    register_no: str
    version: int
    serial: str | None
    issued: int
    lane: Lane


def of_school(connection: Connection, school: int) -> list[Office]:
    """All terms of a school, newest first."""
    query = (
        select(
            HEADS.c.since, HEADS.c.until, HEADS.c.kind, HEADS.c.name, HEADS.c.title,
            HEADS.c.decision_no, VOID_TERMS.c.void_since,
            VOID_TERMS.c.decision_no.label("void_decision"),
        )
        .outerjoin_from(HEADS, VOID_TERMS)
        .where(HEADS.c.school == school)
        .order_by(HEADS.c.since.desc(), HEADS.c.kind.desc(), HEADS.c.name)
    )  # fmt: skip
    return [
        Office(row[0], row[1], row.kind == "deputy", *row[3:]) for row in connection.execute(query)
    ]


def begin(connection: Connection, entry: HeadEntry) -> bool:
    """Enter a term; False if it is there already.

    Raises InputError (`entries.head_faults`), RefusedError ``award.school_unknown``, ConflictError
    ``office.entered`` and ``office.overlaps`` (`name`, `since`): there is one head at a time.
    """
    if faults := list(head_faults([entry])):
        raise InputError(faults)
    _lock(connection, entry.school)
    known = of_school(connection, entry.school)
    since, until = _day(entry.since), _day(entry.until) if entry.until else None
    asked = Office(since, until, entry.deputy, entry.name, entry.title, entry.decision_no)
    if any(term[:6] == asked[:6] for term in known):
        return False
    for term in () if entry.deputy else known:
        over = term.until is None or since <= term.until
        if not term.deputy and over and (until is None or term.since <= until):
            raise ConflictError("office.overlaps", name=term.name, since=_shown(term.since))
    if any((t.since, t.deputy, t.name) == (since, entry.deputy, entry.name) for t in known):
        raise ConflictError("office.entered", name=entry.name, since=entry.since)
    kind = "deputy" if entry.deputy else "head"
    row = (entry.school, since, kind, entry.name, entry.title, until, entry.decision_no)
    connection.execute(insert(HEADS).values(dict(zip(HEADS.c.keys(), row, strict=True))))
    return True


def end(connection: Connection, school: int, name: str, last: date) -> bool:
    """Let the term that covers a day end with it; False if it does.

    Raises RefusedError ``office.unknown``, ConflictError ``office.has_signed`` (`count`).
    """
    _lock(connection, school)
    term, day = _term(connection, school, name, last), _day(last)
    if term.until == day:
        return False
    if later := affected(connection, school, term, day + 1):
        raise ConflictError("office.has_signed", name=name, count=len(later), on=last)
    connection.execute(update(HEADS).where(*_is(school, term)).values(until=day))
    return True


def void(
    connection: Connection, school: int, name: str, since: date, decision: Decision, at: int
) -> tuple[bool, Sequence[Signed]]:
    """Note that a mandate is void from a day on; whether that is new, and what was signed since.

    Raises RefusedError ``office.unknown``, ConflictError ``office.void_otherwise``.
    """
    _lock(connection, school)
    term, day = _term(connection, school, name, since), _day(since)
    row = {
        "void_since": day, "decision_no": decision.number, "decision_on": _day(decision.on),
    }  # fmt: skip
    new = term.void_since is None
    if new:
        key = {"school": school, "since": term.since, "kind": _kind(term), "name": term.name}
        connection.execute(insert(VOID_TERMS).values(key | row | {"entered_at": at}))
    elif (term.void_since, term.void_decision) != (day, decision.number):
        raise ConflictError("office.void_otherwise", decision=term.void_decision)
    return new, affected(connection, school, term, day)


def affected(connection: Connection, school: int, term: Office, since: int) -> list[Signed]:
    """What bears the signer's name from a day (yyyymmdd) on, within the term, oldest first."""
    query = (
        select(
            AWARDS.c.type, AWARDS.c.register_no, AWARDS.c.version, AWARDS.c.serial,
            AWARDS.c.issued, AWARDS.c.lane, AWARDS.c.signer_name,
        )
        .where(AWARDS.c.school == school, AWARDS.c.issued >= since)
        .order_by(AWARDS.c.issued, AWARDS.c.type, AWARDS.c.number, AWARDS.c.version)
    )  # fmt: skip
    if term.until is not None:
        query = query.where(AWARDS.c.issued <= term.until)
    name = fold(term.name)
    return [
        Signed(CredentialType(row.type), *row[1:5], Lane(row.lane))
        for row in connection.execute(query)
        if fold(row.signer_name) == name
    ]


def close_all(connection: Connection, school: int, last: int) -> None:
    """End every term of a school that would go on after a day, unless somebody signed later."""
    for term in of_school(connection, school):
        open_ = term.until is None or term.until > last
        if open_ and term.since <= last and not affected(connection, school, term, last + 1):
            connection.execute(update(HEADS).where(*_is(school, term)).values(until=last))


def _term(connection: Connection, school: int, name: str, on: date) -> Office:
    day, wanted = _day(on), fold(name)
    for term in of_school(connection, school):
        covers = term.since <= day and (term.until is None or day <= term.until)
        if covers and fold(term.name) == wanted:
            return term
    raise RefusedError("office.unknown", name=name, on=on)


def _is(school: int, term: Office) -> tuple[ColumnElement[bool], ...]:
    return (
        HEADS.c.school == school, HEADS.c.since == term.since,
        HEADS.c.kind == _kind(term), HEADS.c.name == term.name,
    )  # fmt: skip


def _kind(term: Office) -> str:
    return "deputy" if term.deputy else "head"


def _lock(connection: Connection, school: int) -> None:
    """Of two who change a school, one waits."""
    lock(connection, f"school {school}")
    if connection.scalar(select(SCHOOLS.c.id).where(SCHOOLS.c.id == school)) is None:
        raise RefusedError("award.school_unknown", school=school)


def _day(on: date) -> int:
    return PartialDate.from_date(on).number


def _shown(day: int) -> str:
    return PartialDate.from_number(day).printed()
