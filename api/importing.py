"""Schools' files against the registry: what a list of pupils would change, and keeping just that.

A preview writes nothing. Committing refuses a file with anything to mend. Files of results change
nothing here: they are looked at before an order is made of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from credential.errors import Fault, InputError
from credential.records import SchoolRecord
from database.connections import Database
from issuer.intake.differences import Differences, compare
from issuer.intake.layout import CODE
from issuer.intake.rows import PupilRow, Reading, ResultsRow
from issuer.matching import not_there, pupil_faults
from issuer.ports import RegistryDesk
from registry import loading
from registry.entries import PupilEntry


@dataclass(frozen=True, slots=True)
class Preview:
    """What a list says, and what it would change for that school."""

    school: SchoolRecord
    reading: Reading[PupilRow]
    differences: Differences

    @property
    def faults(self) -> Sequence[Fault]:
        """Everything to mend, in the order of rows."""
        found = (*self.reading.faults, *self.differences.faults)
        return sorted(found, key=lambda fault: fault.row or 0)


def preview(desk: RegistryDesk, school: SchoolRecord, reading: Reading[PupilRow]) -> Preview:
    """Compare a list with the registry."""
    known = desk.pupils([row.code for row in reading.rows])
    numbers = [row.personal_no for row in reading.rows if row.personal_no is not None]
    numbered = desk.holding(numbers)
    return Preview(school, reading, compare(reading, known, school.id, numbered))


def faults_of_results(
    desk: RegistryDesk, school: SchoolRecord, reading: Reading[ResultsRow], year: int
) -> list[Fault]:
    """What must be mended in the results of a school year that ends in `year`.

    The registry's word on its pupils is included.
    """
    known = desk.pupils([row.code for row in reading.rows])
    elsewhere = {code for code, pupil in known.items() if pupil.school != school.id}
    foreign = not_there(elsewhere, school, year, desk) if elsewhere else set()
    found: list[Fault] = list(reading.faults)
    for row in reading.rows:
        if row.code in foreign:
            found.append(reading.fault("pupil.other_school", row.row, CODE, found=row.code))
        else:
            found += pupil_faults(row, known)
    return sorted(found, key=lambda fault: fault.row or 0)


def commit(database: Database, found: Preview) -> int:
    """Keep what is new or changed, all or nothing; return how many rows that were.

    Raises InputError with every fault of the preview, and what `loading.load_pupils` refuses: who
    has come to another school since.
    """
    if found.faults:
        raise InputError(found.faults)
    rows = list(found.differences.to_keep)
    try:
        loading.load_pupils(database, [_entry(row, found.school.id) for row in rows])
    except InputError as error:
        raise InputError([_placed(fault, rows) for fault in error.faults]) from error
    return len(rows)


def _placed(fault: Fault, rows: Sequence[PupilRow]) -> Fault:
    """A fault of the registry's, which counts what was to be kept, by the file's row."""
    row = rows[fault.row - 1].row if fault.row else None
    return Fault(fault.code, row, fault.column, fault.params)


def _entry(row: PupilRow, school: int) -> PupilEntry:
    return PupilEntry(
        code=row.code,
        name=row.name,
        birth=row.birth,
        school=school,
        class_name=row.class_name,
        sex=row.sex,
        ethnicity=row.ethnicity,
        birth_place=row.birth_place,
        personal_no=row.personal_no,
    )
