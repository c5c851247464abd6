"""What is larger, wider or stranger than any school's file: refused by name, or harmless."""

import io
import random
import zipfile
from collections.abc import Callable

import pytest
from openpyxl import Workbook

from credential.errors import InputError
from issuer.intake import read_pupils
from tests.intake.messy import HEADER, PUPILS, pupils, text, xls, xlsx

SHEET = "xl/worksheets/sheet1.xml"
FAR = b'<row r="1048576"><c r="XFD1048576"><v>2</v></c></row></sheetData>'


def edited(old: bytes, new: bytes) -> bytes:
    """A tidy workbook with one part of its sheet replaced."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx([HEADER, *PUPILS]))) as good,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in good.namelist():
            part = good.read(name)
            assert name != SHEET or old in part
            made.writestr(name, part.replace(old, new, 1) if name == SHEET else part)
    return out.getvalue()


def rows_of_text(count: int) -> bytes:
    lines = (f"79{n:08d},Lê An,2008,12A1" for n in range(count))
    return "\n".join(["Mã HS,Họ tên,Ngày sinh,Lớp", *lines]).encode()


def rows_of_xml(count: int) -> bytes:
    """Rows that are short, so that the file is small enough to be opened."""
    row = b'<row><c t="inlineStr"><is><t>x</t></is></c></row>'
    return edited(b"</sheetData>", row * count + b"</sheetData>")


def with_password() -> bytes:
    """An old workbook that begins with the record of encryption ([MS-XLS] 2.4.117)."""
    return xls([HEADER, *PUPILS]).replace(
        b"\xe1\x00\x02\x00\xb0\x04", b"\x2f\x00\x02\x00\xb0\x04", 1
    )


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "200,000 pupils as text": (lambda: rows_of_text(200_000), "file.too_many_rows"),
    "20,001 pupils": (lambda: rows_of_text(20_001), "file.too_many_rows"),
    "a million columns": (
        lambda: edited(b"</sheetData>", b"<row>" + b"<c/>" * 1_000_000 + b"</row></sheetData>"),
        "file.inflates",
    ),
    "two hundred thousand columns": (
        lambda: edited(
            b"</sheetData>",
            b"<row>" + b"<c>%d</c>" * 100_001 % tuple(range(100_001)) + b"</row></sheetData>",
        ),
        "file.too_many_cells",
    ),
    "an old workbook with a password": (with_password, "file.encrypted"),
    "a text of eleven megabytes": (lambda: b"x" * (11 * 2**20), "file.too_large"),
    "an endless cell": (lambda: b'STT,"' + b"x" * 200_000, "file.damaged"),
    "an old Word file": (
        lambda: xls([HEADER]).replace(
            "Workbook".encode("utf-16-le"), "WordDocu".encode("utf-16-le")
        ),
        "file.not_a_table",
    ),
}


@pytest.mark.parametrize(("made", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_a_file_beyond_all_limits_is_refused_by_name(made: Callable[[], bytes], code: str) -> None:
    with pytest.raises(InputError) as refused:
        read_pupils(made())
    assert [fault.code for fault in refused.value.faults] == [code]


HARMLESS: dict[str, Callable[[], bytes]] = {
    "a sheet that claims the whole grid": lambda: edited(
        b"<sheetData>", b'<dimension ref="A1:XFD1048576"/><sheetData>'
    ),
    "a cell in the last corner of the grid": lambda: edited(b"</sheetData>", FAR),
    "fifty thousand blank rows below": lambda: edited(
        b"</sheetData>", b"<row/>" * 50_000 + b"</sheetData>"
    ),
    "two hundred columns": lambda: xlsx([[*row, *range(200)] for row in (HEADER, *PUPILS)]),
    "text with all separators": lambda: text([["a;b\tc,d"], HEADER, *PUPILS]),
}


@pytest.mark.parametrize("made", HARMLESS.values(), ids=HARMLESS.keys())
def test_what_only_looks_large_is_read(made: Callable[[], bytes]) -> None:
    assert [row.code for row in read_pupils(made()).rows] == [row[1] for row in PUPILS]


def test_a_class_in_merged_cells_is_a_fault_in_each_row_that_has_none() -> None:
    book = Workbook()
    for row in [HEADER, *pupils(class_name=["12.9", None, None, None])]:
        book.active.append(row)
    book.active.merge_cells("E2:E5")
    out = io.BytesIO()
    book.save(out)
    found = read_pupils(out.getvalue())
    assert [(f.code, f.row, f.letter) for f in found.faults] == [
        ("cell.empty", row, "E") for row in (3, 4, 5)
    ]


def test_no_changed_byte_of_an_old_workbook_is_more_than_a_fault() -> None:
    good, dice = xls([HEADER, *PUPILS]), random.Random(79)
    for _ in range(300):
        spoilt = bytearray(good)
        for _ in range(dice.choice((1, 2, 8))):
            place = dice.randrange(len(spoilt) - 4)
            spoilt[place : place + 4] = dice.choice((b"\xff" * 4, b"\0" * 4, dice.randbytes(4)))
        try:
            read_pupils(bytes(spoilt))
        except InputError as refused:
            assert refused.faults


ACCENTS = "a" + "\u0301\u0323" * 16_000  # 1.5 s to compose as it stands
HARD: dict[str, Callable[[], bytes]] = {
    "a thousand cells of accents, .xlsx": lambda: xlsx(
        [HEADER, *([*PUPILS[0][:2], ACCENTS, *PUPILS[0][3:]] for _ in range(1_000))]
    ),
    "a thousand cells of accents, text": lambda: text(
        [HEADER, *([*PUPILS[0][:2], ACCENTS[:9_000], *PUPILS[0][3:]] for _ in range(300))]
    ),
    "megabytes of tones in Windows-1258": lambda: b"\xcc\xf2" * 3_000_000,
    "classes that hang on each other": lambda: text(
        [HEADER, *([n, f"79{n:08d}", "Lê An", "2008", "12.1", "Nam", ""] for n in range(9_000))]
    ),
}


@pytest.mark.parametrize("made", HARD.values(), ids=HARD.keys())
def test_what_is_made_to_take_long_does_not(made: Callable[[], bytes]) -> None:
    """No time is measured; without the bounds these take many minutes."""
    try:
        assert read_pupils(made()).layout == "pupils"
    except InputError as refused:
        assert refused.faults


def test_classes_that_are_known_one_by_one_are_all_known() -> None:
    numbers = [float(f"12.{n % 2 + 1}") for n in range(3_000)]
    rows = [[n, f"79{n:08d}", "Lê An", "2008", c, "Nam", ""] for n, c in enumerate(numbers)]
    last = [9_999, "7999999999", "Lê An", "2008", "12.3", "Nam", ""]
    found = read_pupils(xlsx([HEADER, *rows, last]))
    assert not found.faults
    assert {row.class_name for row in found.rows} == {"12.1", "12.2", "12.3"}


def test_a_fault_of_a_name_in_two_columns_stands_in_the_first() -> None:
    header = ["Mã HS", "Họ đệm", "Tên", "Ngày sinh", "Lớp"]
    found = read_pupils(xlsx([header, ["7900000001", "Nguyễn Thị", "2", "2008", "12.9"]]))
    assert [(f.code, f.letter, f.column) for f in found.faults] == [
        ("text.not_a_letter", "B", "Họ đệm")
    ]
