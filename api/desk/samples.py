"""Files that teach: of every kind that is read, with the sample's people, who do not exist.

``danh-sach-co-loi`` is a list with the slips that are met most, for somebody to see what is said
of them. ``so-goc-cu`` is an old book's sheet, ``dia-chi`` the table of whom to tell what is ready.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from openpyxl.utils.cell import get_column_letter
from openpyxl.workbook.workbook import Workbook

from api import sample as made
from credential.errors import RefusedError
from credential.model import CourseResult
from grading.headings import ABSENCES, CONDUCT, PROMOTION, STUDY, TERMS, heading
from grading.subjects import LOWER_SECONDARY

_ROWS = 8
_HEADER = ("STT", "Mã học sinh", "Họ và tên", "Ngày sinh", "Giới tính", "Lớp",
           "Số định danh cá nhân")  # fmt: skip
_LIST_TITLE = "DANH SÁCH HỌC SINH (dữ liệu mẫu, không có người thật)"
_BOOK_HEADER = ("Số vào sổ", "Trang", "Họ và tên", "Ngày sinh", "Nơi sinh", "Giới tính",
                "Năm tốt nghiệp", "Xếp loại", "Ngày cấp", "Số hiệu", "Người ký", "Ghi chú",
                "Tệp quét")  # fmt: skip
_WAYS_HEADER = ("Mã học sinh", "Họ và tên", "Email", "Điện thoại")


@cache
def sample(name: str) -> bytes:
    """The .xlsx of that name. Raises RefusedError ``sample.unknown``."""
    if name not in _MAKERS:
        raise RefusedError("sample.unknown", found=name)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.xlsx"
        _MAKERS[name](path)
        return path.read_bytes()


def _people() -> tuple[made.Pupil, ...]:
    return made.pupils()[:_ROWS]


def _list(path: Path) -> None:
    _write(path, [_row(number, pupil) for number, pupil in enumerate(_people(), 1)])


def _faulty(path: Path) -> None:
    """Spaces and a date that are mended; a birth, a code, a number and a class that are not."""
    rows = [_row(number, pupil) for number, pupil in enumerate(_people(), 1)]
    rows[0][2] = f" {rows[0][2].replace(' ', '  ')}"
    rows[1][3] = "31/02/2008"
    rows[2][1] = rows[3][1]
    rows[4][6] = rows[5][6]
    rows[6][5] = 12.1
    _write(path, rows)


def _row(number: int, pupil: made.Pupil) -> list[Any]:
    return [
        number, pupil.code, pupil.name, pupil.birth.printed(), pupil.sex, pupil.class_name,
        pupil.personal_no,
    ]  # fmt: skip


def _old_book(path: Path) -> None:
    """What old books have: births known to the year or month, names in capitals, gaps."""
    rows: list[list[Any]] = [
        ["0041", "14", "NGUYỄN THỊ MẪU", "00/00/1965", "Sông Bé", "Nữ", 1985, "Khá", "15/08/1985",
         "A 012345", "Lê Văn Xưa", None, "trang-014.jpg"],
        ["0042", "14", "Trần Văn Mẫu", "00/02/1966", "Quận 9", "Nam", 1985, "Trung bình",
         "15/08/1985", None, "Lê Văn Xưa", "không rõ số hiệu", "trang-014.jpg"],
        ["0043", "15", "LÊ THỊ VÍ DỤ", "09/11/1966", None, "Nữ", 1985, None, "15/08/1985",
         "A 012347", None, None, "trang-015.jpg"],
    ]  # fmt: skip
    _write(path, rows, "SỔ GỐC CẤP BẰNG (dữ liệu mẫu, không có người thật)", _BOOK_HEADER)


def _addresses(path: Path) -> None:
    """One pupil with both ways, one with mail alone, one with neither."""
    ways = (("an.mau@example.com", "0900 000 000"), ("binh.mau@example.com", None), (None, None))
    rows: list[list[Any]] = [
        [one.code, one.name, *way] for one, way in zip(_people(), ways, strict=False)
    ]
    _write(path, rows, "ĐỊA CHỈ NHẬN TIN (dữ liệu mẫu, không có người thật)", _WAYS_HEADER)


def _write(
    path: Path, rows: list[list[Any]], title: str = _LIST_TITLE, header: Sequence[str] = _HEADER
) -> None:
    book: Any = Workbook()  # type: ignore[no-untyped-call]
    sheet = book.active
    sheet.append([title])
    sheet.append([])
    for row in (list(header), *rows):
        sheet.append(row)
    for column, cells in enumerate(zip(header, *rows, strict=True), 1):
        widest = max(len(str(cell or "")) for cell in cells)
        sheet.column_dimensions[get_column_letter(column)].width = widest + 3
    out = io.BytesIO()
    book.save(out)
    path.write_bytes(out.getvalue())


def _books(path: Path) -> None:
    """A sheet for each subject and semester, and one of what those do not say."""
    book: Any = Workbook()  # type: ignore[no-untyped-call]
    book.remove(book.active)
    people = [pupil for pupil in _people() if pupil.class_name == _people()[0].class_name]
    years = {pupil.code: made.year_results(pupil) for pupil in people}
    courses = {(one.name, one.term): one.rating is None
               for year in years.values() for one in year.results if one.term != "CN"}  # fmt: skip
    for at, ((subject, term), scored) in enumerate(courses.items()):
        sheet = book.create_sheet(f"{at + 1}")
        sheet.append([f"SỔ ĐIỂM MÔN {subject} - HỌC KỲ {'I' if term == 'HK1' else 'II'}"])
        sheet.append([*_WHO, *(_MARKS if scored else ("Đánh giá",))])
        for pupil in people:
            for one in years[pupil.code].results:
                if (one.name, one.term) == (subject, term):
                    sheet.append([*_who(sheet.max_row - 1, pupil), *_marks(one)])
    sheet = book.create_sheet("Tổng hợp")
    sheet.append(["TỔNG HỢP CẢ NĂM (dữ liệu mẫu, không có người thật)"])
    sheet.append([*_WHO, CONDUCT, ABSENCES, PROMOTION])
    for number, pupil in enumerate(people, 1):
        year = years[pupil.code]
        last = year.outcomes[-1]
        sheet.append([*_who(number, pupil), last.conduct, last.absences, year.promotion])
    book.save(path)


_WHO = ("STT", "Lớp", "Mã định danh", "Họ và tên", "Ngày sinh")
_MARKS = ("ĐĐGtx", "ĐĐGgk", "ĐĐGck", "ĐTBmhk")


def _who(number: int, pupil: made.Pupil, class_name: str = "") -> list[Any]:
    return [number, class_name or pupil.class_name, pupil.code, pupil.name, pupil.birth.printed()]


def _marks(one: CourseResult) -> list[Any]:
    """Cells of a result; marks from which its average follows."""
    if one.mark is None:
        return [one.rating]
    mark = one.mark / 10
    return [" ".join([str(mark).replace(".", ",")] * 3), mark, mark, mark]


def _half(path: Path) -> None:
    made.write_score_sheet(path, _people(), half=True)


def _ministry_list(path: Path) -> None:
    _save(path, [
        ["DANH SÁCH HỌC SINH (dữ liệu mẫu, không có người thật)"],
        ["STT", "Mã lớp", "Mã học sinh", "Họ tên", "Ngày sinh", "Giới tính", "Trạng thái HS"],
        *([*_who(number, pupil), pupil.sex, "Đang học"]
          for number, pupil in enumerate(_people(), 1)),
    ])  # fmt: skip


def _primary(path: Path, *, half: bool = False) -> None:
    """The ministry's form: levels, some with tests; every pupil has the best. Semester I or all."""
    tested = ("Toán", "Tiếng Việt")
    alone = ("Đạo đức", "Ngoại ngữ", "Âm nhạc", "Mĩ thuật", "HĐTN", "GDTC")
    under = ["Mức đạt được", "Điểm KTĐK"] * len(tested)
    subjects = [text for name in tested for text in (name, None)]
    blank: list[Any] = [None] * len(_WHO)
    term, end = ("HỌC KỲ I", [None] * 3) if half else ("CUỐI NĂM", ["x", "x", "Hoàn thành tốt"])
    _save(path, [
        [f"KẾT QUẢ HỌC TẬP {term} (dữ liệu mẫu, không có người thật)"],
        ["STT", "Mã lớp", "Mã học sinh", "Họ tên", "Ngày sinh", "Môn học và hoạt động giáo dục",
         *[None] * (len(under) + len(alone) - 1), "Hoàn thành", "Lên lớp", "Xếp loại"],
        [*blank, *subjects, *alone],
        [*blank, *under],
        *([*_who(number, pupil, "5/1"), *("T", 9) * len(tested), *["T"] * len(alone), *end]
          for number, pupil in enumerate(_people(), 1)),
    ])  # fmt: skip


