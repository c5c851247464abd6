"""Files that teach: of every kind that is read, with the sample's people, who do not exist.

``danh-sach-co-loi`` is a list with the slips that are met most, for somebody to see what is said
of them.
"""

import io
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from openpyxl.workbook.workbook import Workbook

from api import sample as made
from credential.errors import RefusedError

_ROWS = 8
_HEADER = ("STT", "Mã học sinh", "Họ và tên", "Ngày sinh", "Giới tính", "Lớp",
           "Số định danh cá nhân")  # fmt: skip


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


def _write(path: Path, rows: list[list[Any]]) -> None:
    book: Any = Workbook()  # type: ignore[no-untyped-call]
    sheet = book.active
    sheet.append(["DANH SÁCH HỌC SINH (dữ liệu mẫu, không có người thật)"])
    sheet.append([])
    for row in (list(_HEADER), *rows):
        sheet.append(row)
    for column, width in zip("ABCDEFG", (6, 14, 28, 13, 10, 9, 22), strict=True):
        sheet.column_dimensions[column].width = width
    out = io.BytesIO()
    book.save(out)
    path.write_bytes(out.getvalue())


_MAKERS: Mapping[str, Callable[[Path], None]] = {
    "danh-sach-hoc-sinh": _list,
    "danh-sach-co-loi": _faulty,
    "danh-sach-lop-12": lambda path: made.write_class_list(path, _people(), serials=True),
    "bang-tong-ket-lop-12": lambda path: made.write_score_sheet(path, _people()),
}
