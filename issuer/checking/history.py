"""Marks against what was there before: the other semester, last year, the version that stands.

An average that leaps is told with what is usual in that class: the median of its pupils' changes.
Many changes after a term has ended are told with how many marks went up. It is all for a person to
look at. Averages are of the subjects that both sides have, in hundredths.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from credential import sdjwt
from credential.model import TERMS, CourseResult, CredentialType, Transcript
from credential.records import AwardLine, StandingAward
from grading.marks import format_hundredths, half_up
from issuer.checking.findings import Anomaly
from issuer.delivery import credential_of, sd_jwt_of
from issuer.intake.rows import ResultsRow
from issuer.order import Order, school_year
from issuer.ports import BatchStore, RegistryDesk

_LEAP, _CLASS_LEAP = 150, 80  # hundredths of a point
_USUAL = 10  # pupils, from whom on a class has a usual change
_SUBJECTS = 4  # at least, for an average to be one
_MANY, _SHARE = 5, 20  # changes, and one in so many, from which on they are told
_ENDS = {"HK1": (1, 31), "HK2": (5, 31), "CN": (5, 31)}  # month and day by which a term is closed


@dataclass(frozen=True, slots=True)
class _Change:
    """How a pupil's average went, in hundredths."""

    row: ResultsRow
    before: int
    after: int

    @property
    def by(self) -> int:
        return self.after - self.before


def anomalies(
    order: Order, rows: Sequence[ResultsRow], desk: RegistryDesk, store: BatchStore
) -> Iterator[Anomaly]:
    """What went otherwise than before."""
    if not rows:
        return
    halves = [_change(row, _of_term(row.results, "HK1"), _of_term(row.results, "HK2"))
              for row in rows]  # fmt: skip
    yield from _leaps("check.term_leap", [each for each in halves if each], {})
    codes = [row.code for row in rows]
    last = _standing(desk.awarded(CredentialType.TRANSCRIPT, order.year - 1, codes), store)
    years = [
        _change(row, _of_term(last[row.code].results, "CN"), _of_term(row.results, "CN"))
        for row in rows
        if row.code in last
    ]
    before = {"school_year": school_year(order.year - 1)}
    yield from _leaps("check.year_leap", [each for each in years if each], before)
    held = desk.awarded(order.type, order.year, codes)
    others = {code: one for code, one in held.items() if one.ref != order.ref}
    yield from _late_edits(order, rows, _standing(others, store))


def _standing(awards: Mapping[str, StandingAward], store: BatchStore) -> dict[str, Transcript]:
    """What stands for each pupil, as it was signed, as far as it was issued here."""
    lines: dict[AwardLine, str] = {one.line: code for code, one in awards.items()}
    numbers: dict[tuple[int, CredentialType], list[str]] = defaultdict(list)
    for line in lines:
        numbers[line.school, line.type].append(line.register_no)
    found = {}
    for (school, kind), wanted in numbers.items():
        for issued in store.versions(school, kind, wanted):
            if issued.line in lines:
                said = credential_of(sdjwt.parse(sd_jwt_of(issued))).transcript
                if said is not None:
                    found[lines[issued.line]] = said
    return found


def _of_term(results: Sequence[CourseResult], term: str) -> dict[str, int]:
    return {
        result.subject: result.mark
        for result in results
        if result.term == term and result.mark is not None
    }


def _change(row: ResultsRow, before: Mapping[str, int], after: Mapping[str, int]) -> _Change | None:
    both = before.keys() & after.keys()
    if len(both) < _SUBJECTS:
        return None
    means = (half_up(10 * sum(marks[key] for key in both), len(both)) for marks in (before, after))
    return _Change(row, *means)


def _leaps(code: str, changes: Sequence[_Change], about: Mapping[str, object]) -> Iterator[Anomaly]:
    """Classes and pupils whose averages leap; of a pupil, against what is usual in the class."""
    classes: dict[str, list[_Change]] = defaultdict(list)
    for change in changes:
        classes[change.row.class_name].append(change)
    for class_name, found in classes.items():
        usual = _median([change.by for change in found]) if len(found) >= _USUAL else 0
        shared = {**about, "class_name": class_name, "count": len(found), "usual": _signed(usual)}
        if abs(usual) >= _CLASS_LEAP:
            yield Anomaly(f"{code}_class", params=shared)
        for change in found:
            if min(abs(change.by), abs(change.by - usual)) >= _LEAP:
                means = {"found": _points(change.after), "expected": _points(change.before)}
                yield Anomaly(code, change.row.row, None, {**shared, **means})


def _median(values: Sequence[int]) -> int:
    return sorted(values)[len(values) // 2]


def _late_edits(
    order: Order, rows: Sequence[ResultsRow], standing: Mapping[str, Transcript]
) -> Iterator[Anomaly]:
    """Many marks of a class that are other than what stands, after their term ended."""
    ended = [term for term in TERMS if order.issued > date(order.year, *_ENDS[term])]
    totals: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for row in rows:
        if row.code not in standing:
            continue
        for term in ended:
            old, new = _of_term(standing[row.code].results, term), _of_term(row.results, term)
            changed = [key for key in old.keys() & new.keys() if old[key] != new[key]]
            raised = sum(new[key] > old[key] for key in changed)
            counts = (len(new), len(changed), raised, bool(changed))
            total = totals[row.class_name, term]
            totals[row.class_name, term] = [a + b for a, b in zip(total, counts, strict=True)]
    for (class_name, term), (marks, edits, higher, pupils) in totals.items():
        if edits >= _MANY and edits * _SHARE >= marks:
            told = {"count": edits, "of": marks, "raised": higher, "pupils": pupils}
            yield Anomaly("check.late_edits", params={
                "class_name": class_name, "term": term, **told,
            })  # fmt: skip


def _points(hundredths: int) -> str:
    return format_hundredths(hundredths)


def _signed(hundredths: int) -> str:
    return f"{'+' if hundredths >= 0 else '−'}{format_hundredths(abs(hundredths))}"
