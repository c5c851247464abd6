"""A transcript against what follows by the rules: differences are named, nothing more."""

from dataclasses import replace

import pytest

from credential.model import CourseResult
from grading.recomputing import recompute, remarks_on
from grading.subjects import LOWER_SECONDARY, UPPER_SECONDARY, Subject, is_whole_programme

ELECTIVES = ("physics", "chemistry", "biology", "informatics")
TAKEN = [subject for subject in UPPER_SECONDARY if subject.compulsory or subject.key in ELECTIVES]


def course(subject: Subject, hk1: int = 80, hk2: int = 80, year: int = 80) -> list[CourseResult]:
    if subject.scored:
        terms = {"HK1": hk1, "HK2": hk2, "CN": year}
        return [CourseResult(subject.key, subject.name, term, mark=m) for term, m in terms.items()]
    return [
        CourseResult(subject.key, subject.name, term, rating="Đ") for term in ("HK1", "HK2", "CN")
    ]


def transcript() -> list[CourseResult]:
    return [row for subject in TAKEN for row in course(subject)]


def changed(subject: str, term: str, **values: object) -> list[CourseResult]:
    return [
        replace(row, **values) if (row.subject, row.term) == (subject, term) else row  # type: ignore[arg-type]
        for row in transcript()
    ]


def said(
    rows: list[CourseResult], study: str | None = "Tốt", year: str = "2025-2026", **more: bool
) -> list[tuple[str, dict[str, object]]]:
    return [(r.code, dict(r.params)) for r in remarks_on(12, year, rows, study, **more)]


AGREES = ("recomputed.agrees", {"count": 12, "circular": "22/2021/TT-BGDĐT"})
CASES = {
    "all agrees": (transcript(), "Tốt", [AGREES]),
    "a year average": (
        changed("mathematics", "CN", mark=81), "Tốt",
        [("mark.year_average", {"subject": "Toán", "found": "8,1", "expected": "8,0"})],
    ),
    "a rating of the year": (
        changed("physical_education", "HK2", rating="CĐ"), "Tốt",
        [("rating.year", {"subject": "Giáo dục thể chất", "found": "Đ", "expected": "CĐ"})],
    ),
    "the level": (transcript(), "Khá", [("study.differs", {"found": "Khá", "expected": "Tốt"})]),
    "a level of other rules": (
        transcript(), "Giỏi", [("study.differs", {"found": "Giỏi", "expected": "Tốt"})],
    ),
    "an average and the level": (
        changed("mathematics", "CN", mark=20), "Tốt",
        [
            ("mark.year_average", {"subject": "Toán", "found": "2,0", "expected": "8,0"}),
            ("study.differs", {"found": "Tốt", "expected": "Đạt"}),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "study", "expected"), CASES.values(), ids=CASES.keys())
def test_each_difference_is_named(
    rows: list[CourseResult], study: str, expected: list[object]
) -> None:
    assert said(rows, study) == expected


def test_of_a_selection_only_what_is_shown_is_recomputed() -> None:
    rows = [row for row in transcript() if row.subject in ("mathematics", "history")]
    assert said(rows) == [
        ("recomputed.averages_agree", {"count": 2, "circular": "22/2021/TT-BGDĐT"})
    ]
    assert said([row for row in rows if row.term != "HK1"]) == []
    assert said([]) == []


def test_a_row_left_out_keeps_the_level_from_being_recomputed() -> None:
    rows = [row for row in transcript() if row.subject != "biology"]
    assert said(rows, "Chưa đạt")[0][0] == "recomputed.averages_agree"
    assert said(rows, "Chưa đạt", complete=True)[0][0] == "study.differs"
    assert said(transcript(), None)[0][0] == "recomputed.averages_agree"


def test_a_half_year_has_its_semesters_level() -> None:
    rows = [row for row in transcript() if row.term == "HK1"]
    assert recompute(12, "2025-2026", rows, "Tốt", complete=True).level
    assert said(rows, "Đạt") == [("study.differs", {"found": "Đạt", "expected": "Tốt"})]


def test_by_circular_58_there_is_another_level() -> None:
    assert said(transcript(), "Giỏi", "2019-2020", complete=True)[0][0] == "recomputed.agrees"
    assert said(transcript(), "Giỏi", "2019-2020")[0][0] == "recomputed.averages_agree"


def test_years_without_rules_say_so() -> None:
    assert said(transcript(), year="2005-2006") == [
        ("rules.not_covered", {"school_year": "2005-2006", "grade": 12})
    ]
    assert said(transcript(), year="x") == [("school_year.invalid", {"found": "x"})]


def test_the_programme_of_a_lower_secondary_pupil_has_no_electives() -> None:
    keys = {subject.key for subject in LOWER_SECONDARY}
    assert is_whole_programme(6, keys)
    assert not is_whole_programme(6, keys - {"civics"})
    assert not is_whole_programme(10, keys)
    assert len([subject for subject in LOWER_SECONDARY if subject.scored]) == 8
