"""Primary school, the graduation score, university marks."""

from fractions import Fraction
from math import floor
from random import Random

import pytest

from credential.errors import FormatError, RefusedError
from grading import graduation, university
from grading.primary import CIRCULAR_27, Completion, Overall, Trait, judge

T, H, C = Completion
GOOD, PASSED, EFFORT = Trait
EXCELLENT, WELL, COMPLETED, NOT_COMPLETED = Overall

# subjects, traits, tests, level
PRIMARY: dict[str, tuple[str, str, list[int], Overall]] = {
    "xuất sắc: all T, all tests 9": ("TTT", "TT", [9, 9], EXCELLENT),
    "xuất sắc without tests": ("TTT", "TT", [], EXCELLENT),
    "tốt: one test 8": ("TTT", "TT", [8, 10], WELL),
    "tốt: one test exactly 7": ("TTT", "TT", [7, 10], WELL),
    "hoàn thành: one test 6": ("TTT", "TT", [6, 10], COMPLETED),
    "hoàn thành: one subject H": ("TTH", "TT", [10, 10], COMPLETED),
    "hoàn thành: one quality Đ": ("TTT", "TĐ", [10, 10], COMPLETED),
    "hoàn thành: all the least, tests 5": ("HHH", "ĐĐ", [5, 5], COMPLETED),
    "chưa: one test 4": ("TTT", "TT", [4, 10], NOT_COMPLETED),
    "chưa: one subject C": ("TTC", "TT", [10], NOT_COMPLETED),
    "chưa: one quality C": ("TTT", "TC", [10], NOT_COMPLETED),
}


@pytest.mark.parametrize(
    ("subjects", "traits", "tests", "level"), PRIMARY.values(), ids=PRIMARY.keys()
)
def test_the_year_of_a_primary_pupil(
    subjects: str, traits: str, tests: list[int], level: Overall
) -> None:
    found = judge(
        CIRCULAR_27,
        {f"môn {n}": Completion(each) for n, each in enumerate(subjects)},
        {f"phẩm chất {n}": Trait(each) for n, each in enumerate(traits)},
        {f"môn {n}": mark for n, mark in enumerate(tests)},
    )
    assert found.level is level
    assert (found.above is None) is (level is EXCELLENT) is (not found.missing)
    assert found.title == ("Học sinh Xuất sắc" if level is EXCELLENT else None)
    assert found.promoted is (None if level is NOT_COMPLETED else True)


@pytest.mark.parametrize("mark", [0, 11, -1])
def test_a_test_in_primary_school_has_whole_marks_from_1_to_10(mark: int) -> None:
    with pytest.raises(FormatError) as refused:
        judge(CIRCULAR_27, {"Toán": T}, {}, {"Toán": mark})
    assert refused.value.code == "mark.whole"


def exact_score(exams: list[int], years: dict[int, int], extra: int, priority: int) -> Fraction:
    """Half examinations, half school years; the mean of the years is rounded before."""
    school = floor(Fraction(years[10] + 2 * years[11] + 3 * years[12], 6) + Fraction(1, 2))
    return (Fraction(sum(exams) + extra, 4) + school) / 2 + priority


def test_the_score_from_2025_is_the_exact_one() -> None:
    random, rules = Random(24_2024), graduation.rules_for(2026)
    for _ in range(20_000):
        exams = [random.randrange(0, 1001, 5) for _ in range(4)]
        years = {grade: random.randrange(1001) for grade in (10, 11, 12)}
        extra, priority = random.choice([0, 100, 150, 200]), random.choice([0, 25, 50])
        exact = floor(exact_score(exams, years, extra, priority) + Fraction(1, 2))
        found = graduation.score(rules, exams, years, extra, priority)
        assert found.score == exact
        assert found.passed is (exact >= 500 and min(exams) > 100)


