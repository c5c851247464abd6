"""A record as plain texts and back: fields by name, results on their scales, outcomes by term.

Whatever a format cannot say in its own words it carries as these. Reading is strict: what no
credential could say is refused, since the file may come from anywhere.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final, NamedTuple

from credential.dates import PartialDate
from credential.errors import FormatError
from credential.model import (
    TERMS,
    CourseResult,
    CredentialType,
    Decision,
    Place,
    Signer,
    TermOutcome,
)
from credential.text import check_text
from exchange.record import Record, arranged
from grading.marks import parse_hundredths, parse_tenths

SCALES: Final = ("mark", "rating", "letter", "points")
"""Ten points, words without numbers, a university's letters, four points."""
OUTCOMES: Final = ("study", "conduct", "absences")
_MOST_RESULTS = 600  # values of one record
_LARGEST = 2**32 - 1
_FOUR_POINTS = 400  # hundredths


class Value(NamedTuple):
    """One value of a subject in a term, on one of `SCALES`, as text."""

    term: str
    subject: str
    name: str
    scale: str
    text: str


def result_values(results: Iterable[CourseResult], decimal: str = ",") -> Iterator[Value]:
    """Every value of every result; marks with that decimal separator."""
    for result in results:
        for scale in SCALES:
            if (value := getattr(result, scale)) is not None:
                yield Value(
                    result.term, result.subject, result.name, scale, _written(scale, value, decimal)
                )


def results_of(values: Iterable[Value]) -> tuple[CourseResult, ...]:
    """The inverse of `result_values`. Raises FormatError ``exchange.value`` (where, found)."""
    found: dict[tuple[str, str], CourseResult] = {}
    for number, (term, subject, name, scale, text) in enumerate(values):
        where = f"{term} {subject} {scale}"
        refuse_unless(term in TERMS and scale in SCALES and number < _MOST_RESULTS, where, text)
        for each in (subject, name, text):
            check_text(each)
        row = found.setdefault((term, subject), CourseResult(subject, name, term))
        refuse_unless(getattr(row, scale) is None and row.name == name, where, text)
        given: dict[str, Any] = {scale: _read(scale, text)}
        found[term, subject] = replace(row, **given)
    return arranged(found.values())


def outcome_values(outcomes: Iterable[TermOutcome]) -> Iterator[tuple[str, str, str]]:
    """Term, which of `OUTCOMES`, and its value as text."""
    for outcome in outcomes:
        for name in OUTCOMES:
            if (value := getattr(outcome, name)) is not None:
                yield outcome.term, name, str(value)


def outcomes_of(values: Iterable[tuple[str, str, str]]) -> tuple[TermOutcome, ...]:
    """The inverse of `outcome_values`. Raises FormatError ``exchange.value``."""
    found: dict[str, TermOutcome] = {}
    for term, name, text in values:
        where = f"{term} {name}"
        refuse_unless(term in TERMS and name in OUTCOMES, where, text)
        check_text(text)
        row = found.setdefault(term, TermOutcome(term))
        refuse_unless(getattr(row, name) is None, where, text)
        given: dict[str, Any] = {name: whole(text, where) if name == "absences" else text}
        found[term] = replace(row, **given)
    return tuple(found[term] for term in TERMS if term in found)


def fields_of(record: Record) -> dict[str, str]:
    """Everything but results and outcomes, by name; what is not shown is left out."""
    simple = {name: getattr(record, name) for name in _SIMPLE}
    found: dict[str, Any] = {
        "type": record.type.key,
        "seq": record.place.seq,
        "index": record.place.index,
        "issued": record.issued.isoformat(),
        "birth": record.birth.iso() if record.birth else None,
        "partial": "yes" if record.partial else "no",
        **simple,
    }
    if record.supersedes:
        found |= {"supersedes_seq": record.supersedes.seq}
        found |= {"supersedes_index": record.supersedes.index}
    if record.signer:
        found |= {"signer_name": record.signer.name, "signer_title": record.signer.title}
    if record.decision:
        found |= {"decision_no": record.decision.number}
        found |= {"decision_on": record.decision.on.isoformat()}
    return {name: str(found[name]) for name in FIELDS if found.get(name) is not None}


