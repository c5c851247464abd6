"""Sổ điểm, the teacher's mark book of one subject in one semester (Circulars 22/2021 and 27/2020).

Four forms: marks in columns of their own, regular marks in one cell, comments, primary school. What
comes out is the subject's result of that semester; single marks only serve to compute it, remarks
are dropped. Subject and semester stand in the titles, or are said by whoever brings the file.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from credential.errors import Fault, FormatError, InputError
from credential.model import CourseResult
from credential.text import fold
from grading.averages import semester_average
from grading.circular22 import CIRCULAR_22
from grading.marks import format_tenths, parse_tenths
from grading.primary import Completion
from grading.ruleset import Rating
from grading.subjects import Subject, programme_of
from issuer.intake.cells import ALL_GRADES, UPPER, RowReader, class_of, one_of
from issuer.intake.layout import CLASS, CODE, IDENTIFYING, Field, Layout
from issuer.intake.primary_results import whole_mark
from issuer.intake.pupil_lists import IDENTITY
from issuer.intake.reading import settled
from issuer.intake.rows import Reading, ResultsRow
from issuer.intake.table import Table
from issuer.intake.workbook import Cell

EXEMPT = "M"

_CLASS = Field(CLASS, ("Lớp", "Lớp học", "Tên lớp"), class_of(ALL_GRADES))
_WHO = (*IDENTITY, _CLASS)
_SUBJECT = re.compile(r"môn(?: học)?\s*:?\s+(.+)", re.IGNORECASE)
_SUBJECT_ENDS = re.compile(r"\s*(?:[,;–|(]| - |\blớp\b|\bhọc k|\bnăm học\b)", re.IGNORECASE)
_SEMESTER = re.compile(r"(?:học k[ỳìíy]|hk)\s*:?\s*(ii|i|2|1)\b", re.IGNORECASE)
_GRADE = re.compile(r"(1[0-2]|[1-9])")
_OTHER_NAMES = {"Tiếng Anh": "foreign_language_1", "Ngoại ngữ": "foreign_language_1",
                "Anh văn": "foreign_language_1", "GDTC": "physical_education"}  # fmt: skip


def _mark(cell: Cell) -> int | str:
    """A mark in tenths, or `EXEMPT`. Raises FormatError ``mark.invalid`` (found, expected)."""
    if isinstance(cell, str) and fold(cell) in {fold(EXEMPT), fold("Miễn")}:
        return EXEMPT
    if not isinstance(cell, str | int | float):
        raise FormatError("mark.invalid", found=str(cell), expected="0–10")
    return parse_tenths(cell)


def _marks(cell: Cell) -> tuple[int, ...]:
    """Marks separated by blanks, as form 2 has the regular ones; "8,5 9" are two."""
    parts = cell.split() if isinstance(cell, str) else [cell]
    if any(not isinstance(part, str | int | float) for part in parts):
        raise FormatError("mark.invalid", found=str(cell), expected="0–10")
    return tuple(parse_tenths(part) for part in parts)  # type: ignore[arg-type]


_REGULAR = tuple(
    Field(f"regular {n}", (f"ĐĐGtx{n}", f"ĐĐGtx > {n}", f"ĐĐGtx > TX{n}", f"ĐĐGtx > ĐĐGtx{n}"),
          _mark).optional() for n in range(1, 6)
)  # fmt: skip
_ALL_REGULAR = Field("regular", ("ĐĐGtx", "Điểm thường xuyên"), _marks).optional()
_PERIODIC = (
    Field("midterm", ("ĐĐGgk", "ĐĐG gk", "Điểm giữa kỳ"), _mark, blank=True),
    Field("final", ("ĐĐGck", "ĐĐG ck", "Điểm cuối kỳ"), _mark, blank=True),
)
_AVERAGE = Field("average", ("ĐTBmhk", "ĐTB mhk", "ĐTBmhkI", "ĐTBmhkII"), _mark)
_rating = one_of(
    *Rating,
    EXEMPT,
    aliases={"Đạt": Rating.PASSED, "Chưa đạt": Rating.NOT_PASSED, "Miễn": EXEMPT},
)
_RATING = Field("rating", ("Đánh giá", "Xếp loại", "Kết quả"), _rating)
_LEVEL = one_of(*Completion, aliases={"Hoàn thành tốt": "T", "Hoàn thành": "H",
                                      "Chưa hoàn thành": "C"})  # fmt: skip

BOOK_1 = Layout("sodiem-1", (*_WHO, *_REGULAR, *_PERIODIC, _AVERAGE.optional()), depth=2)
BOOK_2 = Layout("sodiem-2", (*_WHO, _ALL_REGULAR, *_PERIODIC, _AVERAGE), depth=2)
COMMENT_BOOK = Layout("sodiem-nhanxet", (*_WHO, _RATING), depth=2)
PRIMARY_BOOK = Layout(
    "sodiem-tieuhoc",
    (
        *_WHO,
        Field("level midterm", ("Mức đạt được GK", "Mức đạt được > GK", "Mức đạt được giữa kỳ"),
              _LEVEL).optional(),
        Field("level", ("Mức đạt được CK", "Mức đạt được > CK", "Mức đạt được cuối kỳ"), _LEVEL),
        Field("test", ("Điểm KTĐK", "Điểm KTĐK CK", "Điểm KTĐK > CK"), whole_mark).optional(),
    ),
    depth=2,
)  # fmt: skip
BOOKS = (BOOK_1, BOOK_2, COMMENT_BOOK, PRIMARY_BOOK)


def book_of(
    table: Table, subject: str | None = None, term: str | None = None
) -> Reading[ResultsRow]:
    """The results in a mark book: one subject, one semester (``HK1`` or ``HK2``) for each pupil.

    Faults of rows are in the reading: those of `cells`, ``mark.invalid``, ``pupil.twice``. Noticed
    are averages that do not follow (``mark.semester_average``), results that are not complete
    yet (``mark.incomplete``) and exemptions (``subject.exempt``). Raises InputError
    ``book.subject`` and ``book.term`` where neither the titles nor the caller say them.
    """
    about, semester = subject_of(table, subject), term_of(table, term)
    rows = []
    for line in table.rows:
        reader = RowReader(line, table.findings)
        found = {field.key: reader.field(field) for field in table.layout.fields
                 if reader.has(field.key) or (field in _WHO and field.needed)}  # fmt: skip
        reader.once(CODE, "pupil.twice", found[CODE])
        result = _result(reader, found, about, semester) if reader.sound else None
        if reader.sound:
            who = {key: found[key] for key in IDENTIFYING}
            rows.append(ResultsRow(line.number, results=(result,) if result else (), **who))
    return settled(table, rows)


def term_of(table: Table, said: str | None = None) -> str:
    """The semester of the book, ``HK1`` or ``HK2``. Raises InputError ``book.term``."""
    semester = said or next(filter(None, map(_semester, table.titles)), None)
    if semester is None:
        raise InputError([Fault("book.term")])
    return semester


def subject_of(table: Table, said: str | None = None) -> Subject:
    """The subject of the book, of the programme of its classes. Raises InputError."""
    programme = _programme(table)
    titles = (_SUBJECT.search(title) for title in table.titles)
    for name in [said] if said else [found[1] for found in titles if found]:
        whole = next((each.name for each in programme if "," in each.name
                      and fold(name).startswith(fold(each.name))), None)  # fmt: skip
        wanted = fold(whole or _SUBJECT_ENDS.split(name, maxsplit=1)[0])
        key = next((key for other, key in _OTHER_NAMES.items() if fold(other) == wanted), wanted)
        for subject in programme:
            if fold(subject.name) == wanted or subject.key == key:
                return subject
    expected = ", ".join(subject.name for subject in programme)
    raise InputError([Fault("book.subject", params={"expected": expected})])


def _programme(table: Table) -> tuple[Subject, ...]:
    classes = (row.cells.get(CLASS) for row in table.rows)
    found = next((_GRADE.match(name) for name in classes if isinstance(name, str)), None)
    return programme_of(int(found[1]) if found else UPPER[0])


def _semester(title: str) -> str | None:
    found = _SEMESTER.search(title)
    return None if found is None else "HK2" if found[1].lower() in {"ii", "2"} else "HK1"


def _result(
    reader: RowReader, found: Mapping[str, Any], subject: Subject, term: str
) -> CourseResult | None:
    """The semester's result; None if exempt or not complete, which is noticed."""
    if EXEMPT in found.values():
        reader.notice("subject.exempt", CODE, subject=subject.name)
        return None
    if "rating" in found or "level" in found:
        rating, test = found.get("rating") or found.get("level"), found.get("test")
        return CourseResult(subject.key, subject.name, term, mark=test, rating=rating)
    average = _average(reader, found)
    return None if average is None else CourseResult(subject.key, subject.name, term, mark=average)


def _average(reader: RowReader, found: Mapping[str, Any]) -> int | None:
    """The average that the book says, or else that follows from its marks."""
    said, follows = found.get("average"), _computed(found)
    if said is None and follows is None:
        reader.notice("mark.incomplete", "final")
    if said is not None and follows is not None and said != follows:
        reader.notice("mark.semester_average", "average",
                      found=format_tenths(said), expected=format_tenths(follows))  # fmt: skip
    return follows if said is None else said


def _computed(found: Mapping[str, Any]) -> int | None:
    """The average, if there are as many marks as the rules ask for."""
    regular, midterm, final = _regular(found), found.get("midterm"), found.get("final")
    if midterm is None or final is None:
        return None
    try:
        return semester_average(CIRCULAR_22, regular, [midterm], final)
    except FormatError:
        return None


def _regular(found: Mapping[str, Any]) -> Sequence[int]:
    given = found.get("regular") or [found.get(field.key) for field in _REGULAR]
    return [mark for mark in given if mark is not None]
