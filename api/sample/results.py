"""A year's results of a sample pupil: marks drawn, averages and levels by the ministry's rules.

A mark is the subject's usual mean plus the pupil's ability, the school, the subject and the
day; assessments are rounded to half points. Only pupils who may graduate are drawn.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from math import floor
from random import Random

from api.sample.city import Pupil, seeded
from credential.model import TERMS, CourseResult, TermOutcome
from grading.averages import semester_average, year_average
from grading.circular22 import CIRCULAR_22, Level
from grading.levels import judge
from grading.promotion import PRINTED, conduct_year, promote, title
from grading.ruleset import Rating
from grading.subjects import UPPER_SECONDARY, Subject

MEAN = 7.35  # points; gives about 15 % Tốt, 58 % Khá, 26 % Đạt
ELECTIVES = {
    "12.1": ("physics", "chemistry", "biology", "informatics"),
    "12.2": ("physics", "chemistry", "geography", "technology"),
    "12.10": ("geography", "economics_law", "technology", "informatics"),
    "12A1": ("physics", "geography", "economics_law", "informatics"),
}
_OFFSET = {
    "informatics": 0.8,
    "technology": 0.8,
    "defence_security": 0.8,
    "mathematics": -0.3,
    "foreign_language_1": -0.3,
}
_REGULAR_MARKS = {"literature": 4, "mathematics": 4, "foreign_language_1": 4, "defence_security": 2}
_CONDUCT = {Level.GOOD: 88, Level.FAIR: 10, Level.PASSED: 2}


@dataclass(frozen=True, slots=True)
class YearResults:
    """Results of grade 12 in the words of a transcript, with the outcome of every term."""

    results: tuple[CourseResult, ...]
    outcomes: tuple[TermOutcome, ...]
    promotion: str
    title: str | None


def year_results(pupil: Pupil) -> YearResults:
    """The pupil's results: always the same for the same pupil, and never Chưa đạt."""
    for attempt in count():
        random = seeded("results", pupil.code, str(attempt))
        ability = random.gauss(0, 0.85) + seeded("school", str(pupil.school)).gauss(0, 0.35)
        results = tuple(
            result for subject in _taken(pupil) for result in _course(random, subject, ability)
        )
        study = _study(results, "CN")
        first, second = random.choices(list(_CONDUCT), list(_CONDUCT.values()), k=2)
        if study is not Level.NOT_PASSED:
            break
    absences = min(45, int(random.expovariate(1 / 3)))
    conduct = conduct_year(CIRCULAR_22, first, second) or second
    missed = (absences // 2, absences - absences // 2, absences)
    return YearResults(
        results=results,
        outcomes=tuple(
            TermOutcome(term, str(_study(results, term)), str(level), sessions)
            for term, level, sessions in zip(TERMS, (first, second, conduct), missed, strict=True)
        ),
        promotion=PRINTED[promote(CIRCULAR_22, study, conduct, absences).outcome],
        title=title(CIRCULAR_22, study, conduct, _of(results, "CN")),
    )


def _study(results: Sequence[CourseResult], term: str) -> Level:
    return Level(judge(CIRCULAR_22, _of(results, term)).level)


def _of(results: Sequence[CourseResult], term: str) -> list[CourseResult]:
    return [result for result in results if result.term == term]


def _taken(pupil: Pupil) -> list[Subject]:
    electives = ELECTIVES[pupil.class_name]
    return [
        subject for subject in UPPER_SECONDARY if subject.compulsory or subject.key in electives
    ]


def _course(random: Random, subject: Subject, ability: float) -> Iterator[CourseResult]:
    """The subject's results in semester I, semester II and the year."""
    if subject.scored:
        level = MEAN + _OFFSET.get(subject.key, 0) + ability + random.gauss(0, 0.6)
        hk1, hk2 = (_semester(random, subject, level) for _ in range(2))
        for term, mark in (("HK1", hk1), ("HK2", hk2), ("CN", year_average(hk1, hk2))):
            yield CourseResult(subject.key, subject.name, term, mark=mark)
    else:
        rating = str(Rating.NOT_PASSED if random.random() < 0.004 else Rating.PASSED)
        for term in ("HK1", "HK2", "CN"):
            yield CourseResult(subject.key, subject.name, term, rating=rating)


def _semester(random: Random, subject: Subject, level: float) -> int:
    tx = [_mark(random.gauss(level, 1.0)) for _ in range(_REGULAR_MARKS.get(subject.key, 3))]
    gk, ck = (_mark(random.gauss(level, 0.9)) for _ in range(2))
    return semester_average(CIRCULAR_22, tx, [gk], ck)


def _mark(points: float) -> int:
    """A drawn mark as teachers give it: tenths, in half points from 1 to 10."""
    return 5 * min(20, max(2, floor(2 * points + 0.5)))
