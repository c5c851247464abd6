"""What becomes of a school: another name, or an end with a successor that keeps its register.

A school's number is for ever, so whatever it issued is found and judged as before. From the day of
a succession on it issues nothing more; its successor signs what is corrected in its register.
"""

from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from credential.dates import PartialDate
from credential.errors import ConflictError, RefusedError
from credential.model import Decision
from credential.text import check_text
from database.connections import lock
from registry import schools, terms
from registry.act_tables import SUCCESSIONS
from registry.tables import AWARDS, SCHOOL_NAMES, SCHOOLS

KINDS = ("merged", "split", "dissolved")


class Succession(NamedTuple):
    """That a school is no more from a day on (yyyymmdd), and who keeps its register."""

    school: int
    since: int
    successor: int
    kind: str
    decision_no: str
    decision_on: int


def of_schools(connection: Connection) -> list[Succession]:
    """All successions, newest first."""
    columns = [SUCCESSIONS.c[name] for name in Succession._fields]
    query = select(*columns).order_by(SUCCESSIONS.c.since.desc(), SUCCESSIONS.c.school)
    return [Succession(*row) for row in connection.execute(query)]


def rename(connection: Connection, school: int, name: str, place: str, since: date) -> bool:
    """Give a school another name from a day on; False if it has it.

    Raises FormatError (`check_text`), RefusedError ``award.school_unknown`` and ``school.closed``,
    ConflictError ``school.name_later`` (a later name is known) and ``school.issued_since``
    (`count`): what was issued says the name of its day.
    """
    check_text(name)
    check_text(place)
    day, before = _day(since), _day(since - timedelta(days=1))
    known = _locked(connection, school)
    now = known.named_on(day)
    if now is None:
        raise RefusedError("school.closed", school=school, on=since)
    if (now.name, now.place) == (name, place):
        return False
    if any(each.since >= day for each in known.names):
        raise ConflictError("school.name_later", on=since)
    _refuse_issued(connection, school, day)
    is_now = (SCHOOL_NAMES.c.school == school, SCHOOL_NAMES.c.since == now.since)
    connection.execute(update(SCHOOL_NAMES).where(*is_now).values(until=before))
    row = {"school": school, "since": day, "until": now.until, "name": name, "place": place}
    connection.execute(insert(SCHOOL_NAMES).values(row))
    return True


def close(
    connection: Connection, school: int, successor: int, since: date, kind: str, decision: Decision,
    at: int,
) -> bool:  # fmt: skip
    """End a school the day before, its register to be kept by another; False if that is known.

    Its names and terms end with it. Raises RefusedError ``award.school_unknown``,
    ``succession.itself`` (it would come back to the school), ``succession.successor_closed``,
    ConflictError ``succession.otherwise`` and ``school.issued_since`` (`count`).
    """
    day, before = _day(since), _day(since - timedelta(days=1))
    lock(connection, "successions")  # two of them might close a circle
    known, next_ = _locked(connection, school), schools.by_id(connection, successor)
    if next_ is None:
        raise RefusedError("award.school_unknown", school=successor)
    asked = Succession(school, day, successor, kind, decision.number, _day(decision.on))
    for held in of_schools(connection):
        if held.school == school:
            if held != asked:
                raise ConflictError("succession.otherwise", decision=held.decision_no)
            return False
    if school in (successor, *(link.school for link in next_.links)):
        raise RefusedError("succession.itself")
    if next_.named_on(day) is None:
        raise RefusedError("succession.successor_closed", on=since)
    _refuse_issued(connection, school, day)
    connection.execute(insert(SUCCESSIONS).values(asked._asdict() | {"entered_at": at}))
    connection.execute(update(SCHOOLS).where(SCHOOLS.c.id == school).values(successor=successor))
    later = (SCHOOL_NAMES.c.school == school, SCHOOL_NAMES.c.since >= day)
    connection.execute(delete(SCHOOL_NAMES).where(*later))
    for name in known.names:
        if name.since < day and (name.until is None or name.until > before):
            is_it = (SCHOOL_NAMES.c.school == school, SCHOOL_NAMES.c.since == name.since)
            connection.execute(update(SCHOOL_NAMES).where(*is_it).values(until=before))
    terms.close_all(connection, school, before)
    return True


def _locked(connection: Connection, school: int) -> schools.School:
    lock(connection, f"school {school}")
    found = schools.by_id(connection, school)
    if found is None:
        raise RefusedError("award.school_unknown", school=school)
    return found


def _refuse_issued(connection: Connection, school: int, day: int) -> None:
    query = select(AWARDS.c.register_no).where(AWARDS.c.school == school, AWARDS.c.issued >= day)
    count = len(connection.execute(query).all())
    if count:
        raise ConflictError("school.issued_since", count=count, on=_shown(day))


def _day(on: date) -> int:
    return PartialDate.from_date(on).number


def _shown(day: int) -> str:
    return PartialDate.from_number(day).printed()
