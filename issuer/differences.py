"""What differs between two versions of a credential, field by field and mark by mark.

Compared is what is said of the holder. What comes with each act of issuing (day, signer, decision,
the school's name of the day, place) makes no new version by itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from credential.dates import PartialDate
from credential.model import CourseResult, Holder, Transcript
from grading.marks import format_hundredths, format_tenths


@dataclass(frozen=True, slots=True)
class Content:
    """What a credential says of its holder."""

    holder: Holder
    classification: str | None = None
    transcript: Transcript | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs: a field, of a subject (printed name) and a term where it has them.

    `old` and `new` are as printed, None where there is none.
    """

    field: str
    subject: str | None
    term: str | None
    old: str | None
    new: str | None


Said = Mapping[tuple[str, str | None, str | None], str | None]


def differences(old: Content, new: Content) -> list[Change]:
    """What the new one says otherwise, in the order of the old one and then of the new one."""
    before, after = dict(_said(old)), dict(_said(new))
    names = _names(old) | _names(new)
    return [
        Change(field, names.get(subject or "", subject), term, before.get(key), after.get(key))
        for key in before | after
        if before.get(key) != after.get(key)
        for field, subject, term in [key]
    ]


def _said(content: Content) -> Iterator[tuple[tuple[str, str | None, str | None], str]]:
    """Everything that is said, by field, subject's code and term."""
    plain: dict[str, Any] = {
        "name": content.holder.name,
        "birth_date": content.holder.birth,
        "birth_place": content.holder.birth_place,
        "sex": content.holder.sex,
        "ethnicity": content.holder.ethnicity,
        "classification": content.classification,
    }
    if content.transcript is not None:
        found = content.transcript
        plain |= {
            "class": found.class_name, "grade": found.grade, "school_year": found.school_year,
            "promotion": found.promotion, "title": found.title, "completion": found.completion,
        }  # fmt: skip
        for result in found.results:
            for field in ("mark", "rating", "letter", "points"):
                if (value := getattr(result, field)) is not None:
                    yield (field, result.subject, result.term), _printed(field, value)
        for outcome in found.outcomes:
            for field, value in asdict(outcome).items():
                if field != "term" and value is not None:
                    yield (field, None, outcome.term), _printed(field, value)
    for field, value in plain.items():
        if value is not None:
            yield (field, None, None), _printed(field, value)


def _names(content: Content) -> dict[str, str]:
    results: tuple[CourseResult, ...] = content.transcript.results if content.transcript else ()
    return {result.subject: result.name for result in results}


def _printed(field: str, value: Any) -> str:
    if isinstance(value, PartialDate):
        return value.printed()
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if field == "mark":
        return format_tenths(value)
    return format_hundredths(value) if field == "points" else str(value)
