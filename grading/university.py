"""University marks, for import only: letter, four-point and class of a ten-point mark.

The example of Circular 08/2021/TT-BGDĐT that schools start from; institutions may have their own
table (B+, C+, other borders), which is then data of theirs in the same shape.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from grading.explaining import Source
from grading.marks import half_up

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
            note="read as one institution's table; others add B+, C+, D+ or other borders",
        ),
    ),
)  # fmt: skip


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
