"""What a list of pupils would change in the registry: pure comparison, before anything is kept.

A list speaks for one school. What it does not say is left as it is known.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from credential.dates import PartialDate
from credential.errors import Fault
from credential.personalno import contradictions, masked
from credential.records import PupilRecord
from issuer.intake.layout import CLASS, CODE, PERSONAL_NO
from issuer.intake.rows import PupilRow, Reading

COMPARED = ("name", "birth", "sex", "ethnicity", "birth_place", CLASS, PERSONAL_NO)


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a pupil that the list has otherwise; `old` is empty where nothing was known."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A known pupil and what would change."""

    row: PupilRow
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Differences:
    """Every row of a list, in one of these: `moved` have another class and no other change.

    `faults` are those who are at another school (a transfer takes them, no list), and numbers of
    persons that contradict what is known.
    """

    new: tuple[PupilRow, ...]
    changed: tuple[Changed, ...]
    moved: tuple[Changed, ...]
    unchanged: tuple[PupilRow, ...]
    faults: tuple[Fault, ...]

    @property
    def to_keep(self) -> Iterator[PupilRow]:
        """The rows that change something."""
        yield from self.new
        yield from (found.row for found in (*self.changed, *self.moved))


def compare(
    reading: Reading[PupilRow],
    known: Mapping[str, PupilRecord],
    school: int,
    numbered: Mapping[str, PupilRecord] | None = None,
) -> Differences:
    """Compare a list of that school with who is known, by code and by personal number."""
    groups: dict[str, list[Changed]] = {"new": [], "changed": [], "moved": [], "unchanged": []}
    faults: list[Fault] = []
    for row in reading.rows:
        record = known.get(row.code)
        if record is not None and record.school != school:
            faults.append(reading.fault("pupil.other_school", row.row, CODE, found=row.code))
            continue
        full = row if record is None else _filled(row, record)
        wrong = list(number_faults(full, record, numbered or {}))
        if wrong:
            faults += [reading.fault(code, row.row, PERSONAL_NO, **about) for code, about in wrong]
            continue
        changes = () if record is None else tuple(_changes(full, record))
        groups[_group(record, changes)].append(Changed(full, changes))
    return Differences(
        new=_rows(groups["new"]),
        changed=tuple(groups["changed"]),
        moved=tuple(groups["moved"]),
        unchanged=_rows(groups["unchanged"]),
        faults=tuple(faults),
    )


def _group(record: PupilRecord | None, changes: Sequence[Change]) -> str:
    if record is None:
        return "new"
    if not changes:
        return "unchanged"
    return "moved" if [change.field for change in changes] == [CLASS] else "changed"


def _rows(found: Sequence[Changed]) -> tuple[PupilRow, ...]:
    return tuple(each.row for each in found)


def _filled(row: PupilRow, record: PupilRecord) -> PupilRow:
    """The row, and what only the registry says."""
    return replace(
        row,
        sex=row.sex or record.sex,
        ethnicity=row.ethnicity or record.ethnicity,
        birth_place=row.birth_place or record.birth_place,
        personal_no=row.personal_no or record.personal_no,
    )


def number_faults(
    row: PupilRow, record: PupilRecord | None, numbered: Mapping[str, PupilRecord]
) -> Iterator[tuple[str, Mapping[str, object]]]:
    """What is against a row's personal number: codes and parameters, the number masked.

    A number is one person's. One that fits is replaced by no list: the registry's keeper must.
    ``personal_no.taken``, ``personal_no.differs`` and `personalno.contradictions`.
    """
    number = row.personal_no
    if number is None:
        return
    owner, held = numbered.get(number), record and record.personal_no
    wrong = list(contradictions(number, row.sex, row.birth))
    if wrong:
        yield from wrong
    elif owner is not None and owner.code != row.code:
        yield "personal_no.taken", {"found": masked(number)}
    elif held and held != number and not any(contradictions(held, row.sex, row.birth)):
        yield "personal_no.differs", {"found": masked(number), "expected": masked(held)}


def _changes(row: PupilRow, record: PupilRecord) -> Iterator[Change]:
    for field in COMPARED:
        old, new = getattr(record, field), getattr(row, field)
        if old != new:
            yield Change(field, _shown(field, old), _shown(field, new))


def _shown(field: str, value: PartialDate | str | None) -> str:
    if field == PERSONAL_NO and isinstance(value, str):
        return masked(value)
    return value.printed() if isinstance(value, PartialDate) else value or ""