def record_of(
    fields: Mapping[str, str],
    results: tuple[CourseResult, ...] = (),
    outcomes: tuple[TermOutcome, ...] = (),
) -> Record:
    """The inverse of `fields_of`.

    Raises FormatError ``exchange.value``, ``exchange.missing`` (where), what `check_text` raises.
    """
    for name, text in fields.items():
        refuse_unless(name in FIELDS, name, text)
        check_text(text)
    for name in _NEEDED:
        if name not in fields:
            raise FormatError("exchange.missing", where=name)
    said: dict[str, Any] = {name: _parsed(name, fields[name]) for name in fields}
    refuse_unless(said["type"].has_results or not (results or outcomes), "type", fields["type"])
    plain: dict[str, Any] = {name: said.get(name) for name in (*_SIMPLE, *_PARSED)}
    return Record(
        place=Place(said["seq"], said["index"]),
        supersedes=_both(Place, said, "supersedes_seq", "supersedes_index"),
        signer=_both(Signer, said, "signer_name", "signer_title"),
        decision=_both(Decision, said, "decision_no", "decision_on"),
        results=results,
        outcomes=outcomes,
        **plain,
    )


def refuse_unless(sound: bool, where: str, found: str) -> None:
    """Raises FormatError ``exchange.value`` (where, found) unless `sound`."""
    if not sound:
        raise FormatError("exchange.value", where=where[:80], found=found[:80])


def whole(text: str, where: str) -> int:
    """A whole number. Raises FormatError ``exchange.value``."""
    refuse_unless(text.isascii() and text.isdecimal() and int(text[:12]) <= _LARGEST, where, text)
    return int(text)


def _written(scale: str, value: int | str, decimal: str) -> str:
    if not isinstance(value, int):
        return value
    unit, digits = (10, 1) if scale == "mark" else (100, 2)
    return f"{value // unit}{decimal}{value % unit:0{digits}d}"


def _read(scale: str, text: str) -> int | str:
    if scale == "mark":
        return parse_tenths(text)
    if scale != "points":
        return text
    points = parse_hundredths(text)
    refuse_unless(points <= _FOUR_POINTS, scale, text)
    return points


def _both(make: Callable[..., Any], said: Mapping[str, Any], one: str, other: str) -> Any:
    """A value of two members, of which there are both or none."""
    if (one in said) != (other in said):
        raise FormatError("exchange.missing", where=other if one in said else one)
    return make(said[one], said[other]) if one in said else None


_SIMPLE = (
    "issuer", "school", "register_no", "year", "serial", "school_name", "name", "birth_place",
    "sex", "ethnicity", "classification", "grade", "class_name", "school_year", "promotion",
    "title", "completion",
)  # fmt: skip
_PARSED = ("type", "issued", "birth", "partial")
_NUMBERS = frozenset({
    "school", "seq", "index", "year", "grade", "supersedes_seq", "supersedes_index",
})  # fmt: skip
_NEEDED = ("type", "issuer", "school", "seq", "index", "register_no", "year", "issued", "partial")
FIELDS: Final = (
    *("type", "issuer", "school", "school_name", "seq", "index", "register_no", "serial", "year"),
    *("issued", "supersedes_seq", "supersedes_index", "name", "birth", "birth_place", "sex"),
    *("ethnicity", "signer_name", "signer_title", "decision_no", "decision_on", "classification"),
    *("grade", "class_name", "school_year", "promotion", "title", "completion", "partial"),
)
"""Names of the fields, in the order in which they are written."""


def _parsed(name: str, text: str) -> Any:
    if name in _NUMBERS:
        return whole(text, name)
    try:
        match name:
            case "type":
                return CredentialType.from_key(text)
            case "issued" | "decision_on":
                day = date.fromisoformat(text)
                refuse_unless(day.isoformat() == text, name, text)
                return day
            case "birth":
                return PartialDate.from_iso(text)
            case "partial":
                return {"yes": True, "no": False}[text]
    except (KeyError, ValueError) as error:
        raise FormatError("exchange.value", where=name, found=text[:80]) from error
    return text
