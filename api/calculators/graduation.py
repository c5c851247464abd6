"""The graduation score out of examination papers and school years."""

from collections.abc import Sequence

from api.calculators.models import GraduationModel, Result
from api.calculators.results import result
from api.calculators.typed import Typed
from grading.explaining import Remark, citations
from grading.graduation import GraduationRules, Score, rules_for, score, year_mean
from grading.marks import format_hundredths


def calculate(asked: GraduationModel) -> list[Result]:
    """The results. Raises InputError with every fault, RefusedError ``graduation.not_covered``."""
    rules = rules_for(asked.year)
    typed = Typed()
    papers = [typed.score(cell, f"exams.{place}") for place, cell in enumerate(asked.exams)]
    given = {10: asked.grade_10, 11: asked.grade_11, 12: asked.grade_12}
    steps: list[Remark] = []
    means = {grade: _mean(typed, rules, grade, given[grade], steps) for grade in rules.years}
    extra = typed.score(asked.extra, "extra") or 0
    priority = typed.priority(asked.priority, "priority")
    typed.refuse()
    exams = [paper for paper in papers if paper is not None]
    years = {grade: mean for grade, mean in means.items() if mean is not None}
    missing = [
        Remark("calculate.lacks_exam", {"number": place})
        for place, paper in enumerate(papers, 1)
        if paper is None
    ]
    if not papers:
        missing.append(Remark("calculate.lacks_exams"))
    missing += [
        Remark("calculate.lacks_grade", {"grade": grade}) for grade in means if grade not in years
    ]
    found = None if missing else score(rules, exams, years, extra, priority)
    return [_score(rules, found, steps, missing), *([_passing(rules, found)] if found else [])]


def _mean(
    typed: Typed, rules: GraduationRules, grade: int, cells: Sequence[str], steps: list[Remark]
) -> int | None:
    """A year's mean in hundredths: typed as it is, or of all averages that are typed."""
    at = f"grade_{grade}"
    filled = [cell for cell in cells if cell.strip()]
    if len(filled) <= 1:
        return typed.score(filled[0], at) if filled else None
    if not rules.of_averages:
        typed.fault("mark.count", at, found=len(filled), expected=1)
        return None
    averages = [typed.mark(cell, at) for cell in filled]
    if None in averages:
        return None
    mean = year_mean([each for each in averages if each is not None])
    params = {"grade": grade, "count": len(averages), "average": format_hundredths(mean)}
    steps.append(Remark("calculate.year_mean", params))
    return mean


def _score(
    rules: GraduationRules, found: Score | None, steps: list[Remark], missing: list[Remark]
) -> Result:
    return result(
        "graduation",
        Remark("calculate.score"),
        format_hundredths(found.score) if found else None,
        steps=(*steps, *found.steps) if found else steps,
        missing=missing,
        sources=citations(rules.sources, "graduation"),
    )


def _passing(rules: GraduationRules, found: Score) -> Result:
    """What the score means; the steps of a failing paper are among the score's."""
    limits = {
        "passing": format_hundredths(rules.passing), "failing": format_hundredths(rules.failing),
    }  # fmt: skip
    return result(
        "pass",
        Remark("calculate.pass"),
        "yes" if found.passed else "no",
        Remark("calculate.passed" if found.passed else "calculate.not_passed"),
        steps=(Remark("calculate.passing", limits),),
    )
