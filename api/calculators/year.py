"""A pupil's year: every subject, the level of study, conduct, promotion and title.

With first semesters alone it is the level of that semester that is told. With a mark missing
anywhere no level is: one more mark could change it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from api import coursetable
from api.calculators.models import CourseModel, Result, YearModel
from api.calculators.results import result
from api.calculators.typed import Typed
from credential.model import CourseResult
from credential.text import fold
from grading.circular22 import CIRCULAR_22
from grading.explaining import Remark, citations
from grading.levels import Judgement, judge
from grading.marks import format_tenths
from grading.rules import rules_for
from grading.ruleset import RuleSet
from grading.subjects import is_whole_programme
from grading.years import Course, CourseYear, Year, reckon

_RATED = {"Đ": "calculate.rated_yes", "CĐ": "calculate.rated_no"}
_Value = int | str | None
_Conduct = StrEnum | tuple[StrEnum, StrEnum] | None


@dataclass(frozen=True, slots=True)
class _Row:
    at: str
    key: str
    name: str
    first: _Value
    second: _Value

    @property
    def lacking(self) -> list[Remark]:
        """What the year's result lacks; comments of semester I never count for it."""
        lacks_first = self.first is None and not isinstance(self.second, str)
        wanted = ((1, lacks_first), (2, self.second is None))
        return [
            Remark("calculate.lacks_mark", {"subject": self.name, "semester": number})
            for number, lacks in wanted
            if lacks
        ]


def calculate(asked: YearModel) -> list[Result]:
    """The results. Raises InputError with every fault, RefusedError ``rules.not_covered``."""
    rules = rules_for(asked.school_year, asked.grade)
    typed = Typed()
    rows = list(_rows(typed, asked.courses))
    specialised = _specialised(typed, asked.specialised, rows)
    conduct = [
        typed.conduct(rules, cell, f"conduct.{place}") for place, cell in enumerate(asked.conduct)
    ]
    absences = typed.absences(asked.absences, "absences")
    typed.refuse()
    few = _few(rules, asked.grade, rows)
    if rows and all(row.second is None for row in rows):
        return [_of_first_semester(rules, rows, specialised, few)]
    lacking = [remark for row in rows for remark in row.lacking]
    whole = [row for row in rows if not row.lacking]
    known = _known(conduct)
    year = reckon(rules, [_course(row) for row in whole], known, absences, specialised)
    by_key = {course.result.subject: course for course in year.courses}
    return [
        *(_of_course(rules, row, by_key.get(row.key)) for row in rows),
        _study_of_year(rules, year, lacking if rows else [Remark("calculate.lacks_marks")], few),
        *_what_follows(rules, year, not rows or bool(lacking), _unknown(rules, conduct, absences)),
    ]


def _rows(typed: Typed, courses: Sequence[CourseModel]) -> Iterator[_Row]:
    """The rows with anything in them, each subject once."""
    seen: set[str] = set()
    filled = [
        (place, course) for place, course in enumerate(courses)
        if course.first.strip() or course.second.strip()
    ]  # fmt: skip
    keys = coursetable.subject_keys([course.name.strip() for _, course in filled])
    for key, (place, course) in zip(keys, filled, strict=True):
        at, name = f"courses.{place}", course.name.strip()
        if not name:
            typed.fault("cell.empty", f"{at}.name")
        if fold(key) in seen:
            typed.fault("subject.twice", f"{at}.name", found=name)
        seen.add(fold(key))
        rated = coursetable.is_rating(course.first.strip() or course.second.strip())
        read = typed.rating if rated else typed.mark
        first, second = read(course.first, f"{at}.first"), read(course.second, f"{at}.second")
        yield _Row(at, key, name, first, second)


def _specialised(typed: Typed, name: str, rows: Sequence[_Row]) -> str | None:
    if not name.strip():
        return None
    key = coursetable.key_among(name.strip(), {row.name: row.key for row in rows})
    scored = {row.key: row.name for row in rows if not isinstance(row.first, str)}
    if key not in scored:
        typed.fault(
            "choice.invalid", "specialised", found=name, expected=", ".join(scored.values())
        )
    return key


def _course(row: _Row) -> Course:
    second = row.second if row.second is not None else ""
    return Course(row.key, row.name, second if row.first is None else row.first, second)


