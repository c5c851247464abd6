"""The level of study of a semester or a year, and why it is that one.

Circular 22/2021 art. 9 cl. 2 and 3, Circular 58/2011 art. 13: the same reasoning over different
bars (`grading.ruleset.Bar`). Exempted subjects are simply not among the results.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from credential.model import CourseResult
from grading.averages import year_rating
from grading.explaining import Remark
from grading.marks import HIGHEST, format_tenths, half_up
from grading.ruleset import Bar, Rating, RuleSet


@dataclass(frozen=True, slots=True)
class Judgement:
    """A level of study that explains itself.

    `decided_by` are the subjects, by printed name, that keep it from the `above` level, and
    `missing` says what that level still asks for (both empty at the best level). `raised_by` is
    the subject that alone had lowered it, where the circular therefore raised it by one. `steps`
    go from the best level down to the one reached.
    """

    level: StrEnum
    above: StrEnum | None
    decided_by: tuple[str, ...]
    missing: tuple[Remark, ...]
    raised_by: str
    steps: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class _Term:
    """Results of one term by subject key; `mean` stays even when one mark is imagined better."""

    names: dict[str, str]
    marks: dict[str, int]
    failed: tuple[str, ...]
    mean: int
    specialised: str | None


@dataclass(frozen=True, slots=True)
class _Shortfall:
    """What a level asks for in vain, and the subjects (keys) that it hangs on."""

    remark: Remark
    subjects: tuple[str, ...]


def judge(
    rules: RuleSet, results: Sequence[CourseResult], specialised: str | None = None
) -> Judgement:
    """The level of study that follows from the results of one term (each subject once).

    `specialised` is the key of the specialised subject (môn chuyên) for a pupil of a specialised
    class. Raises FormatError ``rating.invalid``.
    """
    term = _term(results, specialised)
    plain, culprit, level = _settled(rules, term)
    above, lacking = None, []
    if level != rules.study[0]:
        above = rules.study[rules.study.index(level) - 1]
        lacking = list(_shortfalls(rules, rules.bars[rules.study.index(above)], term))
    subjects = dict.fromkeys(key for shortfall in lacking for key in shortfall.subjects)
    return Judgement(
        level=level,
        above=above,
        decided_by=tuple(term.names[key] for key in subjects),
        missing=tuple(shortfall.remark for shortfall in lacking),
        raised_by=term.names[culprit] if culprit else "",
        steps=tuple(_steps(rules, term, plain, level, culprit)),
    )


def level_of(
    rules: RuleSet, results: Sequence[CourseResult], specialised: str | None = None
) -> StrEnum:
    """The level alone, as `judge`, without what explains it: for whole schools at a time."""
    return _settled(rules, _term(results, specialised))[2]


def _settled(rules: RuleSet, term: _Term) -> tuple[StrEnum, str, StrEnum]:
    """The level by the bars, the subject that raises it (or ""), and the level then."""
    plain = _level(rules, term)
    culprit = _culprit(rules, term, plain)
    return plain, culprit, rules.study[rules.study.index(plain) - 1] if culprit else plain


def _term(results: Sequence[CourseResult], specialised: str | None) -> _Term:
    marks = {result.subject: result.mark for result in results if result.mark is not None}
    failed = tuple(
        result.subject
        for result in results
        if result.rating is not None and year_rating(result.rating) is Rating.NOT_PASSED
    )
    return _Term(
        names={result.subject: result.name for result in results},
        marks=marks,
        failed=failed,
        mean=half_up(sum(marks.values()), len(marks)) if marks else 0,
        specialised=specialised if specialised in marks else None,
    )


def _level(rules: RuleSet, term: _Term) -> StrEnum:
    for bar in rules.bars:
        if next(_shortfalls(rules, bar, term), None) is None:
            return bar.level
    return rules.lowest


def _culprit(rules: RuleSet, term: _Term, level: StrEnum) -> str:
    """The subject that alone costs two levels or more below one of `RuleSet.raised`, or ""."""
    place = rules.study.index(level)
    if place < 2:
        return ""
    for key in (*sorted(term.marks, key=term.marks.__getitem__), *term.failed):
        mended = replace(
            term,
            marks=term.marks | {key: HIGHEST} if key in term.marks else term.marks,
            failed=tuple(each for each in term.failed if each != key),
        )
        better = _level(rules, mended)
        if better in rules.raised and place - rules.study.index(better) >= 2:
            return key
    return ""


def _shortfalls(rules: RuleSet, bar: Bar, term: _Term) -> Iterator[_Shortfall]:
    """What the bar asks for and the term does not have."""
    yield from _of_comments(bar, term)
    for key, mark in term.marks.items():
        if mark < bar.lowest:
            yield _lacking("grading.below", term, key, bar.lowest)
    if bar.high is not None:
        yield from _of_count(rules, bar.high, term)
    if bar.mean is not None and term.mean < bar.mean:
        under = tuple(key for key, mark in term.marks.items() if mark < bar.mean)
        params = {"found": format_tenths(term.mean), "needed": format_tenths(bar.mean)}
        yield _Shortfall(Remark("grading.mean", params), under)
    if bar.leading is not None:
        yield from _of_leading(rules, bar.leading, term)


def _of_comments(bar: Bar, term: _Term) -> Iterator[_Shortfall]:
    if bar.failed is not None and len(term.failed) > bar.failed:
        names = [term.names[key] for key in term.failed]
        params = {"subjects": names, "limit": bar.failed}
        yield _Shortfall(Remark("grading.comments", params), term.failed)


def _of_count(rules: RuleSet, high: int, term: _Term) -> Iterator[_Shortfall]:
    """Too few subjects at the higher mark: it hangs on those that come nearest."""
    best_first = sorted(term.marks, key=term.marks.__getitem__, reverse=True)
    under = [key for key in best_first if term.marks[key] < high]
    reached = len(term.marks) - len(under)
    if len(term.marks) < rules.counted:
        params = {"count": len(term.marks), "wanted": rules.counted, "needed": format_tenths(high)}
        yield _Shortfall(Remark("grading.few", params), tuple(under))
    elif reached < rules.counted:
        nearest = tuple(under[: rules.counted - reached])
        names = [term.names[key] for key in nearest]
        params = {"count": reached, "wanted": rules.counted, "needed": format_tenths(high)}
        yield _Shortfall(Remark("grading.count", {**params, "subjects": names}), nearest)


def _of_leading(rules: RuleSet, needed: int, term: _Term) -> Iterator[_Shortfall]:
    leading = [key for key in rules.leading if key in term.marks]
    if leading and max(term.marks[key] for key in leading) < needed:
        names = [term.names[key] for key in leading]
        params = {"subjects": names, "needed": format_tenths(needed)}
        yield _Shortfall(Remark("grading.leading", params), tuple(leading))
    if term.specialised and term.marks[term.specialised] < needed:
        yield _lacking("grading.specialised", term, term.specialised, needed)


def _lacking(code: str, term: _Term, key: str, needed: int) -> _Shortfall:
    marks = {"found": format_tenths(term.marks[key]), "needed": format_tenths(needed)}
    return _Shortfall(Remark(code, {"subject": term.names[key], **marks}), (key,))


def _steps(
    rules: RuleSet, term: _Term, plain: StrEnum, level: StrEnum, culprit: str
) -> Iterator[Remark]:
    if rules.bars[0].mean is not None:
        params = {"count": len(term.marks), "average": format_tenths(term.mean)}
        yield Remark("grading.mean_of_all", params)
    for bar in rules.bars:
        if bar.level == plain:
            break
        yield Remark("grading.not_level", {"level": str(bar.level)})
        yield from (shortfall.remark for shortfall in _shortfalls(rules, bar, term))
    yield Remark("grading.level", {"level": str(plain), "circular": rules.circular})
    if culprit:
        yield Remark("grading.raised", {"subject": term.names[culprit], "level": str(level)})
