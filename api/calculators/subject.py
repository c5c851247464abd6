"""One subject: its semester averages and the year's, or what is missing for them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from api.calculators.models import Result, SubjectModel
from api.calculators.results import result
from api.calculators.typed import Typed
from grading.averages import (
    final_needed,
    semester_average,
    semester_steps,
    year_average,
    year_steps,
)
from grading.explaining import Remark, citations
from grading.marks import format_tenths
from grading.rules import rules_for
from grading.ruleset import RuleSet

_AIMS = (80, 65, 50)  # tenths: averages that levels of study ask for
_NAMES = ("calculate.semester_1", "calculate.semester_2")


@dataclass(frozen=True, slots=True)
class _Semester:
    regular: Sequence[int]
    periodic: Sequence[int]
    final: int | None


def calculate(asked: SubjectModel) -> list[Result]:
    """The results. Raises InputError with every fault, RefusedError ``rules.not_covered``."""
    rules = rules_for(asked.school_year, asked.grade)
    typed = Typed()
    semesters = []
    for place, given in enumerate(asked.semesters):
        at = f"semesters.{place}"
        regular = typed.marks(given.regular, f"{at}.regular")
        periodic = typed.marks(given.periodic, f"{at}.periodic")
        _not_too_many(typed, regular, rules.regular[1], f"{at}.regular")
        _not_too_many(typed, periodic, rules.periodic[1], f"{at}.periodic")
        semesters.append(_Semester(regular, periodic, typed.mark(given.final, f"{at}.final")))
    typed.refuse()
    averages = [_average(rules, each) for each in semesters]
    return [
        *(_of_semester(rules, place, each) for place, each in enumerate(semesters)),
        *([_of_year(rules, averages)] if len(semesters) > 1 else []),
    ]


def _not_too_many(typed: Typed, marks: Sequence[int], most: int | None, at: str) -> None:
    if most is not None and len(marks) > most:
        typed.fault("mark.count", at, found=len(marks), expected=f"≤ {most}")


def _missing(rules: RuleSet, given: _Semester) -> Iterator[Remark]:
    for name, marks, least in (
        ("regular", given.regular, rules.regular[0]),
        ("periodic", given.periodic, rules.periodic[0]),
    ):
        if len(marks) < least:
            yield Remark(f"calculate.lacks_{name}", {"found": len(marks), "least": least})
    if given.final is None:
        yield Remark("calculate.lacks_final")


def _average(rules: RuleSet, given: _Semester) -> int | None:
    if given.final is None or any(_missing(rules, given)):
        return None
    return semester_average(rules, given.regular, given.periodic, given.final)


def _of_semester(rules: RuleSet, place: int, given: _Semester) -> Result:
    average = _average(rules, given)
    missing = tuple(_missing(rules, given))
    only_final = [each.code for each in missing] == ["calculate.lacks_final"]
    steps: tuple[Remark, ...] = ()
    if given.final is not None and average is not None:
        steps = semester_steps(rules, given.regular, given.periodic, given.final)
    return result(
        "average",
        Remark(_NAMES[place]),
        None if average is None else format_tenths(average),
        at=f"semesters.{place}",
        steps=steps,
        missing=missing,
        following=_aims(rules, given) if only_final else (),
        sources=citations(rules.sources, "average"),
    )


def _aims(rules: RuleSet, given: _Semester) -> Iterator[Remark]:
    """Which final mark would be needed, for someone who has yet to sit the examination."""
    for aim in _AIMS:
        needed = final_needed(rules, given.regular, given.periodic, aim)
        average = format_tenths(aim)
        if needed is None:
            yield Remark("calculate.out_of_reach", {"average": average})
        else:
            yield Remark("calculate.final_needed", {
                "average": average, "needed": format_tenths(needed),
            })  # fmt: skip


def _of_year(rules: RuleSet, averages: Sequence[int | None]) -> Result:
    first, second = averages
    label, sources = Remark("calculate.year"), citations(rules.sources, "average")
    if first is None or second is None:
        lacking = [
            Remark(f"calculate.lacks_semester_{number}")
            for number, average in enumerate(averages, 1)
            if average is None
        ]
        return result("average", label, None, missing=lacking, sources=sources)
    value, steps = format_tenths(year_average(first, second)), year_steps(first, second)
    return result("average", label, value, steps=steps, sources=sources)
