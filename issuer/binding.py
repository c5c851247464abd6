"""What no school means and no order may hold, whichever door it comes by.

`issuer.matching` finds these with its own faults: what no credential can say, a decision of after
the day printed, a class that the school has not, personal numbers that are another's, a second
diploma. Lines of old books and copies of lines have rules of their own (`issuer.lines`), and a
correction is no second award.
"""

from collections.abc import Callable, Iterator
from functools import partial

from credential.dates import PartialDate
from credential.errors import Fault, FormatError
from credential.model import CredentialType
from credential.records import SchoolRecord
from credential.text import check_message, check_text
from issuer.intake.cells import grade_of, serial_number
from issuer.intake.differences import number_faults
from issuer.intake.rows import PupilRow
from issuer.order import Order
from issuer.ports import RegistryDesk

_CLASS, _CODE, _NUMBER = "Lớp", "Mã định danh Bộ GD&ĐT", "Số định danh cá nhân"
_DECISION, _SERIAL, _REASON = "Quyết định", "Số hiệu", "Lý do"
_LONGEST = 500  # characters of a reason
_GRADES = {"tieu-hoc": range(1, 6), "thcs": range(6, 10), "thpt": range(10, 13)}


def faults(order: Order, school: SchoolRecord, desk: RegistryDesk) -> Iterator[Fault]:
    """Everything of that kind in an order of the school's."""
    yield from _wording_faults(order)
    if order.decision and order.decision.on > order.issued:
        params = {"found": order.decision.on, "expected": order.issued}
        yield Fault("check.decision_later", params=params)
    yield from _class_faults(order, school, desk)
    yield from _number_faults(order, desk)
    yield from _held_before(order, desk)


def _wording_faults(order: Order) -> Iterator[Fault]:
    """What an order adds to its rows, where it could not be signed, or be read in the register."""
    said: list[tuple[str, Callable[[], object]]] = []
    if order.decision is not None:
        said.append((_DECISION, partial(check_text, order.decision.number)))
        said.append((_DECISION, partial(PartialDate.from_date, order.decision.on)))
    if order.first_serial is not None:
        said.append((_SERIAL, partial(serial_number, order.first_serial)))
    if order.reason is not None:
        said.append((_REASON, partial(check_message, order.reason, _LONGEST)))
    for column, read in said:
        try:
            read()
        except FormatError as error:
            yield Fault(error.code, None, column, error.params)


def _class_faults(order: Order, school: SchoolRecord, desk: RegistryDesk) -> Iterator[Fault]:
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


def _number_faults(order: Order, desk: RegistryDesk) -> Iterator[Fault]:
    """Personal numbers that are another's, or other than the registry knows."""
    rows = [row for row in order.rows if isinstance(row, PupilRow) and row.personal_no]
    if not rows:
        return
    known = desk.pupils([row.code for row in rows])
    numbered = desk.holding([row.personal_no for row in rows if row.personal_no])
    for row in rows:
        for code, params in number_faults(row, known.get(row.code), numbered):
            yield Fault(code, row.row, _NUMBER, params)


def _held_before(order: Order, desk: RegistryDesk) -> Iterator[Fault]:
    """Who has a diploma has it for life; results there are of every year."""
    if order.type is not CredentialType.THPT_DIPLOMA:
        return
    fresh = [row for row in order.rows if row.code not in order.replaces]
    held = desk.awarded(order.type, order.year, [row.code for row in fresh], earlier=True)
    for row in fresh:
        if row.code in held:
            params = {"found": row.code, "register_no": held[row.code].line.register_no}
            yield Fault("check.held_before", row.row, _CODE, params)
