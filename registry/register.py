"""How lines get into the register of awards: numbers without gaps, no award twice.

A line that corrects another keeps its number (`superseding`). Everything happens in one transaction
that first takes the counter of the type, school and year, so two writers for the same register wait
for each other and a failure leaves no gap.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, bindparam, insert, select, update

from credential.dates import PartialDate
from credential.errors import ConflictError, FormatError, RefusedError
from credential.model import CredentialType, Lane
from credential.records import AwardBatch, AwardLine, Binding, StandingAward
from database.connections import Database
from registry import annexing, copying, oldlines, people, schools, searching, superseding
from registry.asking import ask
from registry.tables import AWARDS, COUNTERS, CREDENTIAL_TYPES, OWN_SERIAL, STANDING

_CONTENT = 32  # bytes of a SHA-256

# What tells one request from another; the other columns say more of the holder, or are what the
# register made of it.
_ASKED = (
    AWARDS.c.type,
    AWARDS.c.school,
    AWARDS.c.year,
    AWARDS.c.serial,
    AWARDS.c.pupil,
    AWARDS.c.holder_name,
    AWARDS.c.birth,
    AWARDS.c.classification,
    AWARDS.c.issued,
    AWARDS.c.signer_name,
    AWARDS.c.signer_title,
    AWARDS.c.decision_no,
    AWARDS.c.decision_on,
    AWARDS.c.reason,
)
# by its key: by batch, the database would look at all of it for each line
_BIND = (
    update(AWARDS)
    .where(*superseding.named)
    .values(
        content=bindparam("to_content"), seq=bindparam("to_seq"), position=bindparam("to_position")
    )
)


class _Place(NamedTuple):
    """Where a line goes: its running number, its version, its register number."""

    number: int
    version: int
    register_no: str


def enter(
    database: Database, connection: Connection, awards: AwardBatch, at: int
) -> tuple[str, ...]:
    """Enter all lines, or return the numbers that this ref already got.

    Raises RefusedError ``award.type_unknown``, ``award.school_unknown`` and
    ``award.pupils_unknown`` (``pupils``: all their codes); ConflictError ``award.ref_taken``
    (the ref was used for lines that say anything else), ``award.not_standing`` (see
    `superseding.supersede`) and ``award.duplicate`` (``duplicates``: for each a mapping of
    ``what`` (pupil or serial), ``value``, and ``ref`` and ``register_no`` of the line that has it,
    the latter empty when it stands twice in this batch). Lines of old books are there already, and
    are noted as issued (`oldlines.certify`); of copies it is noted of what they are (`copying`).
    """
    if awards.type is CredentialType.DIGITISED:
        return oldlines.certify(connection, awards)
    pattern = pattern_of(connection, awards.type)
    school = schools.by_id(connection, awards.school)
    if school is None:
        raise RefusedError("award.school_unknown", school=awards.school)
    last = _take_counter(connection, awards)
    if entered := _entered(connection, awards):
        return entered
    _check_pupils(connection, awards)
    if found := _duplicates(connection, awards):
        raise ConflictError("award.duplicate", duplicates=found)
    standing = superseding.supersede(connection, awards)
    fresh = count(last + 1)
    places = [
        _Place(standing[old].number, old.version + 1, old.register_no)
        if (old := entry.replaces)
        else _Place(
            number := next(fresh), 1, register_no(pattern, awards.year, school.code, number)
        )
        for entry in awards.entries
    ]
    classes = [
        entry.class_name or (standing[entry.replaces].class_name if entry.replaces else None)
        for entry in awards.entries
    ]
    database.insert(connection, AWARDS, _rows(awards, places, classes, at))
    annexing.enter(connection, awards, [place.register_no for place in places])
    _set_counter(connection, awards, next(fresh) - 1)
    register_nos = tuple(place.register_no for place in places)
    if awards.type is CredentialType.COPY:
        copying.record(connection, awards, register_nos)
    return register_nos


def bind(connection: Connection, ref: str, contents: Mapping[str, Binding]) -> None:
    """Keep with lines of `ref` what they will say and where it will stand, by register number.

    Lines that already say so are left alone. Raises ConflictError ``award.bound``,
    RefusedError ``award.unknown`` (each with the first such `register_no`), FormatError
    ``award.content`` for a digest of another length.
    """
    for line, one in contents.items():
        if len(one.content) != _CONTENT:
            raise FormatError("award.content", register_no=line, length=len(one.content))
    query = select(
        AWARDS.c.register_no, AWARDS.c.type, AWARDS.c.school, AWARDS.c.version,
        AWARDS.c.content, AWARDS.c.seq, AWARDS.c.position,
    ).where(AWARDS.c.batch_ref == ref)  # fmt: skip
    held = {row.register_no: row for row in connection.execute(query.with_for_update())}
    for line, one in contents.items():
        if line not in held:
            raise RefusedError("award.unknown", register_no=line)
        bound = (held[line].content, held[line].seq, held[line].position)
        asked = (one.content, one.place.seq, one.place.index)
        if any(value not in (None, wanted) for value, wanted in zip(bound, asked, strict=True)):
            raise ConflictError("award.bound", register_no=line)
    fresh = [
        superseding.key(AwardLine(CredentialType(row.type), row.school, line, row.version))
        | {"to_content": one.content, "to_seq": one.place.seq, "to_position": one.place.index}
        for line, one in contents.items()
        if None in ((row := held[line]).content, row.seq, row.position)
    ]
    if fresh:
        connection.execute(_BIND, fresh)


def pattern_of(connection: Connection, kind: CredentialType) -> str:
    """How register numbers of that type are made. Raises ``award.type_unknown``."""
    query = select(CREDENTIAL_TYPES.c.pattern).where(CREDENTIAL_TYPES.c.number == kind.value)
    pattern = connection.scalar(query)
    if pattern is None:
        raise RefusedError("award.type_unknown", type=kind.key)
    return pattern


def register_no(pattern: str, year: int, school_code: str, number: int) -> str:
    """A register number: ``{yy}`` year, ``{school}`` last 4 of its code, ``{n}`` number."""
    return pattern.format(yy=f"{year % 100:02d}", year=year, school=school_code[-4:], n=number)


def holders(
    connection: Connection,
    kind: CredentialType,
    year: int,
    pupils: Sequence[str],
    *,
    school: int | None = None,
    earlier: bool = False,
) -> dict[str, StandingAward]:
    """Pupils with a standing award of that type and year, or of an `earlier` one, by code.

    Of transfer records those of `school` alone, if named: each that a pupil leaves gives one.
    """
    when = AWARDS.c.year < year if earlier else AWARDS.c.year == year
    if kind is CredentialType.TRANSFER and school is not None:
        when = and_(when, AWARDS.c.school == school)
    query = select(
        AWARDS.c.pupil, AWARDS.c.batch_ref, AWARDS.c.school, AWARDS.c.register_no,
        AWARDS.c.version, AWARDS.c.lane,
    ).where(AWARDS.c.type == kind.value, when, STANDING)  # fmt: skip
    return {
        pupil: StandingAward(ref, AwardLine(kind, school, number, version), Lane(lane))
        for pupil, ref, school, number, version, lane in ask(
            connection, query, AWARDS.c.pupil, pupils
        )
    }


def serials(
    connection: Connection, kind: CredentialType, wanted: Sequence[str]
) -> dict[str, tuple[str, str]]:
    """Serials ever used for that type: serial → (batch ref, register no)."""
    query = select(AWARDS.c.serial, AWARDS.c.batch_ref, AWARDS.c.register_no).where(
        AWARDS.c.type == kind.value, OWN_SERIAL
    )
    rows = ask(connection, query, AWARDS.c.serial, wanted)
    return {serial: (ref, number) for serial, ref, number in rows if serial is not None}


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
        select(AWARDS.c.register_no, AWARDS.c.version, *_ASKED)
        .where(AWARDS.c.batch_ref == awards.ref)
        .order_by(AWARDS.c.number)
    )
    rows = connection.execute(query).all()
    if not rows:
        return ()
    corrected = {row.register_no: row for row in rows if row.version > 1}
    fresh = iter([row for row in rows if row.version == 1])
    found = [
        corrected.get(entry.replaces.register_no) if entry.replaces else next(fresh, None)
        for entry in awards.entries
    ]
    said = [row and (row.version - 1, *row[2:]) for row in found]
    asked = [
        (entry.replaces.version if entry.replaces else 0, *values)
        for entry, values in zip(awards.entries, _asked(awards), strict=True)
    ]
    if len(rows) != len(found) or said != asked:
        raise ConflictError("award.ref_taken", ref=awards.ref)
    return tuple(row.register_no for row in found if row)


def _asked(awards: AwardBatch) -> Iterator[tuple[Any, ...]]:
    """What the request asks for, line by line, in the order of `_ASKED`."""
    issued = PartialDate.from_date(awards.issued).number
    decision_on = awards.decision_on and PartialDate.from_date(awards.decision_on).number
    about = tuple(_counter(awards).values())
    signed = (issued, awards.signer.name, awards.signer.title, awards.decision_no, decision_on)
    for entry in awards.entries:
        holder = (entry.pupil, entry.holder.name, entry.holder.birth.number)
        reason = entry.replaces and awards.reason
        yield (*about, entry.serial, *holder, entry.classification, *signed, reason)


def _check_pupils(connection: Connection, awards: AwardBatch) -> None:
    codes = [entry.pupil for entry in awards.entries]
    known = {row.code for row in people.known(connection, codes)}
    if unknown := sorted(set(codes) - known):
        raise RefusedError("award.pupils_unknown", pupils=tuple(unknown))


def _duplicates(connection: Connection, awards: AwardBatch) -> tuple[dict[str, str], ...]:
    codes = [entry.pupil for entry in awards.entries]
    new = [entry for entry in awards.entries if entry.replaces is None]
    if awards.type is CredentialType.COPY:  # as many as were asked for, by the original's serial
        return ()
    numbers = [entry.serial for entry in awards.entries if entry.serial and entry.brings_serial]
    pupils = [entry.pupil for entry in new]
    held = holders(connection, awards.type, awards.year, pupils, school=awards.school)
    owners = {pupil: (one.ref, one.line.register_no) for pupil, one in held.items()}
    own = (awards.ref, "")
    return tuple(
        {"what": what, "value": value, "ref": ref, "register_no": line}
        for what, taken, wanted in (
            ("pupil", owners, codes),
            ("serial", serials(connection, awards.type, numbers), numbers),
        )
        for value, (ref, line) in (dict.fromkeys(_repeated(wanted), own) | taken).items()
    )


def _repeated(values: Iterable[str]) -> list[str]:
    return [value for value, times in Counter(values).items() if times > 1]


def _rows(
    awards: AwardBatch, places: Sequence[_Place], classes: Sequence[str | None], at: int
) -> list[tuple[Any, ...]]:
    written = {"lane": int(Lane.ACTIVE), "batch_ref": awards.ref, "entered_at": at}
    asked_of = [column.name for column in _ASKED]
    rows = []
    asked_for = _asked(awards)
    for entry, asked, place, of in zip(awards.entries, asked_for, places, classes, strict=True):
        values = dict(zip(asked_of, asked, strict=True)) | written | place._asdict()
        values["own_serial"] = int(entry.brings_serial)
        values |= searching.described(entry.holder, place.register_no, entry.serial, of)
        if place.version > 1:
            values["approved_by"] = awards.approved_by
        rows.append(tuple(values.get(column.name) for column in AWARDS.c))
    return rows
