"""A school year as a whole: from a pupil's semesters to level, conduct, promotion and title.

Puts the rules in a row, for calculators; what each says is left to `grading.averages`,
`grading.levels` and `grading.promotion`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from credential.model import CourseResult
from grading.averages import year_average, year_rating, year_steps
from grading.explaining import Remark
from grading.levels import Judgement, judge
from grading.promotion import Promotion, conduct_year, promote, title
from grading.ruleset import RuleSet


@dataclass(frozen=True, slots=True)
class Course:
    """A subject of a year: its marks (tenths) or ratings of both semesters, by printed name."""

    subject: str
    name: str
    first: int | str
    second: int | str


@dataclass(frozen=True, slots=True)
class CourseYear:
    """The year's result of a subject, and how it was computed (of a rating: nothing to say)."""

    result: CourseResult
    steps: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class Year:
    """All that follows. Conduct, promotion and title are None where their ground is not given."""

    courses: tuple[CourseYear, ...]
    study: Judgement
    conduct: StrEnum | None
    promotion: Promotion | None
    title: str | None


def reckon(
    rules: RuleSet,
    courses: Sequence[Course],
    conduct: StrEnum | tuple[StrEnum, StrEnum] | None = None,
    absences: int | None = None,
    specialised: str | None = None,
) -> Year:
    """The year of one pupil.

    `conduct` is that of the year or of its two semesters; of two, nothing follows by rules that
    judge the year as a whole. Raises FormatError ``rating.invalid``.
    """
    done = tuple(_of_courses(courses))
    results = [course.result for course in done]
    study = judge(rules, results, specialised)
    year = conduct_year(rules, *conduct) if isinstance(conduct, tuple) else conduct
    return Year(
        courses=done,
        study=study,
        conduct=year,
        promotion=None if year is None or absences is None
        else promote(rules, study.level, year, absences),
        title=None if year is None else title(rules, study.level, year, results),
    )  # fmt: skip


def _of_courses(courses: Sequence[Course]) -> Iterator[CourseYear]:
    for course in courses:
        subject, name, first, second = course.subject, course.name, course.first, course.second
        if isinstance(first, int) and isinstance(second, int):
            mark = year_average(first, second)
            steps = year_steps(first, second)
            yield CourseYear(CourseResult(subject, name, "CN", mark=mark), steps)
        else:
            rating = str(year_rating(str(second)))
            yield CourseYear(CourseResult(subject, name, "CN", rating=rating), ())