YEARS = {10: 600, 11: 700, 12: 800}
SCORES = {
    "2025: half and half": (2025, [600, 700, 500, 600], YEARS, 0, 0, 667, True),
    "2025: extra points count a quarter of a half": (2025, [600] * 4, YEARS, 200, 0, 692, True),
    "2025: priority counts whole": (2025, [600] * 4, YEARS, 0, 50, 717, True),
    "exactly 5,00": (2025, [500] * 4, {10: 500, 11: 500, 12: 500}, 0, 0, 500, True),
    "4,995 is rounded up to 5,00": (2025, [499] * 4, {10: 500, 11: 500, 12: 500}, 0, 0, 500, True),
    "4,99": (2025, [498] * 4, {10: 500, 11: 500, 12: 500}, 0, 0, 499, False),
    "an examination at 1,00": (2025, [900, 900, 900, 100], YEARS, 0, 0, 717, False),
    "an examination at 1,05": (2025, [900, 900, 900, 105], YEARS, 0, 0, 717, True),
    "three papers: exempted from the foreign language": (2025, [600] * 3, YEARS, 0, 0, 667, True),
    "2024: seven to three, grade 12 alone": (2024, [600] * 4, YEARS, 0, 0, 660, True),
    "2020: the same": (2020, [500] * 4, {12: 500}, 0, 25, 525, True),
}


@pytest.mark.parametrize(
    ("year", "exams", "years", "extra", "priority", "score", "passed"),
    SCORES.values(),
    ids=SCORES.keys(),
)
def test_scores_worked_by_hand(
    year: int, exams: list[int], years: dict[int, int], extra: int, priority: int,
    score: int, passed: bool,
) -> None:  # fmt: skip
    found = graduation.score(graduation.rules_for(year), exams, years, extra, priority)
    assert (found.score, found.passed) == (score, passed)
    codes = [step.code.removeprefix("grading.") for step in found.steps]
    assert codes[:3] == ["school_years", "exams", "score"]


def test_years_before_2020_are_not_covered() -> None:
    with pytest.raises(RefusedError) as refused:
        graduation.rules_for(2019)
    assert refused.value.code == "graduation.not_covered"


NO_SCORES = {
    "no papers": ([], YEARS, "mark.count"),
    "a year missing": ([500] * 4, {10: 500, 12: 500}, "mark.year_missing"),
    "an examination off the scale": ([1001] * 4, YEARS, "mark.invalid"),
    "a year off the scale": ([500] * 4, {**YEARS, 11: -1}, "mark.invalid"),
}


@pytest.mark.parametrize(("exams", "years", "code"), NO_SCORES.values(), ids=NO_SCORES.keys())
def test_what_gives_no_score_is_refused(exams: list[int], years: dict[int, int], code: str) -> None:
    with pytest.raises(FormatError) as refused:
        graduation.score(graduation.rules_for(2026), exams, years)
    assert refused.value.code == code


def test_a_year_without_scored_subjects_has_no_mean() -> None:
    with pytest.raises(FormatError):
        graduation.year_mean([])


LETTERS = {100: "A", 85: "A", 84: "B", 70: "B", 69: "C", 55: "C", 54: "D", 40: "D", 39: "F",
           0: "F"}  # fmt: skip
CLASSES = {
    400: "Xuất sắc", 360: "Xuất sắc", 359: "Giỏi", 320: "Giỏi", 319: "Khá", 250: "Khá",
    249: "Trung bình", 200: "Trung bình", 199: "Yếu", 100: "Yếu", 99: "Kém", 0: "Kém",
}  # fmt: skip


def test_letters_and_classes_at_every_border() -> None:
    scale = university.DEFAULT
    assert {mark: university.letter(scale, mark).letter for mark in LETTERS} == LETTERS
    assert {average: university.class_of(scale, average) for average in CLASSES} == CLASSES


def test_a_cumulative_average_weighs_by_credits() -> None:
    scale = university.DEFAULT
    assert university.cumulative(scale, [(85, 3), (55, 2), (30, 1)]) == 267  # 16 / 6 = 2,666…
    assert university.cumulative(scale, [(85, 1), (70, 1)]) == 350
    assert university.cumulative(scale, []) is None
