"""A school's file looked at as an order, before anybody prepares one: faults and anomalies.

A file with faults is looked at as far as its sound rows go, so that everything is told at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from credential.errors import Fault
from credential.model import CredentialType
from issuer.checking.findings import Checked
from issuer.checking.orders import Sources, check
from issuer.intake.layout import Layout
from issuer.intake.pupil_lists import CLASS_LIST, pupils_of
from issuer.intake.reading import prepared
from issuer.intake.results import TO_DATE_LAYOUTS, WHOLE_YEARS, read_whole_year
from issuer.intake.rows import Notice, Reading
from issuer.order import Order, school_year

if TYPE_CHECKING:
    from api.wiring import System

LAYOUTS: Mapping[CredentialType, Sequence[Layout]] = {
    CredentialType.THPT_DIPLOMA: (CLASS_LIST,),
    CredentialType.TRANSCRIPT: WHOLE_YEARS,
    CredentialType.TRANSFER: TO_DATE_LAYOUTS,
}
"""Which files have all that a credential of a type says."""


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


def read(
    kind: CredentialType,
    data: bytes,
    year: int,
    layouts: Sequence[Layout] | None = None,
    given: Mapping[str, str] | None = None,
) -> Reading[Any]:
    """The rows for credentials of a type, of the school year that ends in `year`.

    Raises InputError for a file that cannot be read at all.
    """
    possible = layouts or LAYOUTS[kind]
    if kind.has_results:
        return read_whole_year(data, school_year(year), possible, given)
    return pupils_of(prepared(data, possible, given))


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
