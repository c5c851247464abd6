"""Files that are no list at all, or worse: each gives its own fault and nothing else happens."""

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from credential.errors import Fault, InputError
from issuer.intake import Reading, archive, oldbook, read_class_list, table

Saved = Callable[[Any], bytes]
SHEET = "xl/worksheets/sheet1.xml"


def faults_of(data: bytes) -> tuple[Fault, ...]:
    with pytest.raises(InputError) as refused:
        read_class_list(data)
    return refused.value.faults


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return stream.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    return packed(parts_of(data) | {name: content})


def with_declared_size(data: bytes, name: str, size: int) -> bytes:
    """The archive with a false inflated size (and a checksum to match) for one part."""
    content = parts_of(data)[name]
    spoiled = bytearray(data)
    for signature, at in ((b"PK\x01\x02", 16), (b"PK\x03\x04", 14)):
        names = 46 if signature == b"PK\x01\x02" else 30
        for found in re.finditer(re.escape(signature), data):
            if data[found.start() + names :].startswith(name.encode()):
                place = found.start() + at
                spoiled[place : place + 4] = zlib.crc32(content[:size]).to_bytes(4, "little")
                spoiled[place + 8 : place + 12] = size.to_bytes(4, "little")
    return bytes(spoiled)


def with_sheet(data: bytes, old: bytes, new: bytes) -> bytes:
    return with_part(data, SHEET, parts_of(data)[SHEET].replace(old, new, 1))


def with_entry(data: bytes, at: int, value: int) -> bytes:
    """The archive with one byte of its last directory entry set (offsets: APPNOTE.TXT 4.3.12)."""
    place = data.rindex(b"PK\x01\x02") + at
    return data[:place] + bytes([value]) + data[place + 1 :]


VERSION, FLAGS, METHOD = 6, 8, 10


