"""Marks within one file: what does not follow by the rules, and what is alike beyond chance.

Nothing here proves anything (`docs/decisions/0018`): a summer examination, a decision or one hard
test may stand behind it.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from credential.errors import SogocError
from grading.marks import format_tenths
from issuer.checking.findings import Anomaly
from issuer.intake.rows import ResultsRow
from issuer.intake.score_sheet import TERMS, remarks_of
from issuer.order import school_year

_CLASS = 10  # pupils, from whom on one mark for all is told
_MARKS = 15  # of two pupils, from which on all the same is told


def anomalies(rows: Sequence[ResultsRow], year: int) -> Iterator[Anomaly]:
    """What is odd in the results of a school year that ends in `year`."""
    for row in rows:
        yield from _against_rules(row, year)
    yield from _one_mark_for_all(rows)
    yield from _twins(rows)


def _against_rules(row: ResultsRow, year: int) -> Iterator[Anomaly]:
    try:
        for column, remark in remarks_of(row, school_year(year)):
            yield Anomaly(remark.code, row.row, column, remark.params)
    except SogocError as error:  # no rules are known for that year: said once a row
        yield Anomaly(error.code, row.row, None, error.params)


def _one_mark_for_all(rows: Sequence[ResultsRow]) -> Iterator[Anomaly]:
    """A subject in which a whole class has one mark."""
    groups: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for row in rows:
        for result in row.results:
            if result.mark is not None:
                groups[row.class_name, result.name, result.term].append(result.mark)
    for (class_name, subject, term), marks in groups.items():
        if len(marks) >= _CLASS and len(set(marks)) == 1:
            found = {"class_name": class_name, "found": format_tenths(marks[0])}
            column = f"{subject} {TERMS[term]}"
            yield Anomaly("check.all_alike", None, column, {**found, "count": len(marks)})


def _twins(rows: Sequence[ResultsRow]) -> Iterator[Anomaly]:
    """Two pupils with all marks the same: perhaps a row that was copied."""
    first: dict[tuple[object, ...], int] = {}
    for row in rows:
        marks = tuple(
            (result.subject, result.term, result.mark)
            for result in row.results
            if result.mark is not None
        )
        if len(marks) >= _MARKS and first.setdefault(marks, row.row) != row.row:
            params = {"other_row": first[marks], "count": len(marks)}
            yield Anomaly("check.same_marks", row.row, None, params)
