"""Averages against an independent exact computation, more than a million of them.

Each sampled semester goes through `semester_average` itself. What it must come to was computed
before with `fractions`, once for every weighted sum and sum of weights, and is looked up.
"""

from fractions import Fraction
from math import floor
from random import Random

import pytest

from credential.errors import FormatError
from grading.averages import (
    not_made_up,
    regular_marks,
    semester_average,
    semester_steps,
    year_average,
    year_rating,
    year_steps,
)
from grading.circular22 import CIRCULAR_22
from grading.circular58 import CIRCULAR_26, CIRCULAR_58
from grading.graduation import year_mean
from grading.levels import judge
from grading.ruleset import RuleSet
from tests.grading.grades import SCORED, results


def exactly(value: Fraction) -> int:
    """To the nearest whole number, halves up: on fractions, nothing shared with the product."""
    return floor(value + Fraction(1, 2))


# An average depends on the weighted sum and the weights alone; of those there are few, so each
# exact value is computed once and a million samples only look theirs up.
EXACT = {
    weights: [exactly(Fraction(total, weights)) for total in range(100 * weights + 1)]
    for weights in range(3, 40)
}


# Rules, the numbers of regular and of periodic marks, and how many sampled semesters.
SAMPLES: dict[str, tuple[RuleSet, range, range, int]] = {
    "Circular 22": (CIRCULAR_22, range(2, 5), range(1, 2), 1_000_000),
    "Circular 26": (CIRCULAR_26, range(2, 5), range(1, 2), 300_000),
    "Circular 58": (CIRCULAR_58, range(2, 9), range(1, 7), 300_000),
}


@pytest.mark.parametrize(
    ("rules", "regular", "periodic", "sampled"), SAMPLES.values(), ids=SAMPLES.keys()
)
def test_sampled_semester_averages_are_the_exact_ones(
    rules: RuleSet, regular: range, periodic: range, sampled: int
) -> None:
    random = Random(rules.circular)
    mark = [random.randrange(101) for _ in range(4099)]  # primes: no choice repeats
    for number in range(sampled):
        tx_from, dk_from = number * 7 % 4079, number * 11 % 4091
        tx = mark[tx_from : tx_from + regular[number % len(regular)]]
        dk = mark[dk_from : dk_from + periodic[number % len(periodic)]]
        ck = mark[number * 13 % 4099]
        exact = EXACT[len(tx) + 2 * len(dk) + 3][sum(tx) + 2 * sum(dk) + 3 * ck]
        if semester_average(rules, tx, dk, ck) != exact:
            pytest.fail(f"{tx} {dk} {ck}: {exact}")


def test_every_pair_of_semesters_has_the_exact_year_average() -> None:
    for first in range(101):
        for second in range(101):
            assert year_average(first, second) == exactly(Fraction(first + 2 * second, 3))


def test_the_mean_of_all_subjects_and_of_a_year_are_the_exact_ones() -> None:
    random = Random(11)
    for _ in range(3_000):
        marks = [random.randrange(101) for _ in range(random.randrange(1, len(SCORED)))]
        mean = exactly(Fraction(sum(marks), len(marks)))
        [step] = [
            s for s in judge(CIRCULAR_58, results(marks)).steps if s.code == "grading.mean_of_all"
        ]
        assert step.params["average"] == f"{mean // 10},{mean % 10}"
        assert year_mean(marks) == exactly(Fraction(10 * sum(marks), len(marks)))


SEMESTERS = {
    "two regular marks, all the same": ([80, 80], 80, 80, 80),
    "7,45 is a tie and goes up": ([80, 75, 71], 65, 80, 75),
    "7,25 is a tie that round() sends down": ([70, 70, 70], 80, 70, 73),
    "the final counts three times": ([0, 0], 0, 100, 43),
    "four regular marks": ([95, 100, 90, 85], 95, 90, 92),
}


@pytest.mark.parametrize(("tx", "gk", "ck", "average"), SEMESTERS.values(), ids=SEMESTERS.keys())
def test_semester_averages_worked_by_hand(tx: list[int], gk: int, ck: int, average: int) -> None:
    assert semester_average(CIRCULAR_22, tx, [gk], ck) == average


COUNTS: dict[str, tuple[RuleSet, int, int, str]] = {
    "22: one regular mark": (CIRCULAR_22, 1, 1, "2–4"),
    "22: five regular marks": (CIRCULAR_22, 5, 1, "2–4"),
    "22: no midterm": (CIRCULAR_22, 2, 0, "1"),
    "22: two midterms": (CIRCULAR_22, 2, 2, "1"),
    "26: five regular marks": (CIRCULAR_26, 5, 1, "2–4"),
    "58: one regular mark": (CIRCULAR_58, 1, 1, "≥ 2"),
    "58: no periodic mark": (CIRCULAR_58, 2, 0, "≥ 1"),
}


@pytest.mark.parametrize(
    ("rules", "regular", "periodic", "expected"), COUNTS.values(), ids=COUNTS.keys()
)
def test_a_semester_needs_its_marks(
    rules: RuleSet, regular: int, periodic: int, expected: str
) -> None:
    with pytest.raises(FormatError) as refused:
        semester_average(rules, [80] * regular, [80] * periodic, 80)
    assert (refused.value.code, refused.value.params["expected"]) == ("mark.count", expected)


@pytest.mark.parametrize("mark", [-1, 101, 850])
def test_a_mark_off_the_scale_is_refused(mark: int) -> None:
    for marks in (([mark, 80], [80], 80), ([80, 80], [mark], 80), ([80, 80], [80], mark)):
        with pytest.raises(FormatError) as refused:
            semester_average(CIRCULAR_22, *marks)
        assert refused.value.code == "mark.invalid"


@pytest.mark.parametrize(
    ("periods", "marks"), [(35, 2), (36, 3), (52, 3), (70, 3), (71, 4), (140, 4)]
)
def test_how_many_regular_marks_a_subject_has(periods: int, marks: int) -> None:
    assert regular_marks(periods) == marks


def test_what_is_not_made_up_counts_nought() -> None:
    assert not_made_up([80, None, 0]) == [80, 0, 0]


def test_a_comment_subject_has_the_result_of_its_second_semester() -> None:
    assert [year_rating("Đ"), year_rating("CĐ")] == ["Đ", "CĐ"]
    with pytest.raises(FormatError) as refused:
        year_rating("Ð")  # the Icelandic letter
    assert refused.value.code == "rating.invalid"


def test_the_steps_show_the_whole_computation() -> None:
    assert [dict(step.params) for step in semester_steps(CIRCULAR_22, [80, 75, 71], [65], 80)] == [
        {"regular": "8,0 + 7,5 + 7,1", "periodic": "2 × 6,5", "final": "8,0", "total": "59,6"},
        {"total": "59,6", "weights": 8, "average": "7,5"},
    ]
    assert [dict(step.params) for step in year_steps(70, 80)] == [
        {"first": "7,0", "second": "8,0", "average": "7,7"}
    ]
