"""What a circular on lower and upper secondary pupils settles, as data.

The numbers of a circular stand in its own module (`grading.circular22`, `grading.circular58`),
what is done with them in `grading.averages`, `grading.levels` and `grading.promotion`. Marks are
integers in tenths; levels are listed from the best down.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from credential.errors import FormatError
from grading.explaining import Source


class Rating(StrEnum):
    """The result of a subject assessed by comments only."""

    PASSED = "Đ"
    NOT_PASSED = "CĐ"


@dataclass(frozen=True, slots=True)
class Bar:
    """What a level of study asks for; None where it asks for nothing of the kind.

    No scored subject below `lowest`; at least `RuleSet.counted` subjects at `high`; the mean of
    all of them at `mean`; one of `RuleSet.leading` at `leading`, and the specialised subject of a
    specialised class too; at most `failed` comment-only subjects not passed.
    """

    level: StrEnum
    lowest: int
    high: int | None = None
    mean: int | None = None
    leading: int | None = None
    failed: int | None = None


@dataclass(frozen=True, slots=True)
class Title:
    """A title at the end of a year: the levels that it asks for, and the subjects at `high`."""

    name: str
    study: StrEnum
    conduct: StrEnum
    high: int | None = None


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules of one circular.

    `regular` and `periodic` are the least and the greatest count of marks with weight 1 and 2 in
    a semester; None: no greatest. `bars` are the levels above the lowest, which asks for nothing.
    `raised` are the levels that one single subject is not to cost more than one step.
    `conduct_year` gives the year's conduct by that of semester II and I, or is None where teachers
    judge the year as a whole. `passing` are the levels of study and conduct that promote; a pupil
    with the level `hopeless` sits no examination again; `both` says whether a pupil may mend study
    and conduct in the same summer.
    """

    circular: str
    study: tuple[StrEnum, ...]
    conduct: tuple[StrEnum, ...]
    regular: tuple[int, int | None]
    periodic: tuple[int, int | None]
    bars: tuple[Bar, ...]
    raised: tuple[StrEnum, ...]
    conduct_year: Mapping[StrEnum, tuple[StrEnum, ...]] | None
    passing: tuple[StrEnum, StrEnum]
    hopeless: StrEnum | None
    both: bool
    titles: tuple[Title, ...]
    sources: tuple[Source, ...]
    counted: int = 6
    leading: tuple[str, ...] = ()
    absences: int = 45  # sessions (buổi) that a promoted pupil may have missed at most
    retaken_below: int = 50  # a year average under it may be examined again

    @property
    def lowest(self) -> StrEnum:
        """The level of those who meet no bar."""
        return self.study[-1]

    def level(self, printed: str) -> StrEnum:
        """The level of study that is printed so. Raises FormatError ``choice.invalid``."""
        return _found(self.study, printed)

    def conduct_level(self, printed: str) -> StrEnum:
        """The level of conduct that is printed so. Raises FormatError ``choice.invalid``."""
        return _found(self.conduct, printed)


def _found(levels: tuple[StrEnum, ...], printed: str) -> StrEnum:
    for level in levels:
        if level == printed:
            return level
    raise FormatError("choice.invalid", found=printed, expected=", ".join(levels))
