"""How the registry's own data get in: department, schools, heads, pupils, programmes, rules.

Each function takes a whole list, refuses it with all its faults (InputError) or writes all of
it in one transaction. Loading the same again changes nothing; an entry with a known key brings
the stored one up to date. Nothing is ever deleted here: a term ends by its last day. What has ended
stays ended where a list knows of no end: an old file brings back no former name, head or school. A
list takes no pupil out of another school without an admission (`registry.moving`).
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from importlib.resources import files
from typing import Any

from sqlalchemy import Connection, select

from credential.dates import PartialDate
from credential.errors import Fault, InputError
from database.connections import Database, lock
from registry import enrolling, entries, knowing
from registry.entries import (
    Admission,
    HeadEntry,
    ProgrammeEntry,
    PupilEntry,
    RuleEntry,
    SchoolEntry,
    TypeEntry,
)
from registry.tables import (
    CREDENTIAL_TYPES,
    DEPARTMENT,
    HEADS,
    ISSUING_RULES,
    PROGRAMMES,
    PUPILS,
    SCHOOL_NAMES,
    SCHOOLS,
)


def load_department(database: Database, name: str, place: str) -> None:
    """The one department that this registry belongs to."""
    _refuse(entries.name_faults(name, place))
    with database.writing() as connection:
        database.upsert(connection, DEPARTMENT, [(1, name, place)])


def load_schools(database: Database, schools: Sequence[SchoolEntry]) -> None:
    """Schools with all their names. A school keeps its code for ever.

    Names that are known count with those of the list. Raises InputError: `entries.school_faults`,
    ``registry.code_taken`` (the code is another school's, or the school has another code) and
    ``registry.school_unknown`` (the successor).
    """
    with database.writing() as connection:
        schools = knowing.with_known(connection, schools)
        _refuse(entries.school_faults(schools), _school_conflicts(connection, schools))
        # successors may come later in the list than the schools that name them
        for with_successor in (False, True):
            rows = [
                (s.id, s.code, s.kind, s.ward, s.successor if with_successor else None)
                for s in schools
            ]
            database.upsert(connection, SCHOOLS, rows)
        names = [
            (school.id, _day(name.since), _last(name.until), name.name, name.place)
            for school in schools
            for name in school.names
        ]
        database.upsert(connection, SCHOOL_NAMES, names)


def load_heads(database: Database, heads: Sequence[HeadEntry]) -> None:
    """Terms of office. The same school, first day, kind and name is the same term.

    Raises InputError: `entries.head_faults` and ``registry.school_unknown``.
    """
    with database.writing() as connection:
        places = _unknown_schools(connection, [head.school for head in heads])
        heads = knowing.with_known_ends(connection, heads)
        _refuse(entries.head_faults(heads), places)
        rows = [
            (
                head.school,
                _day(head.since),
                "deputy" if head.deputy else "head",
                head.name,
                head.title,
                _last(head.until),
                head.decision_no,
            )
            for head in heads
        ]
        database.upsert(connection, HEADS, rows)


def load_pupils(
    database: Database, pupils: Sequence[PupilEntry], admission: Admission | None = None
) -> None:
    """Pupils, by ministry code. Who is known stays at their school, unless an admission says so.

    An admission, such as to the next level, moves each pupil once (`moving`). Raises InputError:
    `entries.pupil_faults`, ``registry.school_unknown``, ``registry.pupil_elsewhere`` (`found`:
    the school where they are, also if they moved on since that admission),
    ``registry.personal_no_taken`` and what `moving.move` raises. A personal number that is known
    stays where the list has none.
    """
    with database.writing() as connection:
        lock(connection, "pupils")  # two lists may hold the same new pupil
        places = _unknown_schools(connection, [pupil.school for pupil in pupils])
        held = enrolling.held(connection, pupils)
        _refuse(
            entries.pupil_faults(pupils),
            places,
            enrolling.elsewhere(connection, pupils, held, admission),
            enrolling.taken_numbers(connection, pupils),
        )
        enrolling.free_numbers(connection, pupils, held)
        rows = [
            (
                pupil.code,
                pupil.name,
                pupil.birth.number,
                pupil.sex,
                pupil.ethnicity,
                pupil.birth_place,
                pupil.school,
                pupil.class_name,
                pupil.personal_no or enrolling.number_of(pupil.code, held),
            )
            for pupil in pupils
        ]
        database.upsert(connection, PUPILS, rows)


def load_programmes(database: Database, programmes: Sequence[ProgrammeEntry]) -> None:
    """Programmes of study. Raises InputError: `entries.programme_faults`."""
    _refuse(entries.programme_faults(programmes))
    rows = [
        (entry.key, entry.name, entry.level, _day(entry.since), _last(entry.until))
        for entry in programmes
    ]
    with database.writing() as connection:
        database.upsert(connection, PROGRAMMES, rows)


def load_rules(database: Database, types: Sequence[TypeEntry], rules: Sequence[RuleEntry]) -> None:
    """Credential types and who awards them when.

    Raises InputError: `entries.type_faults`, `entries.rule_faults` and
    ``registry.number_taken`` (another type has that number on chain).
    """
    with database.writing() as connection:
        stored = connection.execute(select(CREDENTIAL_TYPES.c.key, CREDENTIAL_TYPES.c.number))
        numbers = {row.key: row.number for row in stored} | {t.key: t.number for t in types}
        _refuse(
            entries.type_faults(types),
            _number_conflicts(types, numbers),
            entries.rule_faults(rules, numbers),
        )
        type_rows = [(entry.key, entry.number, entry.name, entry.pattern) for entry in types]
        database.upsert(connection, CREDENTIAL_TYPES, type_rows)
        rule_rows = [
            (
                rule.type,
                rule.issuer,
                rule.school_kind,
                _day(rule.since),
                _last(rule.until),
                rule.source,
            )
            for rule in rules
        ]
        database.upsert(connection, ISSUING_RULES, rule_rows)


def standard_rules() -> tuple[list[TypeEntry], list[RuleEntry]]:
    """Types and rules as the law has them (`rules.toml`), for `load_rules`."""
    found = tomllib.loads(files("registry").joinpath("rules.toml").read_text("utf-8"))
    return (
        [TypeEntry(**entry) for entry in found["types"]],
        [RuleEntry(**_dated(entry)) for entry in found["rules"]],
    )


def _dated(entry: dict[str, Any]) -> dict[str, Any]:
    days = {key: date.fromisoformat(entry[key]) for key in ("since", "until") if key in entry}
    return entry | days


def _refuse(*sources: Iterator[Fault]) -> None:
    faults = [fault for source in sources for fault in source]
    if faults:
        raise InputError(sorted(faults, key=lambda fault: fault.row or 0))


def _school_conflicts(connection: Connection, schools: Sequence[SchoolEntry]) -> Iterator[Fault]:
    stored = connection.execute(select(SCHOOLS.c.id, SCHOOLS.c.code))
    codes = {row.id: row.code for row in stored}
    owners = {code: number for number, code in codes.items()}
    known = codes.keys() | {school.id for school in schools}
    for row, school in enumerate(schools, 1):
        if (
            codes.get(school.id, school.code) != school.code
            or owners.get(school.code, school.id) != school.id
        ):
            yield Fault("registry.code_taken", row, "code", {"found": school.code})
        if school.successor is not None and school.successor not in known:
            params = {"found": school.successor}
            yield Fault("registry.school_unknown", row, "successor", params)


def _number_conflicts(
    types: Sequence[TypeEntry], numbers: Mapping[str, int | None]
) -> Iterator[Fault]:
    for row, entry in enumerate(types, 1):
        others = {number for key, number in numbers.items() if key != entry.key}
        if entry.number is not None and entry.number in others:
            yield Fault("registry.number_taken", row, "number", {"found": entry.number})


def _unknown_schools(connection: Connection, schools: Sequence[int]) -> Iterator[Fault]:
    known = set(connection.scalars(select(SCHOOLS.c.id)))
    for row, school in enumerate(schools, 1):
        if school not in known:
            yield Fault("registry.school_unknown", row, "school", {"found": school})


def _day(on: date) -> int:
    return PartialDate.from_date(on).number


def _last(on: date | None) -> int | None:
    return None if on is None else _day(on)
