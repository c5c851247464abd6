"""What a receiving school has to see to when a pupil comes with a record from elsewhere.

Decides nothing about the pupil: it names what is missing or different, so that the school can plan
lessons and examinations (Circulars 22/2021 and 27/2020/TT-BGDĐT; electives: General Education
Programme 2018).
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

from credential.errors import SogocError
from credential.model import CourseResult, Transcript
from grading.explaining import Remark
from grading.primary import Overall
from grading.promotion import PRINTED, Outcome
from grading.rules import first_year, primary_rules_for, rules_for
from grading.subjects import LAST_PRIMARY, Subject, programme_of

_LAST = 12
"""The last grade of school."""


def differences(
    record: Transcript, offered: Collection[str] | None = None, school_year: str | None = None
) -> tuple[Remark, ...]:
    """Between a record and what the receiving school teaches and judges by.

    `offered` are the keys of its subjects (None: not known), `school_year` the year in which the
    pupil comes (None: the record's).
    """
    programme = programme_of(record.grade)
    rules = _primary_rules if record.grade <= LAST_PRIMARY else _rules
    return (
        *_subjects(record.results, programme, offered),
        *_marks(record.results, programme),
        *rules(record, school_year or record.school_year),
    )


def _subjects(
    results: Sequence[CourseResult], programme: Sequence[Subject], offered: Collection[str] | None
) -> Iterator[Remark]:
    if offered is None:
        return
    names = {row.subject: row.name for row in results}
    for key, name in names.items():
        if key not in offered:
            yield Remark("transfer.not_offered", {"subject": name})
    new = [each.name for each in programme if each.key in offered and each.key not in names]
    if new:
        yield Remark("transfer.not_studied", {"subjects": ", ".join(new)})


def _marks(results: Sequence[CourseResult], programme: Sequence[Subject]) -> Iterator[Remark]:
    held = {(row.subject, row.term) for row in results}
    names = {row.subject: row.name for row in results}
    terms = [term for term in ("HK1", "HK2", "CN") if any(term == found for _, found in held)]
    if terms == ["HK1"]:
        yield Remark("transfer.half_year")
    compulsory = {each.key: each.name for each in programme if each.compulsory}
    for key, name in (compulsory | names).items():
        for term in terms or ["HK1"]:
            if (key, term) not in held:
                yield Remark("transfer.mark_missing", {"subject": name, "term": term})


def _primary_rules(record: Transcript, school_year: str) -> Iterator[Remark]:
    """Of the year's result alone: primary school has neither levels of conduct nor absences."""
    try:
        primary_rules_for(record.school_year, record.grade)
        primary_rules_for(school_year, min(_grade_in(record, school_year), LAST_PRIMARY))
    except SogocError as error:
        yield Remark(error.code, error.params)
        return
    yield from _level("transfer.study_unknown", record.latest.study, Overall)
    if record.latest.study is None:
        yield Remark("transfer.outcome_missing")


def _rules(record: Transcript, school_year: str) -> Iterator[Remark]:
    try:
        theirs = rules_for(record.school_year, record.grade)
        ours = rules_for(school_year, min(_grade_in(record, school_year), _LAST))
    except SogocError as error:
        yield Remark(error.code, error.params)
        return
    if theirs is not ours:
        both = {"found": theirs.circular, "expected": ours.circular}
        yield Remark("transfer.other_rules", both)
    levels = record.latest
    yield from _level("transfer.study_unknown", levels.study, ours.study)
    yield from _level("transfer.conduct_unknown", levels.conduct, ours.conduct)
    if None in (levels.study, levels.conduct, levels.absences):
        yield Remark("transfer.outcome_missing")


def _grade_in(record: Transcript, school_year: str) -> int:
    """The pupil's grade in a year: up by one in each, but where the record says that it is not."""
    stays = record.promotion == PRINTED[Outcome.RETAINED]
    years = first_year(school_year) - first_year(record.school_year)
    return record.grade + max(0, years - stays)


def _level(code: str, found: str | None, known: Iterable[str]) -> Iterator[Remark]:
    if found is not None and found not in list(known):
        yield Remark(code, {"found": found, "expected": ", ".join(known)})
