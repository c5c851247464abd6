"""What the page must know before anything is calculated: rules by year and grade, subjects."""

from collections.abc import Mapping
from typing import Any

from grading import graduation
from grading.rules import rules_for
from grading.ruleset import RuleSet
from grading.subjects import LOWER_SECONDARY, UPPER_SECONDARY, Subject

_FIRST, _LAST = 2011, 2099  # calendar years in which a school year begins
_GRADES = range(6, 13)
# The programme before 2018 (Decision 16/2006), whose subjects had other names; a page only
# proposes them, and takes any other.
_BEFORE = (
    *("Toán", "Vật lí", "Hóa học", "Sinh học", "Tin học", "Ngữ văn", "Lịch sử", "Địa lí"),
    *("Ngoại ngữ", "Giáo dục công dân", "Công nghệ", "Giáo dục quốc phòng và an ninh"),
)
_BEFORE_RATED = ("Thể dục", "Âm nhạc", "Mĩ thuật")
_MOST_CELLS = {"regular": 6, "periodic": 4}  # where the rules know no greatest count
_PAPERS = 4  # of the graduation examination, by both circulars


def offered() -> Mapping[str, Any]:
    """`rules` in order of their years, `since` the first year of each by grade, and the rest."""
    rules: list[RuleSet] = []
    since: dict[int, list[tuple[int, int]]] = {}
    for grade in _GRADES:
        for year in range(_FIRST, _LAST):
            found = _rules(year, grade)
            if found not in rules:
                rules.append(found)
            place = rules.index(found)
            if not since.get(grade) or since[grade][-1][1] != place:
                since.setdefault(grade, []).append((year, place))
    return {
        "rules": [_ruleset(each) for each in rules],
        "since": since,
        "subjects": {
            "lower": _programme(LOWER_SECONDARY),
            "upper": _programme(UPPER_SECONDARY),
            "before": [*((name, True) for name in _BEFORE), *((n, False) for n in _BEFORE_RATED)],
        },
        "graduation": [
            {
                "since": year,
                "circular": each.circular,
                "papers": _PAPERS,
                "grades": sorted(each.years),
                "averages": each.of_averages,
            }
            for year, each in sorted(graduation.RULES.items())
        ],
    }


def _rules(year: int, grade: int) -> RuleSet:
    return rules_for(f"{year}-{year + 1}", grade)


def _ruleset(rules: RuleSet) -> Mapping[str, Any]:
    return {
        "circular": rules.circular,
        "programme": 2018 if rules.conduct_year else 2006,
        "regular": rules.regular[1] or _MOST_CELLS["regular"],
        "periodic": rules.periodic[1] or _MOST_CELLS["periodic"],
        "conduct": [str(level) for level in rules.conduct],
        "by_semester": rules.conduct_year is not None,
        "specialised": any(bar.leading is not None for bar in rules.bars),
    }


def _programme(subjects: tuple[Subject, ...]) -> list[tuple[str, bool]]:
    return [(subject.name, subject.scored) for subject in subjects]
