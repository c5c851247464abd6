"""What can be loaded into the registry, as plain values, and what makes an entry faulty.

Pure checks of one list at a time, all faults at once; `loading` adds what only the database
knows. A fault's row is the entry's place in the list (from 1), its column the field's name.
"""

import string
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from credential import personalno
from credential.dates import PartialDate
from credential.errors import Fault, FormatError
from credential.text import check_name, check_text

_YEARS = {"yy", "year"}  # numbers begin anew each year, so one of these must tell them apart
_PATTERN_FIELDS = {*_YEARS, "school", "n"}


@dataclass(frozen=True, slots=True)
class NameEntry:
    """What a school is called and where it stands from `since` to `until` (last day)."""

    name: str
    place: str
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class SchoolEntry:
    """A school. `id` is its number on chain, `kind` such as ``thpt``, `ward` a 5-digit code."""

    id: int
    code: str
    kind: str
    names: tuple[NameEntry, ...]
    ward: str | None = None
    successor: int | None = None


@dataclass(frozen=True, slots=True)
class HeadEntry:
    """A term of office: of the head, or of a deputy whom a decision assigns to sign."""

    school: int
    name: str
    title: str
    since: date
    until: date | None = None
    deputy: bool = False
    decision_no: str | None = None


@dataclass(frozen=True, slots=True)
class PupilEntry:
    """A pupil by ministry code, with what a diploma names and the school and class now."""

    code: str
    name: str
    birth: PartialDate
    school: int
    class_name: str
    sex: str | None = None
    ethnicity: str | None = None
    birth_place: str | None = None
    personal_no: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Admission:
    """A decision by which pupils of a list go to another school from a day on."""

    decision: str
    on: date


@dataclass(frozen=True, slots=True)
class ProgrammeEntry:
    """A programme of study, such as general education at upper secondary level."""

    key: str
    name: str
    level: str
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class TypeEntry:
    """A credential type. `pattern` makes register numbers: {yy}, {year}, {school}, {n:05d}."""

    key: str
    name: str
    number: int | None = None
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """Who awards a type: ``department``, ``district`` or ``school``; `source` is the law."""

    type: str
    issuer: str
    since: date
    source: str
    until: date | None = None
    school_kind: str = ""


def name_faults(name: str, place: str) -> Iterator[Fault]:
    """Faults of the department's name and place."""
    yield from _text(1, check_text, name=name, place=place)


def school_faults(schools: Sequence[SchoolEntry]) -> Iterator[Fault]:
    """Faults of a list of schools taken by itself."""
    yield from _repeated("id", [school.id for school in schools])
    yield from _repeated("code", [school.code for school in schools])
    for row, school in enumerate(schools, 1):
        yield from _text(row, check_text, code=school.code, kind=school.kind)
        if school.ward is not None:
            yield from _text(row, check_text, ward=school.ward)
        if not 0 < school.id < 1 << 32:
            yield Fault("registry.school_id", row, "id", {"found": school.id})
        if not school.names:
            yield Fault("registry.unnamed", row, "names")
        for name in school.names:
            yield from _text(row, check_text, name=name.name, place=name.place)
            yield from _period(row, name.since, name.until)
        dated = sorted(school.names, key=lambda name: name.since)
        for earlier, later in pairwise(dated):
            if earlier.until is None or earlier.until >= later.since:
                params = {"since": later.since, "until": earlier.until}
                yield Fault("registry.names_overlap", row, "names", params)


def head_faults(heads: Sequence[HeadEntry]) -> Iterator[Fault]:
    """Faults of a list of terms of office taken by itself."""
    keys = [(head.school, head.since, head.deputy, head.name) for head in heads]
    yield from _repeated("since", keys)
    for row, head in enumerate(heads, 1):
        yield from _text(row, check_name, name=head.name)
        yield from _text(row, check_text, title=head.title)
        if head.decision_no is not None:
            yield from _text(row, check_text, decision_no=head.decision_no)
        yield from _period(row, head.since, head.until)
        if head.deputy and not head.decision_no:
            yield Fault("registry.deputy_decision", row, "decision_no")


