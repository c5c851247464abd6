"""What a list of schools or heads leaves open and the registry knows: it stays known.

A file made before a school was renamed, merged or got another head still names the former one
without an end. The end that the registry knows is kept, so such a file changes nothing back.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, select

from registry.entries import HeadEntry, NameEntry, SchoolEntry
from registry.tables import HEADS, SCHOOL_NAMES, SCHOOLS


def with_known(connection: Connection, schools: Sequence[SchoolEntry]) -> list[SchoolEntry]:
    """The schools with their known names beside those of the list, known ends and successors.

    A school is known by number and code; where they do not fit together the list is left as it is.
    """
    names: dict[int, dict[date, NameEntry]] = {}
    for row in connection.execute(select(SCHOOL_NAMES)):
        end = _date(row.until) if row.until else None
        name = NameEntry(row.name, row.place, _date(row.since), end)
        names.setdefault(row.school, {})[name.since] = name
    found = connection.execute(select(SCHOOLS.c.id, SCHOOLS.c.code, SCHOOLS.c.successor))
    successors = {(row.id, row.code): row.successor for row in found}
    return [
        replace(
            school,
            names=_together(school.names, names.get(school.id, {})),
            successor=school.successor or successors[school.id, school.code],
        )
        if (school.id, school.code) in successors
        else school
        for school in schools
    ]


def _together(given: Sequence[NameEntry], known: dict[date, NameEntry]) -> tuple[NameEntry, ...]:
    ended = [
        replace(name, until=name.until or known[name.since].until) if name.since in known else name
        for name in given
    ]
    others = {since: name for since, name in known.items() if since not in {n.since for n in given}}
    return (*ended, *others.values()) if given else ()


def with_known_ends(connection: Connection, heads: Sequence[HeadEntry]) -> list[HeadEntry]:
    """The terms of office, with the last days that are known of them."""
    ends = {
        (row.school, _date(row.since), row.kind == "deputy", row.name): row.until
        for row in connection.execute(select(HEADS))
    }
    found = [ends.get((head.school, head.since, head.deputy, head.name)) for head in heads]
    return [
        replace(head, until=head.until or (_date(end) if end else None))
        for head, end in zip(heads, found, strict=True)
    ]


def _date(day: int) -> date:
    return date(day // 10_000, day // 100 % 100, day % 100)
