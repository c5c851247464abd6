"""How a pupil goes from one school to the next: once, and written down for ever.

A pupil is at one school. Only here does that change (`loading` refuses lists that would), in a
transaction that holds the pupil's row, so that of two acceptances at the same moment the second
finds the pupil gone. The history is added to, never changed.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, Row, insert, select, update

from credential.dates import PartialDate
from credential.errors import ConflictError, RefusedError
from credential.records import Move
from credential.text import check_text
from registry import schools
from registry.tables import PUPIL_MOVES, PUPILS


def move(connection: Connection, asked: Move, at: int) -> bool:
    """Put a pupil into another school's class; False if that was done already under this ref.

    Raises FormatError ``text.*``; RefusedError ``transfer.pupil_unknown``,
    ``transfer.same_school``, ``transfer.school_unknown`` (it had no name on that day) and
    ``transfer.before_last`` (an earlier day than the pupil's last move); ConflictError
    ``transfer.already_moved`` (`pupil`, `school`: where they are now) and
    ``transfer.ref_taken`` (the ref was used for another move). Then nothing is written.
    """
    for text in (asked.ref, asked.class_name):
        check_text(text)
    query = select(PUPILS.c.school, PUPILS.c.class_name).where(PUPILS.c.code == asked.pupil)
    now = connection.execute(query.with_for_update()).one_or_none()
    if now is None:
        raise RefusedError("transfer.pupil_unknown", found=asked.pupil)
    if (held := _of_ref(connection, asked.ref)) is not None:
        if held != asked:
            raise ConflictError("transfer.ref_taken", ref=asked.ref)
        return False
    if now.school != asked.from_school:
        raise ConflictError("transfer.already_moved", pupil=asked.pupil, school=now.school)
    before = list(moves(connection, asked.pupil))
    _check(connection, asked, before[-1] if before else None)
    row = _row(asked) | {"number": len(before) + 1, "from_class": now.class_name, "entered_at": at}
    connection.execute(insert(PUPIL_MOVES).values(row))
    place = {"school": asked.to_school, "class_name": asked.class_name}
    connection.execute(update(PUPILS).where(PUPILS.c.code == asked.pupil).values(place))
    return True


def moves(connection: Connection, pupil: str) -> Iterator[Move]:
    """All moves of a pupil, oldest first."""
    query = _MOVES.where(PUPIL_MOVES.c.pupil == pupil).order_by(PUPIL_MOVES.c.number)
    return (_move(row) for row in connection.execute(query))


def last_moves(connection: Connection, pupils: Sequence[str]) -> dict[str, Move]:
    """The last move of each of these pupils who ever moved, by ministry code."""
    found: dict[str, Move] = {}
    for start in range(0, len(pupils), _AT_ONCE):
        some = PUPIL_MOVES.c.pupil.in_(pupils[start : start + _AT_ONCE])
        query = _MOVES.where(some).order_by(PUPIL_MOVES.c.pupil, PUPIL_MOVES.c.number)
        found |= {row.pupil: _move(row) for row in connection.execute(query)}
    return found


def enrolled(connection: Connection, pupils: Sequence[str], on: int) -> dict[str, int]:
    """The school in which each of these pupils was on that day (yyyymmdd)."""
    found: dict[str, int] = {}
    for start in range(0, len(pupils), _AT_ONCE):
        some = pupils[start : start + _AT_ONCE]
        now = select(PUPILS.c.code, PUPILS.c.school).where(PUPILS.c.code.in_(some))
        found |= {row.code: row.school for row in connection.execute(now)}
        later = (
            select(PUPIL_MOVES.c.pupil, PUPIL_MOVES.c.from_school)
            .where(PUPIL_MOVES.c.pupil.in_(some), PUPIL_MOVES.c.moved_on > on)
            .order_by(PUPIL_MOVES.c.number.desc())  # the first one after the day counts last
        )
        found |= {row.pupil: row.from_school for row in connection.execute(later)}
    return found


_AT_ONCE = 1000  # values in one question; databases limit them
_MOVES = select(
    PUPIL_MOVES.c.pupil,
    PUPIL_MOVES.c.from_school,
    PUPIL_MOVES.c.to_school,
    PUPIL_MOVES.c.class_name,
    PUPIL_MOVES.c.ref,
    PUPIL_MOVES.c.moved_on,
)


def _check(connection: Connection, asked: Move, last: Move | None) -> None:
    if asked.to_school == asked.from_school:
        raise RefusedError("transfer.same_school", school=asked.to_school)
    school = schools.by_id(connection, asked.to_school)
    if school is None or school.named_on(PartialDate.from_date(asked.on).number) is None:
        raise RefusedError("transfer.school_unknown", found=asked.to_school, on=asked.on)
    if last is not None and asked.on < last.on:
        raise RefusedError("transfer.before_last", found=asked.on, expected=last.on)


def _of_ref(connection: Connection, ref: str) -> Move | None:
    row = connection.execute(_MOVES.where(PUPIL_MOVES.c.ref == ref)).one_or_none()
    return None if row is None else _move(row)


def _move(row: Row[str, int, int, str, str, int]) -> Move:
    pupil, from_school, to_school, class_name, ref, day = row
    on = PartialDate.from_number(day).to_date()
    return Move(pupil, from_school, to_school, class_name, ref, on)


def _row(asked: Move) -> dict[str, object]:
    return {
        "pupil": asked.pupil,
        "from_school": asked.from_school,
        "to_school": asked.to_school,
        "class_name": asked.class_name,
        "ref": asked.ref,
        "moved_on": PartialDate.from_date(asked.on).number,
    }
