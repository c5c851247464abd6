"""The public list of diplomas that were revoked or cancelled (Circular 21/2019, article 25).

It names papers by serial and register number, never a person (docs/decisions/0034). A line is there
from the moment at which the register has it, for as long as the paper may be about: until a year
after it was given back, else without an end.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, and_, or_, select

from credential.dates import PartialDate
from credential.errors import RefusedError
from credential.model import CredentialType, Lane
from credential.records import AwardLine
from registry import schools
from registry.act_tables import RETURNS
from registry.superseding import REISSUED
from registry.tables import AWARDS

PUBLIC = (CredentialType.THPT_DIPLOMA, CredentialType.DIGITISED)
"""Types whose withdrawal is published; a transcript's is told to whoever scans it, no one else."""
RETURN_DAYS = 30  # in which the holder gives the paper back (article 25)
KEPT_DAYS = 365  # for which a line stays once the paper was given back
ISSUER_ERROR = "issuer_error"  # the ground on which a paper is cancelled that is reissued


class Withdrawn(NamedTuple):
    """A paper on the list: which it is, by which decision and on what ground it does not stand.

    `due` is the last day for giving it back, `returned` when that was done. `code` is the school's
    in the registry, `school_name` its name on the day of issue, or its last where it had none then:
    old books hold what others issued. `issued` is as precise as they have it.
    """

    line: AwardLine
    code: str
    school_name: str
    serial: str | None
    issued: PartialDate
    ground: str
    decision: str
    decided_on: date
    due: date
    returned: date | None


_ROWS = (
    select(
        AWARDS.c.type, AWARDS.c.school, AWARDS.c.register_no, AWARDS.c.version, AWARDS.c.serial,
        AWARDS.c.issued, AWARDS.c.ground, AWARDS.c.withdrawal_decision, AWARDS.c.withdrawn_on,
        RETURNS.c.returned_on,
    )
    .outerjoin_from(
        AWARDS,
        RETURNS,
        and_(*(AWARDS.c[one.name] == one for one in RETURNS.primary_key)),
    )
    .where(
        AWARDS.c.type.in_([kind.value for kind in PUBLIC]),
        or_(
            AWARDS.c.lane == int(Lane.REVOKED),
            and_(AWARDS.c.lane == int(Lane.SUPERSEDED), AWARDS.c.ground == REISSUED),
        ),
    )
    .order_by(AWARDS.c.withdrawn_on.desc(), AWARDS.c.school, AWARDS.c.register_no)
)  # fmt: skip


def listed(connection: Connection, today: date) -> list[Withdrawn]:
    """All that is on the list on a day, newest decision first."""
    gone = _day(today - timedelta(days=KEPT_DAYS))
    shown = or_(RETURNS.c.returned_on.is_(None), RETURNS.c.returned_on > gone)
    return _found(connection, shown)


def one(connection: Connection, line: AwardLine) -> Withdrawn | None:
    """What the list says of a version, on it still or no more; None if it was never there."""
    found = _found(
        connection,
        and_(
            AWARDS.c.type == line.type.value,
            AWARDS.c.school == line.school,
            AWARDS.c.register_no == line.register_no,
            AWARDS.c.version == line.version,
        ),
    )
    return found[0] if found else None


def note_return(connection: Connection, line: AwardLine, on: date, at: int) -> bool:
    """Note that a paper was given back; False if that is noted.

    Raises RefusedError ``withdrawn.unknown`` for a paper that is not to be given back.
    """
    found = one(connection, line)
    if found is None or on < found.decided_on:
        raise RefusedError("withdrawn.unknown", register_no=line.register_no)
    if found.returned is not None:
        return False
    row = {
        "type": line.type.value, "school": line.school, "register_no": line.register_no,
        "version": line.version, "returned_on": _day(on), "entered_at": at,
    }  # fmt: skip
    connection.execute(RETURNS.insert().values(row))
    return True


def _found(connection: Connection, where: ColumnElement[bool]) -> list[Withdrawn]:
    rows = connection.execute(_ROWS.where(where)).all()
    known = {number: schools.by_id(connection, number) for number in {row.school for row in rows}}
    return [_withdrawn(row, known[row.school]) for row in rows]


def _withdrawn(row: Row[*tuple[object, ...]], school: schools.School | None) -> Withdrawn:
    named = (school.known_as(row.issued) or school.names[0]) if school else None
    decided = _date(row.withdrawn_on)
    return Withdrawn(
        AwardLine(CredentialType(row.type), row.school, row.register_no, row.version),
        school.code if school else "",
        named.name if named else "",
        row.serial,
        PartialDate.from_number(row.issued),
        ISSUER_ERROR if row.ground == REISSUED else row.ground,
        row.withdrawal_decision,
        decided,
        decided + timedelta(days=RETURN_DAYS),
        _date(row.returned_on) if row.returned_on else None,
    )


def overdue(found: Sequence[Withdrawn], today: date) -> list[Withdrawn]:
    """Those that should have been given back by now."""
    return [one for one in found if one.returned is None and one.due < today]


def _day(on: date) -> int:
    return PartialDate.from_date(on).number


def _date(day: int) -> date:
    return PartialDate.from_number(day).to_date()
