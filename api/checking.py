"""A school's file looked at as an order, before anybody prepares one: faults and anomalies.

A file with faults is looked at as far as its sound rows go, so that everything is told at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from credential.errors import Fault
from issuer.checking.findings import Checked
from issuer.checking.orders import Sources, check
from issuer.intake.rows import Notice, Reading
from issuer.order import Order

if TYPE_CHECKING:
    from api.wiring import System


@dataclass(frozen=True, slots=True)
class Look:
    """A file as an order: what was read, and what checking it came to.

    The faults of reading are among those of `found`; `notices` are what reading did, without what
    is among the anomalies.
    """

    order: Order
    reading: Reading[Any]
    found: Checked
    notices: Sequence[Notice]


def look(system: "System", order: Order, reading: Reading[Any], today: date) -> Look:
    """The order checked; one without rows is over the sound ones of what was read."""
    asked = order if order.rows else replace(order, rows=tuple(reading.rows))
    found = check(asked, Sources(system.desk, system.batches, system.blanks), today)
    if reading.faults and not reading.rows:  # what the sound rows lack is told already
        found = replace(found, faults=tuple(f for f in found.faults if f.code != "issue.no_rows"))
    faults = sorted((*reading.faults, *found.faults), key=lambda fault: fault.row or 0)
    told = {(one.code, one.row) for one in found.anomalies}
    notices = [one for one in reading.notices if (one.code, one.row) not in told]
    return Look(asked, reading, replace(found, faults=tuple(_placed(reading, faults))), notices)


def _placed(reading: Reading[Any], faults: Sequence[Fault]) -> list[Fault]:
    """Faults that others found, with the letter of the column that the file has for them."""
    letters = {heading: key for key, (_, heading) in reading.columns.items()}
    return [
        reading.fault(one.code, one.row, letters[one.column], **one.params)
        if one.letter is None and one.row is not None and one.column in letters
        else one
        for one in faults
    ]