def _lower(path: Path) -> None:
    courses = [(heading(subject, term), 8 if subject.scored else "Đ")
               for subject in LOWER_SECONDARY for term in TERMS]  # fmt: skip
    _save(path, [
        ["BẢNG TỔNG KẾT CẢ NĂM, LỚP 9 (dữ liệu mẫu, không có người thật)"],
        [*_WHO, *(name for name, _ in courses), STUDY, CONDUCT, ABSENCES, PROMOTION],
        *([*_who(number, pupil, "9A1"), *(cell for _, cell in courses), "Tốt", "Tốt", 0,
           "Được lên lớp"] for number, pupil in enumerate(_people(), 1)),
    ])  # fmt: skip


def _save(path: Path, rows: list[list[Any]]) -> None:
    book: Any = Workbook()  # type: ignore[no-untyped-call]
    for row in rows:
        book.active.append(row)
    book.save(path)


_MAKERS: Mapping[str, Callable[[Path], None]] = {
    "danh-sach-hoc-sinh": _list,
    "danh-sach-co-loi": _faulty,
    "so-goc-cu": _old_book,
    "dia-chi": _addresses,
    "danh-sach-lop-12": lambda path: made.write_class_list(path, _people(), serials=True),
    "c1-hocsinh": _ministry_list,
    "c1-ketqua": _primary,
    "c1-ketqua-hoc-ky-1": lambda path: _primary(path, half=True),
    "bang-tong-ket-lop-9": _lower,
    "so-diem-lop-12": _books,
    "bang-tong-ket-hoc-ky-1": _half,
    "bang-tong-ket-lop-12": lambda path: made.write_score_sheet(path, _people()),
}
