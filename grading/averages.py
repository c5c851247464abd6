"""Averages of a subject, in tenths, and what a missing mark does.

Circular 22/2021 art. 9 cl. 1; Circular 58/2011 art. 10 with 26/2020. The weights are the same
in all of them; how many marks a semester has is the rule set's.
"""

from collections.abc import Sequence

from credential.errors import FormatError
from grading.explaining import Remark
from grading.marks import HIGHEST, format_tenths, half_up
from grading.ruleset import Rating, RuleSet


def semester_average(
    rules: RuleSet, regular: Sequence[int], periodic: Sequence[int], final: int
) -> int:
    """Semester average of a subject (ĐTBmhk), all in tenths.

    (sum of `regular` + 2 · sum of `periodic` + 3 · `final`) / (how many + 2 · how many + 3); by
    Circular 22/2021 `periodic` is the one midterm. Raises FormatError ``mark.count`` (found,
    expected) unless there are as many marks as the rules ask for, ``mark.invalid`` off the scale.
    """
    for marks, limits in ((regular, rules.regular), (periodic, rules.periodic)):
        _count(len(marks), limits)
    for mark in (*regular, *periodic, final):
        if not 0 <= mark <= HIGHEST:
            raise FormatError("mark.invalid", found=str(mark), expected="0–10")
    return half_up(
        sum(regular) + 2 * sum(periodic) + 3 * final, len(regular) + 2 * len(periodic) + 3
    )


def semester_steps(
    rules: RuleSet, regular: Sequence[int], periodic: Sequence[int], final: int
) -> tuple[Remark, ...]:
    """How `semester_average` comes to its result, line by line. Raises the same."""
    average = semester_average(rules, regular, periodic, final)
    total = sum(regular) + 2 * sum(periodic) + 3 * final
    weights = len(regular) + 2 * len(periodic) + 3
    return (
        Remark("grading.sum", {
            "regular": " + ".join(map(format_tenths, regular)),
            "periodic": " + ".join(f"2 × {format_tenths(mark)}" for mark in periodic),
            "final": format_tenths(final), "total": format_tenths(total),
        }),
        Remark("grading.divided", {
            "total": format_tenths(total), "weights": weights, "average": format_tenths(average),
        }),
    )  # fmt: skip


def final_needed(
    rules: RuleSet, regular: Sequence[int], periodic: Sequence[int], average: int
) -> int | None:
    """The lowest final mark with which the semester comes to `average`; None: no mark does.

    Raises as `semester_average` does.
    """
    marks = range(HIGHEST + 1)
    reached = (m for m in marks if semester_average(rules, regular, periodic, m) >= average)
    return next(reached, None)


def year_average(first: int, second: int) -> int:
    """Year average of a subject (ĐTBmcn) in tenths: (semester I + 2 · semester II) / 3."""
    return half_up(first + 2 * second, 3)


def year_steps(first: int, second: int) -> tuple[Remark, ...]:
    """How `year_average` comes to its result."""
    average = format_tenths(year_average(first, second))
    marks = {"first": format_tenths(first), "second": format_tenths(second)}
    return (Remark("grading.year", {**marks, "average": average}),)


def year_rating(second: str) -> Rating:
    """Year result of a comment-only subject: that of semester II.

    Raises FormatError ``rating.invalid`` (found, expected) for anything but ``Đ`` and ``CĐ``.
    """
    try:
        return Rating(second)
    except ValueError as error:
        raise FormatError("rating.invalid", found=second, expected="Đ, CĐ") from error


def regular_marks(periods: int) -> int:
    """How many regular marks a subject with so many periods a year has in a semester.

    Circular 22/2021 art. 6 cl. 2 pt. b: up to 35 two, up to 70 three, more four.
    """
    return 2 if periods <= 35 else 3 if periods <= 70 else 4


def not_made_up(marks: Sequence[int | None]) -> list[int]:
    """Marks with 0 for each assessment that was missed and not made up (Circular 22/2021 art. 7).

    Only the school knows whether a mark may still be made up; until then there is no average.
    """
    return [0 if mark is None else mark for mark in marks]


def _count(found: int, limits: tuple[int, int | None]) -> None:
    least, most = limits
    if found < least or (most is not None and found > most):
        expected = (
            f"≥ {least}" if most is None else str(least) if least == most else f"{least}–{most}"
        )
        raise FormatError("mark.count", found=found, expected=expected)
