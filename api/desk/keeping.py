"""Whose register somebody at a school works with: their own, and those that their school keeps."""

from datetime import date
from typing import TYPE_CHECKING

from api.desk.policy import Member
from credential.dates import PartialDate
from credential.errors import RefusedError
from store import audit
from store.outbox import now

if TYPE_CHECKING:
    from api.wiring import System


def registers(system: "System", member: Member) -> list[int] | None:
    """The schools whose registers a member works with; None for all."""
    if member.school is None:
        return None
    found, known = [member.school], system.department.successions()
    for school in found:
        found += [each.school for each in known if each.successor == school]
    return found


def is_closed(system: "System", school: int, on: date) -> bool:
    """Whether a school is no more on that day; its successor does what is to be done."""
    day = PartialDate.from_date(on).number
    known = system.department.successions()
    return any(each.school == school and each.since <= day for each in known)


def has(system: "System", member: Member, school: int) -> bool:
    """Whether a school's register is there for a member."""
    own = registers(system, member)
    return own is None or school in own


def note_look(system: "System", member: Member, what: str, **where: object) -> None:
    """Note in the audit log that somebody of the city looks at pupils of a school.

    It is their office to see all schools; that nobody looks out of curiosity, the log shows.
    """
    if member.school is None:
        audit.note(system.store_database, now(), member.actor, "pupils.seen", what=what, **where)


def check(system: "System", member: Member, school: int) -> None:
    """Raises RefusedError ``credential.unknown`` for what is not there for them."""
    if not has(system, member, school):
        raise RefusedError("credential.unknown", found=school)
