"""Circular 22/2021: averages against exact fractions, levels against the text of the articles."""

from fractions import Fraction
from itertools import product
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential.errors import FormatError
from grading.circular22 import (
    Level,
    conduct_year,
    semester_average,
    study_level,
    year_average,
    year_rating,
)

GOOD, FAIR, PASSED, NOT_PASSED = Level
BEST_FIRST = list(Level)
marks = st.integers(0, 100)


def exactly(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


@given(st.lists(marks, min_size=2, max_size=4), marks, marks)
def test_a_semester_average_is_the_exact_mean_rounded_half_up(
    tx: list[int], gk: int, ck: int
) -> None:
    exact = Fraction(sum(tx) + 2 * gk + 3 * ck, len(tx) + 5)
    assert semester_average(tx, gk, ck) == exactly(exact)


@given(marks, marks)
def test_a_year_average_is_the_exact_mean_rounded_half_up(hk1: int, hk2: int) -> None:
    assert year_average(hk1, hk2) == exactly(Fraction(hk1 + 2 * hk2, 3))


SEMESTERS = {
    "two regular marks, all the same": ([80, 80], 80, 80, 80),
    "7,45 is a tie and goes up": ([80, 75, 71], 65, 80, 75),
    "7,25 is a tie that round() sends down": ([70, 70, 70], 80, 70, 73),
    "the final counts three times": ([0, 0], 0, 100, 43),
    "four regular marks": ([95, 100, 90, 85], 95, 90, 92),
}


@pytest.mark.parametrize(("tx", "gk", "ck", "average"), SEMESTERS.values(), ids=SEMESTERS.keys())
def test_semester_averages_worked_by_hand(tx: list[int], gk: int, ck: int, average: int) -> None:
    assert semester_average(tx, gk, ck) == average


@pytest.mark.parametrize("count", [0, 1, 5])
def test_a_semester_has_two_to_four_regular_marks(count: int) -> None:
    with pytest.raises(FormatError) as refused:
        semester_average([80] * count, 80, 80)
    assert refused.value.code == "mark.count"


LEVELS = {
    "Tốt: all at least 6,5, six at least 8,0": ([80] * 6 + [65] * 3, "ĐĐĐ", GOOD),
    "only five at 8,0 is Khá": ([80] * 5 + [79] * 4, "ĐĐĐ", FAIR),
    "two below 6,5 is Khá": ([90] * 7 + [64] * 2, "ĐĐĐ", FAIR),
    "one at 6,4 is Khá, one level lower, not raised": ([90] * 8 + [64], "ĐĐĐ", FAIR),
    "Khá: all at least 5,0, six at least 6,5": ([65] * 6 + [50] * 3, "ĐĐĐ", FAIR),
    "Đạt: six at least 5,0, none below 3,5": ([50] * 6 + [35] * 3, "ĐĐĐ", PASSED),
    "one comment subject not passed may still be Đạt": ([50] * 9, ("CĐ", "Đ", "Đ"), PASSED),
    "two comment subjects not passed": ([50] * 9, ("CĐ", "CĐ", "Đ"), NOT_PASSED),
    "one below 3,5": ([50] * 8 + [34], "ĐĐĐ", NOT_PASSED),
    "only five at 5,0": ([50] * 5 + [49] * 4, "ĐĐĐ", NOT_PASSED),
    "raised: Tốt but for one subject at 4,0 is Khá": ([80] * 8 + [40], "ĐĐĐ", FAIR),
    "raised: Tốt but for one subject at 2,0 is Đạt": ([80] * 8 + [20], "ĐĐĐ", PASSED),
    "raised: Khá but for one subject at 2,0 is Đạt": ([65] * 8 + [20], "ĐĐĐ", PASSED),
    "raised: Tốt but for one comment subject is Khá": ([80] * 9, ("CĐ", "Đ", "Đ"), FAIR),
    "not raised: two subjects keep it down": ([80] * 7 + [40] * 2, "ĐĐĐ", PASSED),
    "not raised: Khá but for one at 4,0 is only one level lower": (
        [65] * 8 + [40],
        "ĐĐĐ",
        PASSED,
    ),
}


@pytest.mark.parametrize(("averages", "ratings", "level"), LEVELS.values(), ids=LEVELS.keys())
def test_the_study_level_follows_article_9(
    averages: list[int], ratings: str | tuple[str, ...], level: Level
) -> None:
    assert study_level(averages, tuple(ratings)) is level


def clause_2(averages: list[int], passed: list[bool]) -> Level:
    """Article 9 clause 2, written out once more."""
    if all(passed) and all(a >= 65 for a in averages) and len([a for a in averages if a >= 80]) > 5:
        return GOOD
    if all(passed) and all(a >= 50 for a in averages) and len([a for a in averages if a >= 65]) > 5:
        return FAIR
    if (
        len([p for p in passed if not p]) < 2
        and not [a for a in averages if a < 35]
        and len([a for a in averages if a >= 50]) > 5
    ):
        return PASSED
    return NOT_PASSED


@given(
    st.lists(st.sampled_from([20, 34, 35, 49, 50, 64, 65, 79, 80, 100]), min_size=6, max_size=9),
    st.lists(st.booleans(), max_size=3),
)
def test_clause_3_is_what_trying_every_single_subject_gives(
    averages: list[int], passed: list[bool]
) -> None:
    level = clause_2(averages, passed)
    tried = [
        clause_2([*averages[:i], 100, *averages[i + 1 :]], passed) for i in range(len(averages))
    ]
    tried += [clause_2(averages, [*passed[:i], True, *passed[i + 1 :]]) for i in range(len(passed))]
    drop = max(BEST_FIRST.index(level) - BEST_FIRST.index(best) for best in tried)
    expected = BEST_FIRST[BEST_FIRST.index(level) - 1] if drop >= 2 else level
    assert study_level(averages, ["Đ" if p else "CĐ" for p in passed]) is expected


def conduct_by_article_8(hk1: Level, hk2: Level) -> Level:
    """Article 8 clause 2, in its own words."""
    if hk2 is GOOD and hk1 in (GOOD, FAIR):
        return GOOD
    if (
        (hk2 is FAIR and hk1 in (GOOD, FAIR, PASSED))
        or (hk2 is PASSED and hk1 is GOOD)
        or (hk2 is GOOD and hk1 in (PASSED, NOT_PASSED))
    ):
        return FAIR
    if (hk2 is PASSED and hk1 in (FAIR, PASSED, NOT_PASSED)) or (hk2 is FAIR and hk1 is NOT_PASSED):
        return PASSED
    return NOT_PASSED


@pytest.mark.parametrize(("hk1", "hk2"), list(product(Level, Level)))
def test_the_conduct_of_a_year_follows_article_8(hk1: Level, hk2: Level) -> None:
    assert conduct_year(hk1, hk2) is conduct_by_article_8(hk1, hk2)


def test_a_comment_subject_has_the_result_of_its_second_semester() -> None:
    assert [year_rating("Đ"), year_rating("CĐ")] == ["Đ", "CĐ"]
    with pytest.raises(FormatError) as refused:
        year_rating("Ð")  # the Icelandic letter
    assert refused.value.code == "rating.invalid"
