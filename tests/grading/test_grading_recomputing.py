"""A transcript against what follows by the rules: differences are named, nothing more."""

from dataclasses import replace

import pytest

from credential.model import TERMS, CourseResult, TermOutcome
from grading.recomputing import Said, recompute, remarks_on
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
    return told(Said(12, year, rows, [TermOutcome(last(rows), study)], **more))


def last(rows: list[CourseResult]) -> str:
    return max((row.term for row in rows), key=TERMS.index, default="CN")


def told(transcript: Said) -> list[tuple[str, dict[str, object]]]:
    return [(remark.code, dict(remark.params)) for remark in remarks_on(transcript)]


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
    half = Said(12, "2025-2026", rows, [TermOutcome("HK1", "Tốt")], complete=True)
    assert recompute(half).level
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


def year(*outcomes: TermOutcome, **more: str) -> list[tuple[str, dict[str, object]]]:
    return told(Said(12, "2025-2026", transcript(), outcomes, complete=True, **more))


GOOD = [TermOutcome(term, "Tốt", "Tốt", 2) for term in TERMS]
OUTCOMES = {
    "all outcomes agree": (GOOD, {}, [AGREES]),
    "title and promotion agree": (
        GOOD, {"title": "Học sinh Giỏi", "promotion": "Được lên lớp"}, [AGREES],
    ),
    "the level of a semester": (
        [replace(GOOD[0], study="Khá"), *GOOD[1:]], {},
        [("study.term_differs", {"term": "HK1", "found": "Khá", "expected": "Tốt"})],
    ),
    "the conduct of the year": (
        [GOOD[0], replace(GOOD[1], conduct="Khá"), GOOD[2]], {},
        [("conduct.differs", {"found": "Tốt", "expected": "Khá"})],
    ),
    "conduct by one semester alone is open": (
        [replace(GOOD[0], conduct="Khá"), GOOD[2]], {}, [AGREES],
    ),
    "conduct of other rules is passed over": (
        [*GOOD[:2], replace(GOOD[2], conduct="Trung bình")], {}, [AGREES],
    ),
    "a title too high": (
        GOOD, {"title": "Học sinh Xuất sắc"},
        [("title.differs", {"found": "Học sinh Xuất sắc", "expected": "Học sinh Giỏi"})],
    ),
    "a title for nothing": (
        [*GOOD[:2], replace(GOOD[2], conduct="Khá")], {"title": "Học sinh Giỏi"},
        [
            ("conduct.differs", {"found": "Khá", "expected": "Tốt"}),
            ("title.differs", {"found": "Học sinh Giỏi", "expected": "–"}),
        ],
    ),
    "kept back for nothing": (
        GOOD, {"promotion": "Không được lên lớp"},
        [("promotion.differs", {"found": "Không được lên lớp", "expected": "Được lên lớp"})],
    ),
    "promoted with too many absences": (
        [*GOOD[:2], replace(GOOD[2], absences=46)], {"promotion": "Được lên lớp"},
        [("promotion.differs", {"found": "Được lên lớp", "expected": "Không được lên lớp"})],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("outcomes", "more", "expected"), OUTCOMES.values(), ids=OUTCOMES.keys())
def test_each_outcome_is_recomputed(
    outcomes: list[TermOutcome], more: dict[str, str], expected: list[object]
) -> None:
    assert year(*outcomes, **more) == expected


def test_after_an_examination_in_summer_nothing_is_said_of_promotion() -> None:
    """It may have been passed: the marks of the year stand as they are (Circular 22 art. 13)."""
    rows = [replace(row, mark=45) if row.subject == "history" else row for row in transcript()]
    low = [replace(row, mark=30) if row.subject == "physics" else row for row in rows]
    said = Said(
        12, "2025-2026", low, [TermOutcome("CN", "Chưa đạt", "Tốt", 0)],
        promotion="Được lên lớp", complete=True,
    )  # fmt: skip
    assert "promotion.differs" not in [code for code, _ in told(said)]


def test_rows_on_other_scales_are_passed_over() -> None:
    other = CourseResult("calculus", "Giải tích", "CN", letter="B+", points=350)
    assert said([*transcript(), other]) == [AGREES]


PRIMARY = {
    "as good as the subjects": ("TTT", (90, 100), "Hoàn thành xuất sắc", []),
    "less good may rest on qualities": ("TTT", (90, 100), "Hoàn thành", []),
    "better than a subject": (
        "TTH", (90, 100), "Hoàn thành tốt",
        [("study.better", {"found": "Hoàn thành tốt", "expected": "Hoàn thành"})],
    ),
    "better than a test": (
        "TTT", (80, 100), "Hoàn thành xuất sắc",
        [("study.better", {"found": "Hoàn thành xuất sắc", "expected": "Hoàn thành tốt"})],
    ),
    "a test of half a point": ("TTT", (85, 90), "Hoàn thành", [("mark.whole", {"found": "8,5"})]),
    "no such rating": (
        "TTĐ", (90, 90), "Hoàn thành",
        [("rating.invalid", {"found": "Đ", "expected": "T, H, C"})],
    ),
    "a result in other words": ("TTT", (90, 90), "Tốt", []),
}  # fmt: skip


@pytest.mark.parametrize(
    ("ratings", "tests", "study", "expected"), PRIMARY.values(), ids=PRIMARY.keys()
)
def test_a_primary_year_is_no_better_than_its_subjects(
    ratings: str, tests: tuple[int, ...], study: str, expected: list[object]
) -> None:
    rows = [
        CourseResult(f"s{at}", f"Môn {at}", "CN", rating=rating,
                     mark=tests[at] if at < len(tests) else None)
        for at, rating in enumerate(ratings)
    ]  # fmt: skip
    assert told(Said(4, "2025-2026", rows, [TermOutcome("CN", study)])) == expected
