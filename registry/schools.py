"""What the registry knows of one school, and what follows from it for one day.

Names, terms of office and issuing rules are dated; the questions here are pure. Days are
numbers yyyymmdd, periods include both ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, or_, select

from credential.model import CredentialType, Signer
from credential.records import SchoolRecord
from registry.tables import CREDENTIAL_TYPES, HEADS, ISSUING_RULES, SCHOOL_NAMES, SCHOOLS


class DatedName(NamedTuple):
    """What a school was called and where it stood, in a period."""

    since: int
    until: int | None
    name: str
    place: str


class Term(NamedTuple):
    """Somebody's time as head, or as the deputy assigned to sign."""

    since: int
    until: int | None
    name: str
    title: str


class Rule(NamedTuple):
    """A period in which a party (``department``, ``district`` or ``school``) awarded a type.

    `type` is its number on chain, None for a type that has none.
    """

    since: int
    until: int | None
    type: int | None
    issuer: str


Period = DatedName | Term | Rule


def covers(period: Period, day: int) -> bool:
    """Whether the day lies in the period."""
    return period.since <= day and (period.until is None or day <= period.until)


@dataclass(frozen=True, slots=True)
class School:
    """A school with its history; `rules` are those for its kind. Heads come before deputies."""

    id: int
    code: str
    names: Sequence[DatedName]
    terms: Sequence[Term]
    rules: Sequence[Rule]

    def named_on(self, day: int) -> DatedName | None:
        """Its name and place on that day; None before it was founded and after it was closed."""
        return next((name for name in self.names if covers(name, day)), None)

    def signers_on(self, day: int) -> list[Signer]:
        """Who could sign for it on that day."""
        return [Signer(term.name, term.title) for term in self.terms if covers(term, day)]

    def entitled(self, kind: CredentialType, day: int) -> bool:
        """Whether it existed on that day and could award that type."""
        return self.named_on(day) is not None and any(
            rule.type == kind.value and rule.issuer == "school" and covers(rule, day)
            for rule in self.rules
        )


_SCHOOL = select(SCHOOLS.c.id, SCHOOLS.c.code, SCHOOLS.c.kind)
_NAMES = (
    select(SCHOOL_NAMES.c.since, SCHOOL_NAMES.c.until, SCHOOL_NAMES.c.name, SCHOOL_NAMES.c.place)
    .where(SCHOOL_NAMES.c.school == bindparam("school"))
    .order_by(SCHOOL_NAMES.c.since.desc())
)
_TERMS = (
    select(HEADS.c.since, HEADS.c.until, HEADS.c.name, HEADS.c.title)
    .where(HEADS.c.school == bindparam("school"))
    .order_by(HEADS.c.kind.desc(), HEADS.c.since.desc(), HEADS.c.name)  # head, then deputy
)
_NAMED = (
    select(SCHOOLS.c.id, SCHOOLS.c.code, SCHOOL_NAMES.c.name, SCHOOL_NAMES.c.place)
    .join_from(SCHOOLS, SCHOOL_NAMES, SCHOOL_NAMES.c.school == SCHOOLS.c.id)
    .where(SCHOOL_NAMES.c.since <= bindparam("day"))
    .where(or_(SCHOOL_NAMES.c.until.is_(None), SCHOOL_NAMES.c.until >= bindparam("day")))
)
_RULES = (
    select(
        ISSUING_RULES.c.since,
        ISSUING_RULES.c.until,
        CREDENTIAL_TYPES.c.number,
        ISSUING_RULES.c.issuer,
    )
    .join_from(ISSUING_RULES, CREDENTIAL_TYPES, ISSUING_RULES.c.type == CREDENTIAL_TYPES.c.key)
    .where(or_(ISSUING_RULES.c.school_kind == "", ISSUING_RULES.c.school_kind == bindparam("kind")))
)


def by_id(connection: Connection, school: int) -> School | None:
    """The school with that number on chain."""
    return _load(connection, SCHOOLS.c.id == school)


def by_code(connection: Connection, code: str) -> School | None:
    """The school with that code."""
    return _load(connection, SCHOOLS.c.code == code)


def named_on(connection: Connection, day: int) -> list[SchoolRecord]:
    """Every school that had a name on that day, with it, in no order."""
    return [SchoolRecord(*row) for row in connection.execute(_NAMED, {"day": day})]


def _load(connection: Connection, where: ColumnElement[bool]) -> School | None:
    row = connection.execute(_SCHOOL.where(where)).one_or_none()
    if row is None:
        return None
    about = {"school": row.id}
    return School(
        id=row.id,
        code=row.code,
        names=[DatedName(*found) for found in connection.execute(_NAMES, about)],
        terms=[Term(*found) for found in connection.execute(_TERMS, about)],
        rules=[Rule(*found) for found in connection.execute(_RULES, {"kind": row.kind})],
    )
