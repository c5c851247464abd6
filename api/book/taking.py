"""Taking a part of the register out: noted as an act and as extracts before it is handed over."""

import time
from typing import TYPE_CHECKING

import store.audit
from api.book.printing import Volume
from api.clock import today
from credential.errors import RefusedError
from credential.extracts import Extract, ExtractKind
from credential.records import SchoolRecord as School
from registry.book import Asked, Book, Contents

if TYPE_CHECKING:
    from api.wiring import System


def volume(system: "System", school: School, book: Book, asked: Asked, by: str) -> Volume:
    """What would be printed of a book. Raises RefusedError ``register_book.unknown``."""
    return Volume(
        book=book,
        school=school.name,
        authority="Sở Giáo dục và Đào tạo\nThành phố Hồ Chí Minh",
        contents=contents(system, school, book),
        asked=asked,
        lines=tuple(system.books.lines(book, asked)),
        by=by,
        at=int(time.time()),
        specimen=system.settings.specimen,
    )


def contents(system: "System", school: School, book: Book) -> Contents:
    """What a book holds. Raises RefusedError ``register_book.unknown`` where there is none."""
    found = system.books.contents(book)
    if not found.last:
        raise RefusedError("register_book.unknown", school=school.name, year=str(book.year))
    return found


def note(system: "System", taken: Volume, form: str) -> None:
    """Note that a volume is taken, as ``pdf`` or ``csv``: each line, and the act with its digest.

    A line whose credential has no place yet was never handed to anybody; it is in the act alone.
    """
    book = taken.book
    system.extracts.note_all([
        Extract(line.pupil, book.school, line.seq, line.position, ExtractKind.BOOK, taken.by, "")
        for line in taken.lines
        if line.seq is not None and line.position is not None
    ])  # fmt: skip
    store.audit.note(
        system.store_database, taken.at, taken.by, "register.taken", form=form,
        school=book.school, type=book.type.key, year=book.year,
        lines=len(taken.lines), sha256=taken.digest,
    )  # fmt: skip


def school(system: "System", code: str) -> School:
    """The school of that code as it is called today. Raises RefusedError ``school.unknown``."""
    found = system.desk.school(code, today())
    if found is None:
        raise RefusedError("school.unknown", found=code)
    return found
