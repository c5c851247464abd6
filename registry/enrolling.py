"""A list of pupils against who is known: at which school they are, and whose numbers they have.

Everything here happens in the transaction that then keeps the list (`loading.load_pupils`).
"""

import time
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection, bindparam, select, update

from credential.errors import Fault, SogocError
from credential.records import Move
from registry import moving, people
from registry.entries import Admission, PupilEntry
from registry.tables import PUPILS

_AT_ONCE = 1000  # values in one question; databases limit them

Held = Mapping[str, tuple[int, str | None]]
"""School and personal number of who is known, by code."""


def held(connection: Connection, pupils: Sequence[PupilEntry]) -> Held:
    """Where pupils of a list are; all of them locked, in one order."""
    known: dict[str, tuple[int, str | None]] = {}
    codes = sorted(pupil.code for pupil in pupils)
    for start in range(0, len(codes), _AT_ONCE):
        some = PUPILS.c.code.in_(codes[start : start + _AT_ONCE])
        query = select(PUPILS.c.code, PUPILS.c.school, PUPILS.c.personal_no).where(some)
        found = connection.execute(query.order_by(PUPILS.c.code).with_for_update())
        known |= {row.code: (row.school, row.personal_no) for row in found}
    return known


def number_of(code: str, held: Held) -> str | None:
    """The personal number that is known of a pupil."""
    return held[code][1] if code in held else None


def taken_numbers(connection: Connection, pupils: Sequence[PupilEntry]) -> Iterator[Fault]:
    """Personal numbers that are another pupil's, who is not given another one here."""
    given = {pupil.code: pupil.personal_no for pupil in pupils if pupil.personal_no}
    owners = {row.personal_no: row.code for row in people.numbered(connection, [*given.values()])}
    for row, pupil in enumerate(pupils, 1):
        owner = owners.get(pupil.personal_no, pupil.code)
        if owner != pupil.code and given.get(owner, pupil.personal_no) == pupil.personal_no:
            yield Fault("registry.personal_no_taken", row, "personal_no")


def free_numbers(connection: Connection, pupils: Sequence[PupilEntry], held: Held) -> None:
    """Take numbers away that the list changes, so that two pupils can exchange theirs."""
    changed = [
        {"of": pupil.code}
        for pupil in pupils
        if pupil.personal_no and number_of(pupil.code, held) not in (None, pupil.personal_no)
    ]
    if changed:
        free = update(PUPILS).where(PUPILS.c.code == bindparam("of")).values(personal_no=None)
        connection.execute(free, changed)


def elsewhere(
    connection: Connection,
    pupils: Sequence[PupilEntry],
    held: Held,
    admission: Admission | None,
) -> Iterator[Fault]:
    """Pupils whom the list would take from another school.

    With an admission they are moved. A fault undoes all of it with the transaction.
    """
    for row, pupil in enumerate(pupils, 1):
        where = held[pupil.code][0] if pupil.code in held else pupil.school
        if where == pupil.school:
            continue
        try:
            moved = admission is not None and _admit(connection, pupil, where, admission)
        except SogocError as error:
            yield Fault(error.code, row, "school", error.params)
            continue
        if not moved:
            yield Fault("registry.pupil_elsewhere", row, "school", {"found": where})


def _admit(connection: Connection, pupil: PupilEntry, where: int, admission: Admission) -> bool:
    ref = f"{admission.decision} {pupil.code}"
    move = Move(pupil.code, where, pupil.school, pupil.class_name, ref, admission.on)
    return moving.move(connection, move, int(time.time()))
