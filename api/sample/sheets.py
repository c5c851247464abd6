"""The spreadsheets that a sample school hands in, with the harmless oddities of real ones.

Names decomposed (NFD) or with double spaces, dates as text, as Excel dates or as serial
numbers, decimal commas, a header repeated between classes, a total and a signature row. The
columns that intake has to drop hold filler that nobody can take for real.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl.workbook.workbook import Workbook

from api.sample.city import SCHOOL_YEAR, Pupil, schools, serial_number
from api.sample.results import year_results
from credential.model import CourseResult, TermOutcome
from grading.marks import format_tenths
from grading.subjects import UPPER_SECONDARY
from issuer.intake import pupil_lists, score_sheet

CODE, NAME, BIRTH = (field.headings[0] for field in pupil_lists.IDENTITY if field.needed)
_SERIAL = "Số hiệu"

CLASS_LIST_HEADINGS = (
    "STT", CODE, NAME, BIRTH, "Giới tính", "Dân tộc", "Trạng thái", "SĐT liên hệ",
    "Nơi sinh chi tiết", "Tổ/thôn Hộ khẩu thường trú", "Tỉnh thành quê quán", "Phường Xã quê quán",
    "Chỗ ở hiện nay", "Số CMND", "Ngày cấp", "Nơi cấp", "Tên cha", "Nghề nghiệp cha",
    "Năm sinh cha", "Tên mẹ", "Nghề nghiệp mẹ", "Năm sinh mẹ", "Lớp học", "Khối học",
    "Số định danh cá nhân",
)  # fmt: skip
FILLER = "dữ liệu giả"
FAKE_PHONE = "0000 000"

_EXCEL_DAY_0 = date(1899, 12, 30)  # day 0 of serial dates after February 1900


def write_class_list(path: Path, pupils: Sequence[Pupil], serials: bool = False) -> None:
    """Write the 25-column class list: three title rows, then the header in row 4.

    With `serials` a 26th column Số hiệu follows. Overwrites `path`.
    """
    headings = [*CLASS_LIST_HEADINGS, *([_SERIAL] if serials else [])]
    rows = []
    for number, pupil in enumerate(pupils, start=1):
        row = [*_class_list_row(number, pupil), *([serial_number(pupil)] if serials else [])]
        if number > 1 and pupil.class_name != pupils[number - 2].class_name:
            rows.append(headings)
        rows.append(row)
    _save(path, "DANH SÁCH HỌC SINH", pupils, headings, rows)


def write_score_sheet(path: Path, pupils: Sequence[Pupil], half: bool = False) -> None:
    """Write the year's results ("Bảng tổng kết cả năm") in the same form. Overwrites `path`.

    `half`: those of semester I alone, with its level, conduct and absences.
    """
    terms = ("HK1",) if half else tuple(score_sheet.TERMS)
    taught = [
        subject
        for subject in UPPER_SECONDARY
        if any(subject.key == r.subject for pupil in pupils for r in year_results(pupil).results)
    ]
    courses = [(subject, term) for subject in taught for term in terms]
    suffixes = [f" {score_sheet.TERMS[term]}" for term in terms[:-1]] + [""]
    headings = [
        "STT",
        *(CODE, NAME, BIRTH, "Lớp"),
        *(score_sheet.heading(subject, term) for subject, term in courses),
        *(f"{name}{suffix}" for suffix in suffixes for name in _OUTCOME),
        *(() if half else (score_sheet.PROMOTION, score_sheet.TITLE)),
    ]
    rows = []
    for number, pupil in enumerate(pupils, start=1):
        year = year_results(pupil)
        found = {(r.subject, r.term): r for r in year.results}
        outcomes = {each.term: each for each in year.outcomes}
        rows.append(
            [
                *(number, pupil.code, _name(number, pupil), _birth(number, pupil)),
                pupil.class_name,
                *(_result(number, found.get((subject.key, term))) for subject, term in courses),
                *(cell for term in terms for cell in _cells(outcomes[term])),
                *(() if half else (year.promotion, year.title)),
            ]
        )
    title = "BẢNG TỔNG KẾT HỌC KỲ I" if half else "BẢNG TỔNG KẾT CẢ NĂM"
    _save(path, title, pupils, headings, rows)


_OUTCOME = (score_sheet.STUDY, score_sheet.CONDUCT, score_sheet.ABSENCES)


def _cells(outcome: TermOutcome) -> tuple[str | int | None, ...]:
    """The cells under `_OUTCOME`."""
    return outcome.study, outcome.conduct, outcome.absences


def _class_list_row(number: int, pupil: Pupil) -> list[Any]:
    """The cells under `CLASS_LIST_HEADINGS`."""
    return [
        *(number, pupil.code, _name(number, pupil), _birth(number, pupil)),
        *(pupil.sex, pupil.ethnicity, pupil_lists.ENROLLED, f"{FAKE_PHONE} {number:03d}"),
        f"Phường Mẫu, {pupil.birth_place}",
        *[f"{FILLER} {part}" for part in ("tổ", "tỉnh", "phường", "chỗ ở")],
        *(f"0000{number:05d}", FILLER, FILLER),
        *(f"{FILLER} cha {number}", FILLER, 1900),
        *(f"{FILLER} mẹ {number}", FILLER, 1900),
        *(pupil.class_name, pupil.grade, pupil.personal_no),
    ]


def _name(number: int, pupil: Pupil) -> str:
    if number % 40 == 3:
        return unicodedata.normalize("NFD", pupil.name)
    return pupil.name.replace(" ", "  ", 1) if number % 40 == 7 else pupil.name


def _birth(number: int, pupil: Pupil) -> str | int | date:
    birth = pupil.birth
    day = date(birth.year, birth.month or 1, birth.day or 1)
    spellings: dict[int, str | int | date] = {
        0: day,
        1: (day - _EXCEL_DAY_0).days,
        2: f"{birth.day}/{birth.month}/{birth.year}",
    }
    return spellings.get(number % 10, birth.printed())


def _result(number: int, result: CourseResult | None) -> str | float | None:
    """A mark as a number, or with a decimal comma in every third row; a rating as its letters."""
    if result is None:
        return None
    if result.mark is None:
        return result.rating
    return format_tenths(result.mark) if number % 3 == 0 else result.mark / 10


def _save(
    path: Path, title: str, pupils: Sequence[Pupil], headings: list[str], rows: Iterable[list[Any]]
) -> None:
    """A workbook of one sheet: three title rows, the header, the rows, a total, a signature."""
    school = next(school for school in schools() if school.id == pupils[0].school)
    book: Any = Workbook(write_only=True)  # type: ignore[no-untyped-call]
    sheet = book.create_sheet("Danh sách")
    sheet.append(["SỞ GIÁO DỤC VÀ ĐÀO TẠO THÀNH PHỐ HỒ CHÍ MINH"])
    sheet.append([school.names[-1].name])
    sheet.append([f"{title} – NĂM HỌC {SCHOOL_YEAR} (dữ liệu mẫu, không có người thật)"])
    for row in (headings, *rows):
        sheet.append(row)
    sheet.append([f"Tổng số: {len(pupils)} học sinh"])
    sheet.append([None, None, "NGƯỜI LẬP BẢNG", None, "HIỆU TRƯỞNG"])
    book.save(path)
