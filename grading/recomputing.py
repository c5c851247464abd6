"""What follows from the rules for a transcript, against what it says.

Used at intake and at verification alike. A difference proves no forgery: a school may have judged
by a decision that the transcript does not carry (a summer examination, a specialised class, a
pupil with a disability). So it is named, and decides nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from credential.errors import SogocError
from credential.model import TERMS, CourseResult, TermOutcome, latest
from grading import primary
from grading.averages import year_average, year_rating
from grading.circular22 import CIRCULAR_22
from grading.explaining import Remark
from grading.levels import level_of
from grading.marks import format_tenths
from grading.promotion import PRINTED, Outcome, conduct_year, promote, title
from grading.rules import primary_rules_for, rules_for
from grading.ruleset import RuleSet
from grading.subjects import LAST_PRIMARY, is_whole_programme


@dataclass(frozen=True, slots=True)
class Said:
    """What a transcript says, as far as it is shown: results, outcomes of terms, of the year.

    `complete` says whether `results` are all that there are; None: judge by the subjects of the
    programme.
    """

    grade: int
    school_year: str
    results: Sequence[CourseResult]
    outcomes: Sequence[TermOutcome] = ()
    title: str | None = None
    promotion: str | None = None
    complete: bool | None = None


@dataclass(frozen=True, slots=True)
class Recomputation:
    """What came of recomputing a transcript.

    `differences` have `found` and `expected`, those of a subject `subject`, those of a semester
    `term`. `compared` counts the year results that two semesters led to. `level` says whether the
    last level of study was recomputed too: only of results that are all there.
    """

    circular: str
    compared: int
    level: bool
    differences: tuple[Remark, ...]


def recompute(said: Said) -> Recomputation:
    """Recompute every year result, the levels of study, the year's conduct, title and promotion.

    A half year's transcript has its semester's results and level. Of a primary pupil what the
    subjects leave open bounds the result, since qualities and competences are not among them.
    Raises RefusedError ``rules.not_covered``, FormatError ``school_year.invalid``,
    ``rating.invalid``, ``mark.whole``.
    """
    if said.grade <= LAST_PRIMARY:
        return _of_primary(said)
    rules = rules_for(said.school_year, said.grade)
    known = [row for row in said.results if (row.mark is None) != (row.rating is None)]
    rows = {(row.subject, row.term): row for row in known}
    triples = [
        tuple(rows[subject, term] for term in TERMS)
        for subject in dict.fromkeys(row.subject for row in known)
        if all((subject, term) in rows for term in TERMS)
    ]
    differences = [remark for triple in triples if (remark := _of_subject(*triple))]
    whole = {
        each.term: _is_whole(said, rules, [row for row in known if row.term == each.term])
        for each in said.outcomes
    }
    for each in said.outcomes:
        if whole[each.term]:
            differences += _of_level(rules, said, each)
    if whole.get(TERMS[-1]):
        differences += _of_the_year(rules, said)
    last = latest(said.outcomes)
    level = last.study is not None and whole[last.term]
    return Recomputation(rules.circular, len(triples), level, tuple(differences))


def remarks(found: Recomputation) -> tuple[Remark, ...]:
    """What to tell about a recomputation: each difference, or that there is none."""
    shared = {"count": found.compared, "circular": found.circular}
    if found.differences:
        return found.differences
    if found.level:
        return (Remark("recomputed.agrees" if found.compared else "recomputed.level", shared),)
    return (Remark("recomputed.averages_agree", shared),) if found.compared else ()


def remarks_on(said: Said) -> tuple[Remark, ...]:
    """As `remarks`; that no rules are known is a remark too."""
    try:
        return remarks(recompute(said))
    except SogocError as error:
        return (Remark(error.code, error.params),)


def _of_subject(first: CourseResult, second: CourseResult, year: CourseResult) -> Remark | None:
    if first.mark is not None and second.mark is not None and year.mark is not None:
        expected = year_average(first.mark, second.mark)
        if year.mark != expected:
            marks = {"found": format_tenths(year.mark), "expected": format_tenths(expected)}
            return Remark("mark.year_average", {"subject": year.name, **marks})
    elif second.rating is not None and year.rating is not None:
        rating = year_rating(second.rating)
        if year.rating != rating:
            found = {"found": year.rating, "expected": str(rating)}
            return Remark("rating.year", {"subject": year.name, **found})
    return None


def _is_whole(said: Said, rules: RuleSet, rows: Sequence[CourseResult]) -> bool:
    """Whether these are all results of their term."""
    if said.complete is not None:
        return said.complete and bool(rows)
    keys = {row.subject for row in rows}
    return rules is CIRCULAR_22 and is_whole_programme(said.grade, keys)


def _of_level(rules: RuleSet, said: Said, outcome: TermOutcome) -> Iterator[Remark]:
    rows = [row for row in said.results if row.term == outcome.term]
    expected = level_of(rules, rows)
    if outcome.study is None or outcome.study == expected:
        return
    found = {"found": outcome.study, "expected": str(expected)}
    if outcome == latest(said.outcomes):
        yield Remark("study.differs", found)
    else:
        yield Remark("study.term_differs", {"term": outcome.term, **found})


def _of_the_year(rules: RuleSet, said: Said) -> Iterator[Remark]:
    """Conduct of the year by its semesters'; title and promotion by the levels as they are said.

    An examination in summer may stand behind a promotion, so only what leaves none open counts.
    """
    by_term = {each.term: each for each in said.outcomes}
    year = by_term[TERMS[-1]]
    halves = [by_term[term].conduct for term in TERMS[:2] if term in by_term]
    if any(each not in list(rules.conduct) for each in (year.conduct, *halves)):
        return
    study, behaviour = year.study, rules.conduct_level(str(year.conduct))
    if len(halves) == 2:
        judged = conduct_year(rules, *(rules.conduct_level(str(each)) for each in halves))
        if judged and judged != behaviour:
            found = {"found": str(behaviour), "expected": str(judged)}
            yield Remark("conduct.differs", found)
    if study in list(rules.study):
        yield from _of_outcome(rules, said, rules.level(str(study)), behaviour, year.absences)


def _of_outcome(
    rules: RuleSet, said: Said, study: StrEnum, conduct: StrEnum, absences: int | None
) -> Iterator[Remark]:
    rows = [row for row in said.results if row.term == TERMS[-1]]
    earned = title(rules, study, conduct, rows)
    if said.title is not None and said.title != earned:
        yield Remark("title.differs", {"found": said.title, "expected": earned or "–"})
    if said.promotion is not None and absences is not None:
        outcome = promote(rules, study, conduct, absences).outcome
        if outcome is not Outcome.SUMMER and PRINTED[outcome] != said.promotion:
            found = {"found": said.promotion, "expected": PRINTED[outcome]}
            yield Remark("promotion.differs", found)


def _of_primary(said: Said) -> Recomputation:
    rules = primary_rules_for(said.school_year, said.grade)
    last = latest(said.outcomes)
    rows = [row for row in said.results if row.term == last.term and row.rating is not None]
    differences = []
    if rows and last.study in list(primary.Overall):
        best = primary.best(rules, rows)
        levels = list(primary.Overall)
        if levels.index(primary.Overall(last.study)) < levels.index(best):
            found = {"found": last.study, "expected": str(best)}
            differences.append(Remark("study.better", found))
    return Recomputation(rules.circular, 0, False, tuple(differences))
