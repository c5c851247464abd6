"""Circular 27/2020/TT-BGDĐT: primary pupils.

Subjects are T, H or C, qualities and competences T, Đ or C; end-of-year tests of some subjects
have whole marks from 1 to 10. When it applies is left to `grading.rules`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from credential.errors import FormatError
from credential.model import CourseResult
from grading.explaining import Remark, Source
from grading.marks import format_tenths

CIRCULAR = "27/2020/TT-BGDĐT"


class Completion(StrEnum):
    """The result of a subject or activity (art. 7 cl. 1)."""

    WELL = "T"  # Hoàn thành tốt
    COMPLETED = "H"  # Hoàn thành
    NOT_COMPLETED = "C"  # Chưa hoàn thành


class Trait(StrEnum):
    """The result of a quality or competence (art. 8)."""

    GOOD = "T"  # Tốt
    PASSED = "Đ"  # Đạt
    NEEDS_EFFORT = "C"  # Cần cố gắng


class Overall(StrEnum):
    """The year's educational result (art. 9 cl. 2), as papers print it."""

    EXCELLENT = "Hoàn thành xuất sắc"
    GOOD = "Hoàn thành tốt"
    COMPLETED = "Hoàn thành"
    NOT_COMPLETED = "Chưa hoàn thành"


@dataclass(frozen=True, slots=True)
class Bar:
    """What a level asks for: none worse than `subject` and `trait`, no test under `test`."""

    level: Overall
    subject: Completion
    trait: Trait
    test: int


@dataclass(frozen=True, slots=True)
class PrimaryRules:
    """The rules of the circular; `bars` from the best level down, the lowest asks for nothing."""

    circular: str
    bars: tuple[Bar, ...]
    titles: Mapping[Overall, str]
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class PrimaryJudgement:
    """The year's result with what keeps it from the `above` level (empty at the best).

    `title` is the one that follows from the result alone; "Học sinh Tiêu biểu" also needs the
    class's word and is never computed. `promoted` is None where the school examines further.
    """

    level: Overall
    above: Overall | None
    missing: tuple[Remark, ...]
    title: str | None
    promoted: bool | None


CIRCULAR_27 = PrimaryRules(
    circular=CIRCULAR,
    bars=(
        Bar(Overall.EXCELLENT, Completion.WELL, Trait.GOOD, 9),
        Bar(Overall.GOOD, Completion.WELL, Trait.GOOD, 7),
        Bar(Overall.COMPLETED, Completion.COMPLETED, Trait.PASSED, 5),
    ),
    titles={Overall.EXCELLENT: "Học sinh Xuất sắc"},
    sources=(
        Source(CIRCULAR, "2", "the school years from which it holds"),
        Source(
            CIRCULAR, "7.1–2", "T, H, C for subjects; whole test marks from 1 to 10",
            verified=False, note="from the ministry's Excel columns, the article was not read",
        ),
        Source(
            CIRCULAR, "8", "T, Đ, C for qualities and competences",
            verified=False, note="from the ministry's Excel columns, the article was not read",
        ),
        Source(CIRCULAR, "9.2", "Hoàn thành xuất sắc, Hoàn thành tốt"),
        Source(
            CIRCULAR, "9.2", "Hoàn thành: every test at least 5",
            verified=False, note="from memory: only the first two levels were read",
        ),
        Source(CIRCULAR, "11.1", "who completes the grade"),
        Source(CIRCULAR, "13.1", "titles"),
    ),
)  # fmt: skip


def judge(
    rules: PrimaryRules,
    subjects: Mapping[str, Completion],
    traits: Mapping[str, Trait],
    tests: Mapping[str, int],
) -> PrimaryJudgement:
    """The year's result; every mapping is by printed name, tests are whole marks.

    Raises FormatError ``mark.whole`` (found) for a test mark outside 1–10.
    """
    for mark in tests.values():
        if not 1 <= mark <= 10:
            raise FormatError("mark.whole", found=mark)
    lacking = {bar.level: tuple(_lacking(bar, subjects, traits, tests)) for bar in rules.bars}
    level = next((each for each in lacking if not lacking[each]), Overall.NOT_COMPLETED)
    levels = tuple(Overall)
    above = levels[levels.index(level) - 1] if level != levels[0] else None
    return PrimaryJudgement(
        level=level,
        above=above,
        missing=lacking[above] if above else (),
        title=rules.titles.get(level),
        promoted=True if level is not Overall.NOT_COMPLETED else None,
    )


def best(rules: PrimaryRules, results: Sequence[CourseResult]) -> Overall:
    """The best result that the subjects leave open; what bounds it further they do not tell.

    `results` have a rating and, where there was a test, its mark in tenths. Raises FormatError
    ``rating.invalid`` and ``mark.whole``.
    """
    subjects = {row.name: _completion(row.rating) for row in results}
    tests = {row.name: _whole(row.mark) for row in results if row.mark is not None}
    return judge(rules, subjects, {}, tests).level


def _completion(rating: str | None) -> Completion:
    if rating not in list(Completion):
        raise FormatError("rating.invalid", found=rating, expected=", ".join(Completion))
    return Completion(rating)


def _whole(mark: int) -> int:
    if mark % 10:
        raise FormatError("mark.whole", found=format_tenths(mark))
    return mark // 10


def _lacking(
    bar: Bar,
    subjects: Mapping[str, Completion],
    traits: Mapping[str, Trait],
    tests: Mapping[str, int],
) -> Iterator[Remark]:
    for name, completion in subjects.items():
        if _worse(completion, bar.subject):
            yield Remark("grading.primary_subject", {
                "subject": name, "found": str(completion), "needed": str(bar.subject),
            })  # fmt: skip
    for name, trait in traits.items():
        if _worse(trait, bar.trait):
            yield Remark("grading.primary_trait", {
                "subject": name, "found": str(trait), "needed": str(bar.trait),
            })  # fmt: skip
    for name, mark in tests.items():
        if mark < bar.test:
            yield Remark("grading.primary_test", {
                "subject": name, "found": mark, "needed": bar.test,
            })  # fmt: skip


def _worse(found: StrEnum, wanted: StrEnum) -> bool:
    order = tuple(type(wanted))
    return order.index(found) > order.index(wanted)
