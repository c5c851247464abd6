"""How lines get into the register of awards: numbers without gaps, no award twice.

Everything happens in one transaction that first takes the counter of the type, school and
year, so two writers for the same register wait for each other and a failure leaves no gap.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVarTuple

from sqlalchemy import Connection, Row, Select, insert, select, update

from credential.dates import PartialDate
from credential.errors import ConflictError, RefusedError
from credential.model import CredentialType, Lane
from credential.records import AwardBatch
from database.connections import Database
from registry import schools
from registry.tables import AWARDS, COUNTERS, CREDENTIAL_TYPES, PUPILS, STANDING

_Columns = TypeVarTuple("_Columns")
_AT_ONCE = 1000  # values in one question; databases limit them


def enter(
    database: Database, connection: Connection, awards: AwardBatch, at: int
) -> tuple[str, ...]:
    """Enter all lines, or return the numbers that this ref already got.

    Raises RefusedError ``award.type_unknown``, ``award.school_unknown`` and
    ``award.pupils_unknown`` (``pupils``: all their codes); ConflictError ``award.ref_taken``
    (the ref was used for other lines) and ``award.duplicate`` (``duplicates``: for each a
    mapping of ``what`` (pupil or serial), ``value``, and ``ref`` and ``register_no`` of the
    line that has it, the latter empty when it stands twice in this batch).
    """
    pattern = _pattern(connection, awards.type)
    school = schools.by_id(connection, awards.school)
    if school is None:
        raise RefusedError("award.school_unknown", school=awards.school)
    last = _take_counter(connection, awards)
    if entered := _entered(connection, awards):
        return entered
    _check_pupils(connection, awards)
    if found := _duplicates(connection, awards):
        raise ConflictError("award.duplicate", duplicates=found)
    numbers = range(last + 1, last + 1 + len(awards.entries))
    register_nos = tuple(
        register_no(pattern, awards.year, school.code, number) for number in numbers
    )
    database.insert(connection, AWARDS, _rows(awards, numbers, register_nos, at))
    _set_counter(connection, awards, numbers[-1])
    return register_nos


def register_no(pattern: str, year: int, school_code: str, number: int) -> str:
    """A register number: ``{yy}`` year, ``{school}`` last 4 of its code, ``{n}`` number."""
    return pattern.format(yy=f"{year % 100:02d}", year=year, school=school_code[-4:], n=number)


def holders(
    connection: Connection, kind: CredentialType, year: int, pupils: Sequence[str]
) -> dict[str, tuple[str, str]]:
    """Pupils with a standing award of that type and year: code → (batch ref, register no)."""
    query = select(AWARDS.c.pupil, AWARDS.c.batch_ref, AWARDS.c.register_no).where(
        AWARDS.c.type == kind.value, AWARDS.c.year == year, STANDING
    )
    rows = _ask(connection, query, AWARDS.c.pupil, pupils)
    return {pupil: (ref, number) for pupil, ref, number in rows}


def serials(
    connection: Connection, kind: CredentialType, wanted: Sequence[str]
) -> dict[str, tuple[str, str]]:
    """Serials ever used for that type: serial → (batch ref, register no)."""
    query = select(AWARDS.c.serial, AWARDS.c.batch_ref, AWARDS.c.register_no).where(
        AWARDS.c.type == kind.value
    )
    rows = _ask(connection, query, AWARDS.c.serial, wanted)
    return {serial: (ref, number) for serial, ref, number in rows if serial is not None}


def pupils(connection: Connection, codes: Sequence[str]) -> Iterator[Row[str, str, int, int, str]]:
    """Code, name, birth, school and class of the pupils known by those codes."""
    query = select(
        PUPILS.c.code, PUPILS.c.name, PUPILS.c.birth, PUPILS.c.school, PUPILS.c.class_name
    )
    return _ask(connection, query, PUPILS.c.code, codes)


def _ask(
    connection: Connection, query: Select[*_Columns], column: Any, values: Sequence[str]
) -> Iterator[Row[*_Columns]]:
    for start in range(0, len(values), _AT_ONCE):
        yield from connection.execute(query.where(column.in_(values[start : start + _AT_ONCE])))


def _pattern(connection: Connection, kind: CredentialType) -> str:
    query = select(CREDENTIAL_TYPES.c.pattern).where(CREDENTIAL_TYPES.c.number == kind.value)
    pattern = connection.scalar(query)
    if pattern is None:
        raise RefusedError("award.type_unknown", type=kind.key)
    return pattern


def _counter(awards: AwardBatch) -> dict[str, int]:
    return {"type": awards.type.value, "school": awards.school, "year": awards.year}


def _take_counter(connection: Connection, awards: AwardBatch) -> int:
    """Lock the counter until the transaction ends; the last number given."""
    of_register = _counter(awards)
    query = select(COUNTERS.c.last).filter_by(**of_register).with_for_update()
    last = connection.scalar(query)
    if last is None:
        connection.execute(insert(COUNTERS).values(**of_register, last=0))
        return 0
    return last


def _set_counter(connection: Connection, awards: AwardBatch, last: int) -> None:
    connection.execute(update(COUNTERS).filter_by(**_counter(awards)).values(last=last))


def _entered(connection: Connection, awards: AwardBatch) -> tuple[str, ...]:
    """The numbers that this ref already got, in order; none if it is new."""
    query = (
        select(AWARDS.c.type, AWARDS.c.school, AWARDS.c.year, AWARDS.c.pupil, AWARDS.c.register_no)
        .where(AWARDS.c.batch_ref == awards.ref)
        .order_by(AWARDS.c.number)
    )
    rows = connection.execute(query).all()
    about = tuple(_counter(awards).values())
    if rows and [tuple(row[:4]) for row in rows] != [
        (*about, entry.pupil) for entry in awards.entries
    ]:
        raise ConflictError("award.ref_taken", ref=awards.ref)
    return tuple(row.register_no for row in rows)


def _check_pupils(connection: Connection, awards: AwardBatch) -> None:
    codes = [entry.pupil for entry in awards.entries]
    known = {row.code for row in pupils(connection, codes)}
    if unknown := sorted(set(codes) - known):
        raise RefusedError("award.pupils_unknown", pupils=tuple(unknown))


def _duplicates(connection: Connection, awards: AwardBatch) -> tuple[dict[str, str], ...]:
    codes = [entry.pupil for entry in awards.entries]
    numbers = [entry.serial for entry in awards.entries if entry.serial is not None]
    own = (awards.ref, "")
    return tuple(
        {"what": what, "value": value, "ref": ref, "register_no": line}
        for what, taken, wanted in (
            ("pupil", holders(connection, awards.type, awards.year, codes), codes),
            ("serial", serials(connection, awards.type, numbers), numbers),
        )
        for value, (ref, line) in (dict.fromkeys(_repeated(wanted), own) | taken).items()
    )


def _repeated(values: Iterable[str]) -> list[str]:
    return [value for value, times in Counter(values).items() if times > 1]


def _rows(
    awards: AwardBatch, numbers: Iterable[int], register_nos: Iterable[str], at: int
) -> list[tuple[Any, ...]]:
    decision_on = awards.decision_on and PartialDate.from_date(awards.decision_on).number
    issued = PartialDate.from_date(awards.issued).number
    return [
        (
            *_counter(awards).values(),
            number,
            line,
            entry.serial,
            entry.pupil,
            entry.holder.name,
            entry.holder.birth.number,
            entry.classification,
            issued,
            awards.signer.name,
            awards.signer.title,
            awards.decision_no,
            decision_on,
            int(Lane.ACTIVE),
            None,  # ground, decision and day of a withdrawal
            None,
            None,
            awards.ref,
            at,
        )
        for entry, number, line in zip(awards.entries, numbers, register_nos, strict=True)
    ]