def pupil_faults(pupils: Sequence[PupilEntry]) -> Iterator[Fault]:
    """Faults of a list of pupils taken by itself."""
    yield from _repeated("code", [pupil.code for pupil in pupils])
    for row, pupil in enumerate(pupils, 1):
        yield from _text(row, check_name, name=pupil.name)
        yield from _text(row, check_text, code=pupil.code, class_name=pupil.class_name)
        optional = {
            "sex": pupil.sex,
            "ethnicity": pupil.ethnicity,
            "birth_place": pupil.birth_place,
        }
        given = {column: text for column, text in optional.items() if text is not None}
        yield from _text(row, check_text, **given)
        yield from _number_faults(row, pupil)
    # who has none is like no other
    yield from _repeated("personal_no", [p.personal_no or row for row, p in enumerate(pupils)])


def _number_faults(row: int, pupil: PupilEntry) -> Iterator[Fault]:
    if pupil.personal_no is None:
        return
    try:
        personalno.check_shape(pupil.personal_no)
    except FormatError as error:
        yield Fault(error.code, row, "personal_no", error.params)
        return
    for code, params in personalno.contradictions(pupil.personal_no, pupil.sex, pupil.birth):
        yield Fault(code, row, "personal_no", params)


def programme_faults(programmes: Sequence[ProgrammeEntry]) -> Iterator[Fault]:
    """Faults of a list of programmes taken by itself."""
    yield from _repeated("key", [programme.key for programme in programmes])
    for row, entry in enumerate(programmes, 1):
        yield from _text(row, check_text, key=entry.key, name=entry.name, level=entry.level)
        yield from _period(row, entry.since, entry.until)


def type_faults(types: Sequence[TypeEntry]) -> Iterator[Fault]:
    """Faults of a list of credential types taken by itself."""
    yield from _repeated("key", [entry.key for entry in types])
    for row, entry in enumerate(types, 1):
        yield from _text(row, check_text, key=entry.key, name=entry.name)
        if entry.pattern is not None and not _makes_numbers(entry.pattern):
            yield Fault("registry.pattern", row, "pattern", {"found": entry.pattern})


def rule_faults(rules: Sequence[RuleEntry], types: Iterable[str]) -> Iterator[Fault]:
    """Faults of a list of issuing rules, given the types that there are."""
    known = set(types)
    keys = [(rule.type, rule.issuer, rule.school_kind, rule.since) for rule in rules]
    yield from _repeated("since", keys)
    for row, rule in enumerate(rules, 1):
        yield from _text(row, check_text, source=rule.source)
        if rule.school_kind:
            yield from _text(row, check_text, school_kind=rule.school_kind)
        yield from _period(row, rule.since, rule.until)
        if rule.type not in known:
            yield Fault("registry.type_unknown", row, "type", {"found": rule.type})
        if rule.issuer not in {"department", "district", "school"}:
            yield Fault("registry.issuer", row, "issuer", {"found": rule.issuer})


def _text(row: int, check: Callable[[str], None], **texts: str) -> Iterator[Fault]:
    for column, text in texts.items():
        try:
            check(text)
        except FormatError as error:
            yield Fault(error.code, row, column, error.params)


def _period(row: int, since: date, until: date | None) -> Iterator[Fault]:
    if until is not None and until < since:
        yield Fault("registry.period", row, "until", {"since": since, "until": until})


def _repeated(column: str, values: Sequence[Hashable]) -> Iterator[Fault]:
    first: dict[Hashable, int] = {}
    for row, value in enumerate(values, 1):
        if first.setdefault(value, row) != row:
            yield Fault("registry.repeated", row, column, {"first_row": first[value]})


def _makes_numbers(pattern: str) -> bool:
    """Whether a pattern uses only the fields there are, {n} among them, and formats."""
    try:
        fields = [
            field for _, field, _, _ in string.Formatter().parse(pattern) if field is not None
        ]
        if "n" not in fields or not _YEARS & set(fields) or not set(fields) <= _PATTERN_FIELDS:
            return False
        return pattern.format(yy="26", year=2026, school="0001", n=1).isprintable()
    except (ValueError, KeyError, IndexError):
        return False
