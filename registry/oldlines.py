"""Lines of old books as rows: what stands against entering them, and how they become awards.

Everything here happens within a transaction of `oldbooks` or `register`.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, insert, literal, select, update

from credential.dates import PartialDate
from credential.errors import ConflictError, Fault
from credential.lines import HeldLine, LineState, OldBook, OldLine, register_no
from credential.model import CredentialType, Holder, Lane
from credential.records import AwardBatch, AwardLine
from credential.text import fold
from database.connections import Database
from registry import searching
from registry.old_tables import COPIES, OLD_BOOKS, OLD_LINES
from registry.tables import AWARDS, COUNTERS, PUPILS

_TYPE = CredentialType.DIGITISED
_AT_ONCE = 500  # values in one question; databases limit them
OPEN = (LineState.ENTERED, LineState.DIFFERS)
"""States of lines that are in no register yet."""

_CLASS = "Sổ gốc cũ"  # where a pupil's class stands; these left school long ago


def certify(connection: Connection, awards: AwardBatch) -> tuple[str, ...]:
    """Note with lines of old books that they are issued as digitised diplomas; their numbers.

    The same `ref` again writes nothing. Raises ConflictError ``award.not_standing`` for a line that
    is not in the register, does not stand, or belongs to another batch.
    """
    values = {
        "state": LineState.ISSUED.value, "award_ref": awards.ref,
        "awarded_on": PartialDate.from_date(awards.issued).number,
        "certifier": awards.signer.name, "certifier_title": awards.signer.title,
    }  # fmt: skip
    names = []
    for entry in awards.entries:
        name = entry.line or ""
        line = OLD_LINES.c.school == awards.school, OLD_LINES.c.register_no == name
        own = (AWARDS.c.type == _TYPE.value, AWARDS.c.school == awards.school,
               AWARDS.c.register_no == name, AWARDS.c.lane == int(Lane.ACTIVE))  # fmt: skip
        query = select(OLD_LINES.c.state, OLD_LINES.c.award_ref).where(*line).with_for_update()
        held = connection.execute(query).one_or_none()
        known = held and (held.state, held.award_ref)
        again = known == (LineState.ISSUED.value, awards.ref)
        if not again and known != (LineState.CHECKED.value, None):
            raise ConflictError("award.not_standing", register_no=name, version=1)
        if not again:
            taken = connection.execute(update(AWARDS).where(*own).values(batch_ref=awards.ref))
            if not taken.rowcount:
                raise ConflictError("award.not_standing", register_no=name, version=1)
            connection.execute(update(OLD_LINES).where(*line).values(values))
        names.append(name)
    return tuple(names)


def release(connection: Connection, ref: str) -> int:
    """Lines that an order took with `certify` and that were not sent may be issued again.

    How many there were; how they stand does not change.
    """
    taken = connection.execute(
        update(OLD_LINES)
        .where(OLD_LINES.c.award_ref == ref)
        .values(
            state=LineState.CHECKED.value, award_ref=None, awarded_on=None, certifier=None,
            certifier_title=None,
        )
    )  # fmt: skip
    connection.execute(
        update(AWARDS)
        .where(AWARDS.c.type == _TYPE.value, AWARDS.c.batch_ref == ref)
        .values(batch_ref=literal("old:") + AWARDS.c.pupil, content=None, seq=None, position=None)
    )
    return taken.rowcount


def register(
    database: Database,
    connection: Connection,
    book: OldBook,
    held: Sequence[HeldLine],
    by: str,
    at: int,
) -> None:
    """Lines into the register of awards, each with a person of its own."""
    last = _counters(connection, book.school, {one.line.year for one in held})
    persons, awards = [], []
    for one in held:
        line, name = one.line, register_no(book.code, one.line.number)
        person = f"{book.school}:{name}"
        persons.append({
            "code": person, "name": line.name, "birth": line.birth.number, "sex": line.sex,
            "ethnicity": line.ethnicity, "birth_place": line.birth_place, "school": book.school,
            "class_name": _CLASS,
        })  # fmt: skip
        holder = Holder(line.name, line.birth, line.birth_place, line.sex, line.ethnicity)
        last[line.year] += 1
        awards.append({
            "type": _TYPE.value, "school": book.school, "year": line.year,
            "number": last[line.year], "version": 1, "register_no": name, "serial": line.serial,
            "pupil": person, "holder_name": line.name, "birth": line.birth.number,
            "classification": line.classification, "issued": line.issued.number,
            "signer_name": line.signer or "", "signer_title": book.signer_title,
            "lane": int(Lane.ACTIVE), "batch_ref": f"old:{person}", "entered_at": at,
            "own_serial": 0, **searching.described(holder, name, line.serial),
        })  # fmt: skip
    for table, rows in ((PUPILS, persons), (AWARDS, awards)):
        values = [tuple(row.get(column.name) for column in table.c) for row in rows]
        database.insert(connection, table, values)
    for year, number in last.items():
        counter = {"type": _TYPE.value, "school": book.school, "year": year}
        connection.execute(update(COUNTERS).filter_by(**counter).values(last=number))
    numbers = [one.line.number for one in held]
    for start in range(0, len(numbers), _AT_ONCE):
        some = OLD_LINES.c.number.in_(numbers[start : start + _AT_ONCE])
        connection.execute(
            update(OLD_LINES)
            .where(*in_book(book), some)
            .values(state=LineState.CHECKED.value, checked_by=by, checked_at=at, remark=None)
        )


def unregister(connection: Connection, book: OldBook, number: str) -> None:
    """Take a line out of the register of awards again, with the person that it made.

    Raises ConflictError ``digitise.copied`` (found, copies) where copies were made of it, and
    ``award.not_standing`` for one that was withdrawn: that stays in the register.
    """
    name = register_no(book.code, number)
    own = (AWARDS.c.type == _TYPE.value, AWARDS.c.school == book.school,
           AWARDS.c.register_no == name)  # fmt: skip
    lane = connection.scalar(select(AWARDS.c.lane).where(*own).with_for_update())
    if lane != Lane.ACTIVE:
        raise ConflictError("award.not_standing", register_no=name, version=1)
    of = (COPIES.c.of_type == _TYPE.value, COPIES.c.of_school == book.school,
          COPIES.c.of_register_no == name)  # fmt: skip
    copies = connection.scalars(select(COPIES.c.register_no).where(*of)).all()
    if copies:
        raise ConflictError("digitise.copied", found=number, copies=", ".join(copies))
    connection.execute(delete(AWARDS).where(*own))
    connection.execute(delete(PUPILS).where(PUPILS.c.code == f"{book.school}:{name}"))


def is_unissued(connection: Connection, line: AwardLine) -> bool:
    """Whether that is a line of an old book, in the register, that no order has taken."""
    if line.type is not _TYPE:
        return False
    query = select(OLD_LINES.c.state).where(
        OLD_LINES.c.school == line.school, OLD_LINES.c.register_no == line.register_no
    )
    return connection.scalar(query) == LineState.CHECKED.value


def ready(connection: Connection, school: int, book: str) -> Sequence[AwardLine]:
    """The checked lines of a book that stand and may be issued, in its order."""
    query = (
        select(OLD_LINES.c.register_no)
        .join(
            AWARDS,
            and_(AWARDS.c.type == _TYPE.value, AWARDS.c.school == OLD_LINES.c.school,
                 AWARDS.c.register_no == OLD_LINES.c.register_no),
        )
        .where(OLD_LINES.c.school == school, OLD_LINES.c.book == book,
               OLD_LINES.c.state == LineState.CHECKED.value,
               AWARDS.c.lane == int(Lane.ACTIVE))
        .order_by(OLD_LINES.c.position)
    )  # fmt: skip
    return [AwardLine(_TYPE, school, name) for name in connection.scalars(query)]


def _counters(connection: Connection, school: int, years: Collection[int]) -> dict[int, int]:
    """The last internal number of these years, locked; old books have numbers of their own."""
    found = {}
    for year in sorted(years):
        counter = {"type": _TYPE.value, "school": school, "year": year}
        query = select(COUNTERS.c.last).filter_by(**counter).with_for_update()
        last = connection.scalar(query)
        if last is None:
            connection.execute(insert(COUNTERS).values(**counter, last=0))
        found[year] = last or 0
    return found


def faults(connection: Connection, book: OldBook, lines: Sequence[OldLine]) -> Sequence[Fault]:
    """What there is against entering these lines (see `OldBooks.faults`)."""
    held = by_number(connection, book, [line.number for line in lines])
    serials = _serials(connection, book, [line.serial for line in lines if line.serial])
    found = []
    for row, line in enumerate(lines, 1):
        name = register_no(book.code, line.number)
        old = held.get(line.number)
        if old and old.state not in OPEN and replace(line, scan=old.line.scan) != old.line:
            params = {"found": line.number, "register_no": name}
            found.append(Fault("digitise.in_register", row, "number", params))
        owner = serials.get(line.serial or "", name)
        if owner != name:
            params = {"found": line.serial or "", "register_no": owner}
            found.append(Fault("digitise.serial_taken", row, "serial", params))
    return found


def alike(
    connection: Connection, book: OldBook, lines: Sequence[OldLine]
) -> Iterator[tuple[int, str]]:
    """Lines whose name and birth another line has (see `OldBooks.alike`)."""
    births = sorted({line.birth.number for line in lines})
    known: dict[tuple[str, int], str] = {}
    query = select(AWARDS.c.holder_name, AWARDS.c.birth, AWARDS.c.register_no)
    kinds = AWARDS.c.type.in_([CredentialType.THPT_DIPLOMA.value, _TYPE.value])
    for start in range(0, len(births), _AT_ONCE):
        some = AWARDS.c.birth.in_(births[start : start + _AT_ONCE])
        for name, birth, number in connection.execute(query.where(kinds, some)):
            known[fold(name), birth] = number
    for at, line in enumerate(lines):
        other = known.get((fold(line.name), line.birth.number))
        if other and other != register_no(book.code, line.number):
            yield at, other


def _serials(connection: Connection, book: OldBook, wanted: Sequence[str]) -> dict[str, str]:
    """Which line of that document has a serial: of any old book, or of the register (diplomas)."""
    old = select(OLD_LINES.c.serial, OLD_LINES.c.book, OLD_LINES.c.number).join_from(
        OLD_LINES, OLD_BOOKS,
        (OLD_BOOKS.c.school == OLD_LINES.c.school) & (OLD_BOOKS.c.code == OLD_LINES.c.book),
    ).where(OLD_BOOKS.c.document == book.document)  # fmt: skip
    diplomas = select(AWARDS.c.serial, AWARDS.c.register_no).where(
        AWARDS.c.type == CredentialType.THPT_DIPLOMA.value
    )
    found = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        for serial, code, number in connection.execute(old.where(OLD_LINES.c.serial.in_(some))):
            found[serial or ""] = register_no(code, number)
        for serial, name in connection.execute(diplomas.where(AWARDS.c.serial.in_(some))):
            found[serial or ""] = name
    return found


def by_number(connection: Connection, book: OldBook, numbers: Sequence[str]) -> dict[str, HeldLine]:
    """Those of the lines with these numbers that the book has."""
    found = {}
    for start in range(0, len(numbers), _AT_ONCE):
        some = OLD_LINES.c.number.in_(numbers[start : start + _AT_ONCE])
        for row in connection.execute(select(OLD_LINES).where(*in_book(book), some)):
            found[row.number] = held_of(row)
    return found


def in_book(book: OldBook) -> tuple[Any, ...]:
    """The condition that a line is of that book."""
    return OLD_LINES.c.school == book.school, OLD_LINES.c.book == book.code


def said(line: OldLine) -> dict[str, Any]:
    """What a line says, by column."""
    values = {name: getattr(line, name) for name in OldLine.__dataclass_fields__}
    dates = {"birth": line.birth.number, "issued": line.issued.number}
    return values | dates | {"scan": bytes.fromhex(line.scan)}


def held_of(row: Row[Any]) -> HeldLine:
    """The line of a row."""
    values = {name: getattr(row, name) for name in OldLine.__dataclass_fields__}
    dates = {name: PartialDate.from_number(values[name]) for name in ("birth", "issued")}
    line = OldLine(**(values | dates | {"scan": row.scan.hex()}))
    return HeldLine(
        line, LineState(row.state), row.entered_by, row.entered_at, row.checked_by,
        row.checked_at, row.remark,
    )  # fmt: skip
