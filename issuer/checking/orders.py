"""Everything that is looked at before an order is issued, all at once.

Faults are those of `issuer.matching`, by which no order is issued. All else is an anomaly.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from credential.errors import Fault
from credential.records import SchoolRecord
from issuer.checking import history, marks, people, serials
from issuer.checking.findings import Anomaly, Checked
from issuer.intake.rows import ResultsRow
from issuer.matching import look
from issuer.order import Order
from issuer.ports import BatchStore, BlankStock, NoInventory, RegistryDesk

_Found = TypeVar("_Found", bound=Fault)
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
    faults += found.faults
    numbers, odd = None, anomalies(order, found.school, sources, today)
    fresh = len(order.rows) - len(order.replaces)
    if found.school is not None and fresh:
        numbers = sources.desk.coming(order.type, found.school.id, order.year, fresh)
    return Checked(_sorted(faults), odd, None if faults else numbers)


def anomalies(
    order: Order, school: SchoolRecord | None, sources: Sources, today: date
) -> tuple[Anomaly, ...]:
    """What is odd in an order; of lines of the register, which have rules of their own, nothing."""
    if order.type.has_origin:
        return ()
    found = [*_date_anomalies(order, today), *serials.anomalies(order)]
    if school is not None and len(order.rows) > len(order.replaces):
        found += _gaps(sources.desk.gaps(order.type, school.id, order.year))
    found += people.anomalies(order)
    results = [row for row in order.rows if isinstance(row, ResultsRow)]
    found += marks.anomalies(results, order.year)
    found += history.anomalies(order, results, sources.desk, sources.store)
    return _sorted(found)


def _sorted(found: Iterable[_Found]) -> tuple[_Found, ...]:
    return tuple(sorted(found, key=lambda one: one.row or 0))


def _date_anomalies(order: Order, today: date) -> Iterator[Anomaly]:
    if order.issued > today:
        yield Anomaly("check.in_future", params={"found": order.issued, "expected": today})
    if order.decision and (order.issued - order.decision.on).days > _LONG_AGO:
        params = {"found": order.decision.on, "expected": order.issued}
        yield Anomaly("check.decision_old", params=params)
    if order.issued.year != order.year:
        yield Anomaly("check.other_year", params={"found": order.issued, "expected": order.year})


def _gaps(missing: Sequence[str]) -> Iterator[Anomaly]:
    if missing:
        params = {"found": ", ".join(missing[:_NAMED]), "count": len(missing)}
        yield Anomaly("check.register_gap", params=params)
