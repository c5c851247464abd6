"""Everything that is looked at before an order is issued, all at once.

Faults are those of `issuer.matching` and what no school means: a decision of after the day printed,
a class that the school has not, a second diploma. All else is an anomaly.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from credential.errors import Fault
from credential.model import CredentialType
from credential.records import SchoolRecord
from issuer.checking import history, marks, people, serials
from issuer.checking.findings import Anomaly, Checked
from issuer.intake.cells import grade_of
from issuer.intake.rows import PupilRow, ResultsRow
from issuer.matching import look
from issuer.order import Order
from issuer.ports import BatchStore, BlankStock, NoInventory, RegistryDesk

_Found = TypeVar("_Found", bound=Fault)
_CLASS, _CODE = "Lớp", "Mã định danh Bộ GD&ĐT"
_GRADES = {"tieu-hoc": range(1, 6), "thcs": range(6, 10), "thpt": range(10, 13)}
_NAMED = 20  # numbers of a gap
_LONG_AGO = 366  # days between the decision and the day printed


@dataclass(frozen=True, slots=True)
class Sources:
    """Who is asked: the registry, the store for what was issued before, the blanks on hand."""

    desk: RegistryDesk
    store: BatchStore
    stock: BlankStock = field(default=NoInventory())


def check(order: Order, sources: Sources, today: date) -> Checked:
    """Look at an order; `today` is the day on which it is looked at."""
    found = look(order, sources.desk, sources.stock)
    faults = [Fault(one.code, params=one.params) for one in found.refusals]
    faults += [*found.faults, *_date_faults(order)]
    anomalies = [*_date_anomalies(order, today), *serials.anomalies(order)]
    numbers = None
    if found.school is not None:
        faults += _school_faults(order, found.school, sources.desk)
        faults += people.faults(order, sources.desk)
        faults += _held_before(order, sources.desk)
        anomalies += _gaps(sources.desk.gaps(order.type, found.school.id, order.year))
        fresh = len(order.rows) - len(order.replaces)
        if fresh:
            numbers = sources.desk.coming(order.type, found.school.id, order.year, fresh)
    anomalies += people.anomalies(order)
    results = [row for row in order.rows if isinstance(row, ResultsRow)]
    anomalies += marks.anomalies(results, order.year)
    anomalies += history.anomalies(order, results, sources.desk, sources.store)
    return Checked(_sorted(faults), _sorted(anomalies), None if faults else numbers)


def _sorted(found: Iterable[_Found]) -> tuple[_Found, ...]:
    return tuple(sorted(found, key=lambda one: one.row or 0))


def _date_faults(order: Order) -> Iterator[Fault]:
    if order.decision and order.decision.on > order.issued:
        params = {"found": order.decision.on, "expected": order.issued}
        yield Fault("check.decision_later", params=params)


def _date_anomalies(order: Order, today: date) -> Iterator[Anomaly]:
    if order.issued > today:
        yield Anomaly("check.in_future", params={"found": order.issued, "expected": today})
    if order.decision and (order.issued - order.decision.on).days > _LONG_AGO:
        params = {"found": order.decision.on, "expected": order.issued}
        yield Anomaly("check.decision_old", params=params)
    if order.issued.year != order.year:
        yield Anomaly("check.other_year", params={"found": order.issued, "expected": order.year})


def _school_faults(order: Order, school: SchoolRecord, desk: RegistryDesk) -> Iterator[Fault]:
    """Classes that a school of its kind has not, or for which no programme is in force."""
    levels = desk.levels(order.issued)
    for row in order.rows:
        grade = row.grade if isinstance(row, PupilRow) else grade_of(row.class_name)
        if grade not in _GRADES.get(school.kind, range(1, 13)):
            params: dict[str, object] = {"found": row.class_name, "expected": school.name}
            yield Fault("check.not_of_school", row.row, _CLASS, params)
        elif levels and _level(grade) not in levels:
            params = {"found": row.class_name, "expected": order.issued}
            yield Fault("check.no_programme", row.row, _CLASS, params)


def _level(grade: int) -> str:
    return next(level for level, grades in _GRADES.items() if grade in grades)


def _held_before(order: Order, desk: RegistryDesk) -> Iterator[Fault]:
    """Who has a diploma has it for life; results there are of every year."""
    if order.type is not CredentialType.THPT_DIPLOMA:
        return
    held = desk.awarded(order.type, order.year, [row.code for row in order.rows], earlier=True)
    for row in order.rows:
        if row.code in held:
            params = {"found": row.code, "register_no": held[row.code].line.register_no}
            yield Fault("check.held_before", row.row, _CODE, params)


def _gaps(missing: Sequence[str]) -> Iterator[Anomaly]:
    if missing:
        params = {"found": ", ".join(missing[:_NAMED]), "count": len(missing)}
        yield Anomaly("check.register_gap", params=params)
