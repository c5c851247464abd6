"""Old paper registers: lines entered by one person, checked by another, then in the register.

Numbers, pages and names are the old book's own; nothing is numbered anew. A line is a line of the
register of awards (`awards`) from its check on, with a holder of its own among the pupils, since
nobody is taken for somebody else because of a name. What it says is never changed after that.
"""

import re
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from credential.errors import ConflictError, Fault, FormatError, InputError, RefusedError
from credential.lines import HeldLine, LineState, OldBook, OldLine, OpenLines, register_no
from credential.text import check_text, fold
from database.connections import Database, lock
from registry import oldlines
from registry.old_tables import OLD_BOOKS, OLD_LINES

Log = Callable[[str, str, int, Sequence[str]], None]
"""Notes an act before it is committed: who, what, at which school, with which register numbers."""

_CODE = re.compile(r"[A-Z0-9][A-Z0-9.-]{0,11}")


def _now() -> int:
    return int(time.time())


def _unlogged(_by: str, _act: str, _school: int, _register_nos: Sequence[str]) -> None:
    """Where nothing is to be noted: tests, and readers."""


class OldBooks:
    """The old books of one registry. Raises UnavailableError ``registry``.

    Each act is told to `log` within its transaction: if that fails, nothing happened.
    """

    def __init__(
        self, database: Database, clock: Callable[[], int] = _now, log: Log = _unlogged
    ) -> None:
        self._database = database
        self._clock = clock
        self._log = log

    def open(self, book: OldBook) -> None:
        """Describe a book, or leave it as it is.

        Raises FormatError ``digitise.book_code`` and ``text.*``, ConflictError
        ``digitise.book_differs``.
        """
        if not _CODE.fullmatch(book.code):
            raise FormatError("digitise.book_code", found=book.code)
        for text in (book.title, book.document, book.issuer, book.signer_title):
            check_text(text)
        with self._database.writing() as connection:
            lock(connection, "old_books")
            held = _book(connection, book.school, book.code)
            if held is None:
                connection.execute(insert(OLD_BOOKS).values(**_columns_of(book)))
            elif held != book:
                raise ConflictError("digitise.book_differs", book=book.code, found=held.title)

    def books(self, school: int) -> Mapping[OldBook, Mapping[LineState, int]]:
        """The books that a school manages, with how many lines are in which state."""
        query = select(OLD_BOOKS).where(OLD_BOOKS.c.school == school).order_by(OLD_BOOKS.c.code)
        counted = (
            select(OLD_LINES.c.book, OLD_LINES.c.state, func.count())
            .where(OLD_LINES.c.school == school)
            .group_by(OLD_LINES.c.book, OLD_LINES.c.state)
        )
        with self._database.reading() as connection:
            found = [OldBook(*row) for row in connection.execute(query)]
            counts = list(connection.execute(counted))
        return {
            book: {LineState(state): many for code, state, many in counts if code == book.code}
            for book in found
        }

    def book(self, school: int, code: str) -> OldBook:
        """Raises RefusedError ``digitise.book_unknown``."""
        with self._database.reading() as connection:
            found = _book(connection, school, code)
        if found is None:
            raise RefusedError("digitise.book_unknown", book=code)
        return found

    def lines(
        self, school: int, code: str, states: Collection[LineState] = tuple(LineState)
    ) -> Sequence[HeldLine]:
        """The lines of a book in those states, in the order in which they were entered."""
        query = (
            select(OLD_LINES)
            .where(OLD_LINES.c.school == school, OLD_LINES.c.book == code)
            .where(OLD_LINES.c.state.in_([state.value for state in states]))
            .order_by(OLD_LINES.c.position)
        )
        with self._database.reading() as connection:
            return [oldlines.held_of(row) for row in connection.execute(query)]

    def open_lines(self, school: int) -> Sequence[OpenLines]:
        """What of a school's books waits for a check, or to be mended, by who entered it."""
        by = OLD_LINES.c.book, OLD_LINES.c.state, OLD_LINES.c.entered_by
        query = (
            select(*by, func.count(), func.min(OLD_LINES.c.entered_at))
            .where(OLD_LINES.c.school == school)
            .where(OLD_LINES.c.state.in_([state.value for state in oldlines.OPEN]))
            .group_by(*by)
            .order_by(*by)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return [
            OpenLines(book, LineState(state), who, many, since)
            for book, state, who, many, since in rows
        ]

    def scans(self, school: int) -> frozenset[str]:
        """The scans (SHA-256) that a school's lines name, whatever has become of them."""
        query = select(OLD_LINES.c.scan).where(OLD_LINES.c.school == school).distinct()
        with self._database.reading() as connection:
            return frozenset(scan.hex() for scan in connection.scalars(query))

    def enter(self, book: OldBook, lines: Sequence[OldLine], by: str) -> int:
        """Put lines down for the check; how many were written. The same again writes nothing.

        A line that is not checked yet is written anew, as whoever mends it means it. Raises
        InputError with all of `faults`; then nothing is written.
        """
        at = self._clock()
        with self._database.writing() as connection:
            lock(connection, f"old_book {book.school} {book.code}")
            if found := list(oldlines.faults(connection, book, lines)):
                raise InputError(found)
            held = oldlines.by_number(connection, book, [line.number for line in lines])
            fresh = [line for line in lines if line.number not in held]
            last = connection.scalar(
                select(func.max(OLD_LINES.c.position)).where(*oldlines.in_book(book))
            )  # fmt: skip
            for position, line in enumerate(fresh, (last or 0) + 1):
                values = oldlines.said(line) | {
                    "position": position,
                    "state": LineState.ENTERED.value,
                }
                name = register_no(book.code, line.number)
                values |= {"school": book.school, "book": book.code, "register_no": name}
                written = values | {"entered_by": by, "entered_at": at}
                connection.execute(insert(OLD_LINES).values(written))
            mended = [
                line for line in lines
                if (old := held.get(line.number)) and old.state in oldlines.OPEN
                and old.line != line
            ]  # fmt: skip
            for line in mended:
                again = {"state": LineState.ENTERED.value, "entered_by": by, "entered_at": at}
                again |= {"checked_by": None, "checked_at": None, "remark": None}
                connection.execute(
                    update(OLD_LINES)
                    .where(*oldlines.in_book(book), OLD_LINES.c.number == line.number)
                    .values(oldlines.said(line) | again)
                )
            self._note(by, "old_line.entered", book, [line.number for line in (*fresh, *mended)])
        return len(fresh) + len(mended)

    def faults(self, book: OldBook, lines: Sequence[OldLine]) -> Sequence[Fault]:
        """What there is against entering them; a fault's row is the place in the list (from 1).

        ``digitise.in_register`` (found, register_no: the line is checked already and says
        something else; another scan of its page does not count), ``digitise.serial_taken``
        (found, register_no: of that document there is a line with this serial).
        """
        with self._database.reading() as connection:
            return list(oldlines.faults(connection, book, lines))

    def alike(self, book: OldBook, lines: Sequence[OldLine]) -> Sequence[tuple[int, str]]:
        """Lines whose name and birth another line of the register has: place (from 0), its number.

        They may be of one person or of two; whoever enters is told, and decides.
        """
        with self._database.reading() as connection:
            return list(oldlines.alike(connection, book, lines))

    def agree(self, book: OldBook, seen: Mapping[str, str], by: str) -> int:
        """Lines that say what their page says: they are in the register now. How many were new.

        `seen` has the `digest` of each line as whoever checks it saw it, by number.
        Raises RefusedError ``digitise.line_unknown`` and ``digitise.same_person`` (found: number),
        ConflictError ``digitise.changed`` (found: numbers) for what was entered anew since it was
        seen, ``digitise.differs_still`` for one that was found to differ and not mended.
        """
        at = self._clock()
        with self._database.writing() as connection:
            lock(connection, f"old_book {book.school} {book.code}")
            lock(connection, "pupils")
            held = _to_check(connection, book, seen, by)
            for one in held:
                if one.state is LineState.DIFFERS:
                    raise ConflictError("digitise.differs_still", found=one.line.number)
            due = [one for one in held if one.state is LineState.ENTERED]
            oldlines.register(self._database, connection, book, due, by, at)
            self._note(by, "old_line.checked", book, [one.line.number for one in due])
        return len(due)

    def differ(self, book: OldBook, number: str, digest: str, by: str, remark: str) -> None:
        """The page says something else: the line goes back to whoever enters.

        `digest` is that of the line as it was seen. Raises RefusedError ``digitise.line_unknown``,
        ``digitise.same_person``, ConflictError ``digitise.changed`` and ``digitise.in_register``
        for a line that was found right before.
        """
        with self._database.writing() as connection:
            lock(connection, f"old_book {book.school} {book.code}")
            [held] = _to_check(connection, book, {number: digest}, by)
            if held.state not in oldlines.OPEN:
                name = register_no(book.code, number)
                raise ConflictError("digitise.in_register", found=number, register_no=name)
            self._return(connection, book, number, by, remark)
            self._note(by, "old_line.returned", book, [number])

    def withdraw(self, book: OldBook, number: str, digest: str, by: str, reason: str) -> None:
        """A line that was checked, but never issued or copied, leaves the register again.

        It goes back to whoever enters, with the reason; entered anew it is checked anew. `digest`
        is that of the line as it was seen. Raises RefusedError ``digitise.line_unknown``,
        ConflictError ``digitise.changed``, ``digitise.not_checked`` for one that is in no register
        or was issued, ``digitise.copied`` (copies) and ``award.not_standing``.
        """
        with self._database.writing() as connection:
            lock(connection, f"old_book {book.school} {book.code}")
            held = _as_seen(connection, book, {number: digest})[number]
            if held.state is not LineState.CHECKED:
                raise ConflictError("digitise.not_checked", found=number)
            oldlines.unregister(connection, book, number)
            self._return(connection, book, number, by, reason)
            self._note(by, "old_line.withdrawn", book, [number])

    def _return(
        self, connection: Connection, book: OldBook, number: str, by: str, remark: str
    ) -> None:
        connection.execute(
            update(OLD_LINES)
            .where(*oldlines.in_book(book), OLD_LINES.c.number == number)
            .values(
                state=LineState.DIFFERS.value, checked_by=by, checked_at=self._clock(),
                remark=remark,
            )
        )  # fmt: skip

    def _note(self, by: str, act: str, book: OldBook, numbers: Sequence[str]) -> None:
        if numbers:
            names = [register_no(book.code, number) for number in numbers]
            self._log(by, act, book.school, names)


def _to_check(
    connection: Connection, book: OldBook, seen: Mapping[str, str], by: str
) -> list[HeldLine]:
    held = _as_seen(connection, book, seen)
    for number, one in held.items():
        if fold(one.entered_by) == fold(by):
            raise RefusedError("digitise.same_person", found=number, name=by)
    return list(held.values())


def _as_seen(
    connection: Connection, book: OldBook, seen: Mapping[str, str]
) -> Mapping[str, HeldLine]:
    """The lines with these numbers, all of them as they were seen."""
    held = oldlines.by_number(connection, book, list(seen))
    for number in seen:
        if number not in held:
            raise RefusedError("digitise.line_unknown", found=number, book=book.code)
    changed = [number for number, digest in seen.items() if held[number].line.digest != digest]
    if changed:
        raise ConflictError("digitise.changed", found=", ".join(changed))
    return {number: held[number] for number in seen}


def _book(connection: Connection, school: int, code: str) -> OldBook | None:
    query = select(OLD_BOOKS).filter_by(school=school, code=code)
    row = connection.execute(query).one_or_none()
    return None if row is None else OldBook(*row)


def _columns_of(book: OldBook) -> dict[str, Any]:
    return {name: getattr(book, name) for name in OldBook.__dataclass_fields__}
