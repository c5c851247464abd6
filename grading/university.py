"""University marks: letter and four-point value of a ten-point mark, average and class.

The example of Circular 08/2021/TT-BGDĐT that schools start from; institutions may have their own
table (B+, C+, other borders), which is then data of theirs in the same shape.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from credential.errors import FormatError
from grading.explaining import Remark, Source
from grading.marks import format_hundredths, format_tenths, half_up

_NAME = "08/2021/TT-BGDĐT"


@dataclass(frozen=True, slots=True)
class Step:
    """From `lowest` up (tenths of ten points) a mark is that `letter`, worth so many `points`."""

    lowest: int
    letter: str
    points: int  # tenths of four points


@dataclass(frozen=True, slots=True)
class Scale:
    """An institution's table, best first, with classes by cumulative average (hundredths of 4)."""

    circular: str
    steps: tuple[Step, ...]
    pass_only: int  # tenths: from here a mark of a subject without letter is P
    classes: tuple[tuple[int, str], ...]
    sources: tuple[Source, ...]


DEFAULT = Scale(
    circular=_NAME,
    steps=(
        Step(85, "A", 40), Step(70, "B", 30), Step(55, "C", 20), Step(40, "D", 10), Step(0, "F", 0),
    ),
    pass_only=50,
    classes=((360, "Xuất sắc"), (320, "Giỏi"), (250, "Khá"), (200, "Trung bình"), (100, "Yếu"),
             (0, "Kém")),
    sources=(
        Source(
            _NAME, "9, 10", "letters, four points, classes",
            verified=False,
            about="class",
            note="read as one institution's table; others add B+, C+, D+ or other borders",
        ),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Course:
    """A course by printed name: how many `credits`, and the mark in tenths of ten points."""

    name: str
    credits: int
    mark: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What follows from courses: the cumulative average (hundredths of four points), the class."""

    courses: tuple[tuple[Course, Step, Remark], ...]
    average: int
    name: str
    steps: tuple[Remark, ...]


def letter(scale: Scale, mark: int) -> Step:
    """The step that a mark in tenths stands on."""
    return next(step for step in scale.steps if mark >= step.lowest)


def cumulative(scale: Scale, marks: Sequence[tuple[int, int]]) -> int | None:
    """Average on four points in hundredths from (mark in tenths, credits); None without credits."""
    credits_ = sum(count for _, count in marks)
    if not credits_:
        return None
    points = sum(letter(scale, mark).points * count for mark, count in marks)
    return half_up(10 * points, credits_)


def class_of(scale: Scale, average: int) -> str:
    """The class of a cumulative average in hundredths of four points."""
    return next(name for lowest, name in scale.classes if average >= lowest)


def reckon(scale: Scale, courses: Sequence[Course]) -> Standing:
    """Each course's letter, the cumulative average and class, with steps.

    Every course counts, also one with F. Raises FormatError ``mark.count`` without credits.
    """
    average = cumulative(scale, [(each.mark, each.credits) for each in courses])
    if average is None:
        raise FormatError("mark.count", found=0, expected="≥ 1")
    graded = tuple((each, letter(scale, each.mark)) for each in courses)
    shown = " + ".join(f"{format_tenths(step.points)} × {each.credits}" for each, step in graded)
    whole = sum(each.credits for each in courses)
    lowest = next(least for least, _ in scale.classes if average >= least)
    return Standing(
        courses=tuple((each, step, _letter_step(each, step)) for each, step in graded),
        average=average,
        name=class_of(scale, average),
        steps=(
            Remark("grading.cumulative", {
                "sum": shown, "credits": whole, "average": format_hundredths(average),
            }),
            Remark("grading.degree_class", {
                "name": class_of(scale, average), "needed": format_hundredths(lowest),
            }),
        ),
    )  # fmt: skip


def _letter_step(course: Course, step: Step) -> Remark:
    return Remark("grading.letter", {
        "mark": format_tenths(course.mark), "lowest": format_tenths(step.lowest),
        "letter": step.letter, "points": format_tenths(step.points),
    })  # fmt: skip