def _known(conduct: Sequence[StrEnum | None]) -> _Conduct:
    match conduct:
        case [StrEnum() as first, StrEnum() as second]:
            return first, second
        case [StrEnum() as year]:
            return year
    return None


def _unknown(
    rules: RuleSet, conduct: Sequence[StrEnum | None], absences: int | None
) -> list[Remark]:
    """What conduct and attendance lack for deciding on promotion."""
    lacking = []
    if len(conduct) == 2 and rules.conduct_year is None:
        lacking.append(Remark("calculate.conduct_whole", {"circular": rules.circular}))
    elif _known(conduct) is None:
        lacking.append(Remark("calculate.lacks_conduct"))
    if absences is None:
        lacking.append(Remark("calculate.lacks_absences"))
    return lacking


def _few(rules: RuleSet, grade: int, rows: Sequence[_Row]) -> tuple[Remark, ...]:
    """That subjects of the programme are not among the rows: with them it may be another level."""
    whole = rules is not CIRCULAR_22 or is_whole_programme(grade, {row.key for row in rows})
    return () if whole else (Remark("calculate.few_subjects", {"grade": grade}),)


def _of_first_semester(
    rules: RuleSet, rows: Sequence[_Row], specialised: str | None, few: tuple[Remark, ...]
) -> Result:
    results = [
        CourseResult(row.key, row.name, "HK1", mark=row.first)
        if isinstance(row.first, int)
        else CourseResult(row.key, row.name, "HK1", rating=str(row.first))
        for row in rows
    ]
    return _study(rules, judge(rules, results, specialised), "calculate.study_1", few)


def _of_course(rules: RuleSet, row: _Row, found: CourseYear | None) -> Result:
    label = Remark("calculate.course", {"subject": row.name})
    if found is None:
        return result("course", label, None, at=row.at, missing=row.lacking)
    mark = found.result.mark
    sources = citations(rules.sources, "average")
    if mark is not None:
        value = format_tenths(mark)
        return result("course", label, value, at=row.at, steps=found.steps, sources=sources)
    rating = str(found.result.rating)
    shown = Remark(_RATED[rating])
    return result("course", label, rating, shown, at=row.at, sources=sources)


def _study(rules: RuleSet, study: Judgement, label: str, few: tuple[Remark, ...]) -> Result:
    following: list[Remark] = []
    if study.above:
        following = [Remark("grading.missing", {"level": str(study.above)}), *study.missing]
        if study.decided_by:
            following.append(Remark("calculate.held_by", {"subjects": list(study.decided_by)}))
    return result(
        "study", Remark(label), str(study.level), _level(study.level),
        steps=(*study.steps, *few), following=following, sources=citations(rules.sources, "study"),
    )  # fmt: skip


def _study_of_year(
    rules: RuleSet, year: Year, lacking: list[Remark], few: tuple[Remark, ...]
) -> Result:
    if lacking:
        return result("study", Remark("calculate.study"), None, missing=lacking)
    return _study(rules, year.study, "calculate.study", few)


def _what_follows(
    rules: RuleSet, year: Year, open_: bool, unknown: list[Remark]
) -> Iterator[Result]:
    """What hangs on conduct, attendance and the level of study, unless that is `open_`."""
    if year.conduct is not None:
        sources = citations(rules.sources, "conduct") if rules.conduct_year else ()
        label = Remark("calculate.conduct")
        yield result("conduct", label, str(year.conduct), _level(year.conduct), sources=sources)
    label, about = Remark("calculate.promotion"), citations(rules.sources, "promotion")
    if open_ or year.promotion is None:
        missing = [*([Remark("calculate.lacks_study")] if open_ else []), *unknown]
        yield result("promotion", label, None, missing=missing, sources=about)
        return
    outcome = year.promotion.outcome.value
    yield result(
        "promotion", label, outcome, Remark(f"outcome_of_year.{outcome}"),
        steps=year.promotion.steps, sources=about,
    )  # fmt: skip
    shown = Remark("calculate.title_is", {"title": year.title})
    if not year.title:
        shown = Remark("calculate.no_title")
    sources = citations(rules.sources, "title")
    yield result("title", Remark("calculate.title_of"), year.title or "", shown, sources=sources)


def _level(level: StrEnum) -> Remark:
    return Remark(f"level.{level}")
