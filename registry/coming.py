"""Which register numbers new lines would get now; entering them decides (`registry.register`)."""

from sqlalchemy import Connection, select

from credential.errors import RefusedError
from credential.model import CredentialType
from registry import schools
from registry.register import pattern_of, register_no
from registry.tables import AWARDS, COUNTERS


def numbers(
    connection: Connection, kind: CredentialType, school: int, year: int, size: int
) -> tuple[str, str]:
    """The first and the last of the numbers that so many new lines would get.

    Raises RefusedError ``award.type_unknown`` and ``award.school_unknown``.
    """
    pattern, found = pattern_of(connection, kind), schools.by_id(connection, school)
    if found is None:
        raise RefusedError("award.school_unknown", school=school)
    of_register = {"type": kind.value, "school": school, "year": year}
    last = connection.scalar(select(COUNTERS.c.last).filter_by(**of_register)) or 0
    first, until = (register_no(pattern, year, found.code, last + n) for n in (1, size))
    return first, until


def gaps(connection: Connection, kind: CredentialType, school: int, year: int) -> list[str]:
    """Numbers of a register that were given and have no line; there should be none.

    Raises as `numbers`.
    """
    pattern, found = pattern_of(connection, kind), schools.by_id(connection, school)
    if found is None:
        raise RefusedError("award.school_unknown", school=school)
    of_register = {"type": kind.value, "school": school, "year": year}
    last = connection.scalar(select(COUNTERS.c.last).filter_by(**of_register)) or 0
    there = set(connection.scalars(select(AWARDS.c.number).filter_by(**of_register)))
    missing = sorted(set(range(1, last + 1)) - there)
    return [register_no(pattern, year, found.code, number) for number in missing]