DOCTYPE = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
BROKEN: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "no bytes": (lambda good: b"", "file.empty"),
    "text without our columns": (lambda good: "STT,Họ tên\n1,Đỗ".encode(), "sheet.not_found"),
    "bytes of no encoding": (lambda good: b"\x81\x8d\xff,\xf0\x9d\n" * 9, "file.encoding"),
    "half a UTF-16": (lambda good: "\ufeffHọ tên".encode("utf-16-le")[:-1], "file.encoding"),
    "a web page called .xls": (lambda good: b"<html><table><tr><td>STT", "file.markup"),
    "Excel's XML of 2003": (lambda good: b'<?xml version="1.0"?><Workbook/>', "file.markup"),
    "a PDF": (lambda good: b"%PDF-1.7\n" + b"0" * 100, "file.not_a_table"),
    "an archive that is no spreadsheet": (lambda good: packed({"a.txt": b"a"}), "file.not_a_table"),
    "a text document": (
        lambda good: packed({"[Content_Types].xml": b"<Types wordprocessingml/>"}),
        "file.not_a_table",
    ),
    "a container with nothing in it": (lambda good: oldbook.OLE2 + b"\0" * 600, "file.damaged"),
    "an encrypted .xlsx": (
        lambda good: oldbook.OLE2 + b"\0" * 600 + oldbook._ENCRYPTED,
        "file.encrypted",
    ),
    "an encrypted part": (lambda good: with_entry(good, FLAGS, 0x01), "file.encrypted"),
    "a strongly encrypted part": (lambda good: with_entry(good, FLAGS, 0x40), "file.encrypted"),
    "a part that is a patch": (lambda good: with_entry(good, FLAGS, 0x20), "file.damaged"),
    "a zip version of the future": (lambda good: with_entry(good, VERSION, 255), "file.damaged"),
    "an unknown compression": (lambda good: with_entry(good, METHOD, 77), "file.damaged"),
    "half of the file": (lambda good: good[: len(good) // 2], "file.damaged"),
    "a sheet that stops in the middle": (
        lambda good: with_part(good, SHEET, parts_of(good)[SHEET][:900]),
        "file.damaged",
    ),
    "a sheet that is no XML": (lambda good: with_part(good, SHEET, b"\xff\xfe"), "file.damaged"),
    "no workbook part": (
        lambda good: packed({k: v for k, v in parts_of(good).items() if k != "xl/workbook.xml"}),
        "file.damaged",
    ),
    "another compression": (lambda good: packed(parts_of(good), zipfile.ZIP_LZMA), "file.damaged"),
    "a zip bomb": (lambda good: with_part(good, "xl/b.xml", b" " * 2**24), "file.inflates"),
    "a zip bomb that lies about its size": (
        lambda good: with_declared_size(
            with_part(good, "xl/styles.xml", b" " * 2**24), "xl/styles.xml", 100
        ),
        "file.damaged",
    ),
    "more than ten megabytes": (lambda good: good + b"\0" * 10 * 2**20, "file.too_large"),
    "a thousand parts": (
        lambda good: packed(parts_of(good) | {f"xl/{i}.xml": b"" for i in range(1_000)}),
        "file.too_many_parts",
    ),
    "entities": (
        lambda good: with_sheet(good, b"<work", DOCTYPE + b"<work"),
        "file.entities",
    ),
    "entities in UTF-16": (
        lambda good: with_part(good, SHEET, DOCTYPE.decode().encode("utf-16")),
        "file.entities",
    ),
    "a row number beyond any sheet": (
        lambda good: with_sheet(good, b'r="16"', b'r="99999999"'),
        "file.too_many_rows",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("spoil", "code"), BROKEN.values(), ids=BROKEN.keys())
def test_a_file_that_cannot_be_read_gives_one_clear_fault(
    class_list: Any, saved: Saved, spoil: Callable[[bytes], bytes], code: str
) -> None:
    [fault] = faults_of(spoil(saved(class_list)))
    assert fault.code == code


def test_a_part_of_too_many_cells_is_refused(
    class_list: Any, saved: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = parts_of(saved(class_list))[SHEET].split(b"<row")
    cells = sum(row.count(b"<") for row in rows)
    monkeypatch.setattr(archive, "MAX_TAGS", cells)
    read_class_list(saved(class_list))
    monkeypatch.setattr(archive, "MAX_TAGS", cells - 1)
    [fault] = faults_of(saved(class_list))
    assert (fault.code, fault.params["limit"]) == ("file.too_many_cells", cells - 1)


def test_a_row_wider_than_any_sheet_is_refused(class_list: Any, saved: Saved) -> None:
    wide = b"<row>" + b"<c/>" * archive.MAX_ROW_TAGS + b"</row>"
    [fault] = faults_of(with_sheet(saved(class_list), b"<sheetData>", b"<sheetData>" + wide))
    assert fault.code == "file.too_many_cells"


def test_macros_links_and_pictures_are_left_behind(class_list: Any, saved: Saved) -> None:
    data = saved(class_list)
    unread = {
        "xl/vbaProject.bin": b"\0macro",
        "xl/media/a.svg": DOCTYPE,
        "xl/embeddings/b.xlsx": data,
    }
    kept = archive.safe_archive(packed(parts_of(data) | unread))
    assert set(parts_of(kept)) == set(parts_of(data))
    assert read_class_list(packed(parts_of(data) | unread)) == read_class_list(data)


def test_the_size_that_a_sheet_claims_for_itself_is_ignored(class_list: Any, saved: Saved) -> None:
    data = saved(class_list)
    sheet = re.sub(
        rb'<dimension ref="[^"]*" ?/>', b'<dimension ref="A1:B6"/>', parts_of(data)[SHEET]
    )
    assert b'ref="A1:B6"' in sheet
    assert read_class_list(with_part(data, SHEET, sheet)) == read_class_list(data)


def book_of(*rows: list[object]) -> Any:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    return book


HEADINGS = [
    "Mã định danh Bộ GD&ĐT", "Họ tên", "Ngày sinh", "Giới tính", "Dân tộc", "Trạng thái",
    "Nơi sinh chi tiết", "Lớp học", "Khối học",
]  # fmt: skip
WRONG_SHEETS: dict[str, tuple[Any, list[tuple[str, str | None]]]] = {
    "a blank workbook": (book_of(), [("sheet.blank", None)]),
    "a sheet without a header": (book_of(["An"], ["Bình"]), [("sheet.not_found", None)]),
    "a header below the first fifteen rows": (
        book_of(*[["Tiêu đề"]] * 15, HEADINGS),
        [("sheet.not_found", None)],
    ),
    "two headings only": (book_of(HEADINGS[:2]), [("sheet.not_found", None)]),
    "a header and no rows": (book_of(HEADINGS), [("sheet.no_rows", None)]),
    "columns with other names": (
        book_of(["Mã riêng", "Quý danh", *HEADINGS[2:]]),
        [("column.missing", "Mã định danh Bộ GD&ĐT"), ("column.missing", "Họ tên")],
    ),
    "a column twice": (book_of([*HEADINGS, "Họ tên"]), [("column.twice", "Họ tên")]),
    "a serial column twice": (
        book_of([*HEADINGS, "Số hiệu", "SỐ HIỆU"]),
        [("column.twice", "Số hiệu")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("book", "faults"), WRONG_SHEETS.values(), ids=WRONG_SHEETS.keys())
def test_a_workbook_without_the_list_says_what_it_lacks(
    book: Any, faults: list[tuple[str, str | None]], saved: Saved
) -> None:
    assert [(f.code, f.column) for f in faults_of(saved(book))] == faults


def test_more_pupils_than_allowed_are_refused(
    class_list: Any, saved: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "MAX_ROWS", 12)
    read_class_list(saved(class_list))
    monkeypatch.setattr(table, "MAX_ROWS", 11)
    [fault] = faults_of(saved(class_list))
    assert (fault.code, dict(fault.params)) == ("file.too_many_rows", {"limit": 11})


def read_or_refuse(data: bytes) -> None:
    try:
        assert isinstance(read_class_list(data), Reading)
    except InputError as refused:
        assert refused.faults


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 2**16), byte=st.integers(1, 255), part=st.integers(0, 20))
def test_no_changed_byte_of_a_file_is_more_than_a_fault(
    class_list: Any, saved: Saved, place: int, byte: int, part: int
) -> None:
    parts = parts_of(saved(class_list))
    name = sorted(parts)[part % len(parts)]
    content = bytearray(parts[name])
    content[place % len(content)] ^= byte
    read_or_refuse(packed(parts | {name: bytes(content)}, zipfile.ZIP_STORED))
    whole = bytearray(saved(class_list))
    whole[place % len(whole)] ^= byte
    read_or_refuse(bytes(whole))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(which=st.integers(0, 30), at=st.integers(4, 45), value=st.integers(0, 255))
def test_no_changed_header_of_the_archive_is_more_than_a_fault(
    class_list: Any, saved: Saved, which: int, at: int, value: int
) -> None:
    spoiled = bytearray(saved(class_list))
    headers = [found.start() for found in re.finditer(rb"PK(?:\x01\x02|\x03\x04)", spoiled)]
    spoiled[headers[which % len(headers)] + at] = value
    read_or_refuse(bytes(spoiled))


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cell=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)
    | st.integers(-(10**12), 10**12)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
    | st.datetimes(),
    place=st.integers(1, 26),
)
def test_no_cell_is_more_than_a_fault(
    class_list: Any, saved: Saved, cell: object, place: int
) -> None:
    target = class_list.active.cell(9, place)
    target.value = cell
    if isinstance(cell, str):
        target.data_type = "s"
    read_or_refuse(saved(class_list))
