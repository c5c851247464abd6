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
from registry.act_tables import SUCCESSIONS, VOID_TERMS
from registry.tables import (
    CREDENTIAL_TYPES,
    HEADS,
    ISSUING_RULES,
    PROGRAMMES,
    SCHOOL_NAMES,
    SCHOOLS,
)


class DatedName(NamedTuple):
    """What a school was called and where it stood, in a period."""

    since: int
    until: int | None
    name: str
    place: str


class Term(NamedTuple):
    """Somebody's time as head, or as the deputy assigned to sign.

    From `void_since` on the mandate was found void: nothing new is signed under it. What was
    signed is judged by the term, because whether it stands is for people to decide.
    """

    since: int
    until: int | None
    name: str
    title: str
    void_since: int | None = None


class Link(NamedTuple):
    """From `since` on another school, with its terms, keeps the register of the one before."""

    since: int
    school: int
    terms: Sequence[Term]


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
    """A school with its history; `rules` are those for its kind. Heads come before deputies.

    `links` lead from one that is no more to its successor, and on from there.
    """

    id: int
    code: str
    names: Sequence[DatedName]
    terms: Sequence[Term]
    rules: Sequence[Rule]
    links: Sequence[Link] = ()
    kind: str = ""

    def named_on(self, day: int) -> DatedName | None:
        """Its name and place on that day; None before it was founded and after it was closed."""
        return next((name for name in self.names if covers(name, day)), None)

    def known_as(self, day: int) -> DatedName | None:
        """Its name on that day or, while another school keeps its register, its last one."""
        return self.named_on(day) or (self.names[0] if self.keeper_on(day) and self.names else None)

    def keeper_on(self, day: int) -> Link | None:
        """Who keeps its register on that day instead of itself."""
        kept = None
        for link in self.links:
            if day < link.since:
                break
            kept = link
        return kept

    def signers_on(self, day: int) -> list[Signer]:
        """Who held office on that day: in it or, once it is no more, where its register is kept."""
        return [Signer(term.name, term.title) for term in self._terms(day)]

    def may_sign_on(self, day: int) -> list[Signer]:
        """The same without those whose mandate is known to be void."""
        sound = [t for t in self._terms(day) if t.void_since is None or day < t.void_since]
        return [Signer(term.name, term.title) for term in sound]

    def _terms(self, day: int) -> list[Term]:
        keeper = self.keeper_on(day)
        return [term for term in (keeper or self).terms if covers(term, day)]

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
    select(HEADS.c.since, HEADS.c.until, HEADS.c.name, HEADS.c.title, VOID_TERMS.c.void_since)
    .outerjoin_from(HEADS, VOID_TERMS)
    .where(HEADS.c.school == bindparam("school"))
    .order_by(HEADS.c.kind.desc(), HEADS.c.since.desc(), HEADS.c.name)  # head, then deputy
)
_NAMED = (
    select(SCHOOLS.c.id, SCHOOLS.c.code, SCHOOL_NAMES.c.name, SCHOOL_NAMES.c.place)
    .join_from(SCHOOLS, SCHOOL_NAMES, SCHOOL_NAMES.c.school == SCHOOLS.c.id)
    .where(SCHOOL_NAMES.c.since <= bindparam("day"))
    .where(or_(SCHOOL_NAMES.c.until.is_(None), SCHOOL_NAMES.c.until >= bindparam("day")))
)
_SUCCESSION = select(SUCCESSIONS.c.since, SUCCESSIONS.c.successor).where(
    SUCCESSIONS.c.school == bindparam("school")
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


def levels_on(connection: Connection, day: int) -> frozenset[str]:
    """Levels of the programmes that are in force on that day."""
    running = or_(PROGRAMMES.c.until.is_(None), PROGRAMMES.c.until >= day)
    query = select(PROGRAMMES.c.level).where(PROGRAMMES.c.since <= day, running)
    return frozenset(connection.scalars(query))


def _load(connection: Connection, where: ColumnElement[bool]) -> School | None:
    row = connection.execute(_SCHOOL.where(where)).one_or_none()
    if row is None:
        return None
    about = {"school": row.id}
    return School(
        id=row.id,
        code=row.code,
        names=[DatedName(*found) for found in connection.execute(_NAMES, about)],
        terms=_terms(connection, row.id),
        rules=[Rule(*found) for found in connection.execute(_RULES, {"kind": row.kind})],
        links=_links(connection, row.id),
        kind=row.kind,
    )


def _terms(connection: Connection, school: int) -> list[Term]:
    return [Term(*found) for found in connection.execute(_TERMS, {"school": school})]


def _links(connection: Connection, school: int) -> list[Link]:
    """The way from a school to who keeps its register, as far as it goes."""
    found: list[Link] = []
    while (row := connection.execute(_SUCCESSION, {"school": school}).one_or_none()) is not None:
        school = row.successor
        found.append(Link(row.since, school, _terms(connection, school)))
    return found
