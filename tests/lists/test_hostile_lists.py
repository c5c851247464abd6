"""Bad and hostile lists: each told what is wrong with it, none written to disk, never a 500."""

import io
import random
import stat
import struct
import zipfile
from collections.abc import Callable
from datetime import date

import pytest
from openpyxl import Workbook

from api.lists import archive as archives
from api.lists.reading import read
from api.site.listing import LIMIT
from credential.errors import FormatError, InputError, SogocError
from tests.lists.conftest import CSV, ZIP, Office, archive
from tests.web.conftest import problem

OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def bomb() -> bytes:
    return archive(bomb__pdf=bytes(50 * 2**20))


def bombs() -> bytes:
    """Files that are each allowed, but not together."""
    noise = {f"n{number}__jpg": bytes([number]) * 9_000_000 for number in range(15)}
    return archive(**noise, pad__bin=random.Random(1).randbytes(2_000_000))


def many() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for number in range(10_001):
            made.writestr(f"{number}.pdf", b"")
    return out.getvalue()


def too_many() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for number in range(501):
            made.writestr(f"{number}.pdf", b"")
    return out.getvalue()


def workbook(rows: list[list[object]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


WHOLE: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "file.empty"),
    "no columns of ours": (lambda: b"a,b\n1,2\n", "list.columns"),
    "numbers without birth dates": ("Số hiệu\nSG1\n".encode, "list.columns"),
    "the same column twice": ("Số hiệu,Serial,Ngày sinh\n1,2,3\n".encode, "column.twice"),
    "no rows": ("Số hiệu,Ngày sinh\n".encode, "sheet.no_rows"),
    "no encoding": (lambda: "Số hiệu,Ngày sinh\n".encode() + b"\x81\x8d", "file.encoding"),
    "a NUL": (lambda: b"serial,born\n\0,1\n", ""),
    "an endless cell": (lambda: b'serial,born\n"' + b"x" * 200_000, "file.damaged"),
    "a text of fifty megabytes": (
        lambda: b"serial,born,x\n1,2," + b"x," * 25_000_000 + "🙂".encode(), "file.too_large",
    ),
    "too many rows": (lambda: b"serial,born\n" + b"1,2\n" * 501, "file.too_many_rows"),
    "a sheet with too many rows": (
        lambda: workbook([["serial", "born"], *[[number, "2008"] for number in range(501)]]),
        "file.too_many_rows",
    ),
    "an old Excel file": (lambda: OLD_EXCEL + bytes(600), "file.damaged"),
    "a damaged archive": (lambda: archive(a__pdf=b"x" * 500)[:-30], "file.damaged"),
    "an archive of nothing": (lambda: archive(**{"folder/": b"", ".x": b"x"}), "list.no_files"),
    "a bomb": (bomb, "file.inflates"),
    "a bomb of many": (bombs, "file.inflates"),
    "ten thousand files": (many, "list.too_many_files"),
    "more files than rows": (too_many, "list.too_many_files"),
}  # fmt: skip


@pytest.mark.parametrize("case", WHOLE)
def test_a_list_that_cannot_be_taken_is_told_why(case: str) -> None:
    make, code = WHOLE[case]
    try:
        found = read(make(), 500)
    except InputError as error:
        assert error.faults[0].code == code
    except FormatError as error:
        assert error.code == code
    else:
        assert code == ""
        assert len(found.rows) == 1


def encrypted(data: bytes) -> bytes:
    """The same archive with its first entry marked as encrypted."""
    flags = {b"PK\x03\x04": 6, b"PK\x01\x02": 8}
    out = bytearray(data)
    for signature, offset in flags.items():
        at = data.index(signature) + offset
        out[at : at + 2] = struct.pack("<H", struct.unpack_from("<H", data, at)[0] | 1)
    return bytes(out)


def linked() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        link = zipfile.ZipInfo("link.pdf")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")
        made.writestr("fine.pdf", b"x")
    return out.getvalue()


def damaged() -> bytes:
    data = bytearray(archive(a__pdf=b"hello" * 100, b__pdf=b"other"))
    data[40] ^= 0xFF
    return bytes(data)


MEMBERS: dict[str, tuple[Callable[[], bytes], list[str | None]]] = {
    "an encrypted file": (
        lambda: encrypted(archive(a__pdf=b"x", b__pdf=b"y")),
        ["file.encrypted", None],
    ),
    "a symlink": (linked, ["list.link", None]),
    "a damaged file": (damaged, ["file.damaged", None]),
    "a file too large": (
        lambda: archive(a__jpg=bytes(10_000_001), pad__bin=random.Random(1).randbytes(200_000)),
        ["file.too_large", None],
    ),
    "nested paths and what systems add": (
        lambda: archive(**{"../../etc/a.pdf": b"1", "x/y/z.pdf": b"2", "__MACOSX/._a.pdf": b"3",
                           "Thumbs.db": b"4", "C:\\b.pdf": b"5"}),
        [None, None, None],
    ),
    "an archive in an archive": (lambda: archive(inner__zip=archive(a__pdf=b"x")), [None]),
}  # fmt: skip


@pytest.mark.parametrize("case", MEMBERS)
def test_one_file_of_an_archive_stops_no_other(case: str) -> None:
    make, codes = MEMBERS[case]
    found = read(make(), 500)
    assert [row.fault.code if row.fault else None for row in found.rows] == codes
    assert all(row.label.isprintable() for row in found.rows)


def test_names_of_files_are_shown_as_they_were_meant() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("Nguyễn.pdf", b"1")
    unmarked = out.getvalue()
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = unmarked.index(signature) + offset
        unmarked = unmarked[:at] + b"\0\0" + unmarked[at + 2 :]
    assert read(unmarked, 9).rows[0].label == "Nguyễn.pdf"


def test_a_directory_of_a_million_entries_is_refused_before_it_is_parsed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(InputError) as caught:
        archives.members(b"PK\x03\x04" + b"PK\x01\x02" * 20_000, 500)
    assert caught.value.faults[0].code == "list.too_many_files"


SHEETS = {
    "UTF-8 with its mark and semicolons": "Số hiệu;Ngày sinh\nSG1;07/02/2008\n".encode("utf-8-sig"),
    "commas": b"SO HIEU,NGAY SINH\nSG1,7/2/2008\n",
    "tabs": b"Serial No.\tDate of Birth\nSG1\t2008-02-07\n",
    "titles above, other columns beside, a total below": (
        "DANH SÁCH NHÂN VIÊN,,,\n,,,\nSTT,Số hiệu văn bằng,Họ tên,\"Ngày, tháng, năm sinh\"\n"
        "1,SG1,A,07/02/2008\n,,Tổng: 1,\n"
    ).encode(),
    "a workbook with a real date": workbook(
        [["Số vào sổ", "Ngày sinh"], ["SG1", date(2008, 2, 7)]]
    ),
    "a workbook with a serial date": workbook([["Serial", "Born"], ["SG1", 39485]]),
    "a second sheet": None,
}  # fmt: skip


@pytest.mark.parametrize("case", SHEETS)
def test_tables_come_in_many_forms(case: str) -> None:
    data = SHEETS[case]
    if data is None:
        book = Workbook()
        book.active.append(["Ghi chú"])
        second = book.create_sheet("Danh sách")
        second.append(["Số hiệu", "Ngày sinh"])
        second.append(["SG1", "07/02/2008"])
        out = io.BytesIO()
        book.save(out)
        data = out.getvalue()
    (row,) = read(data, 500).rows
    assert (row.fault, dict(row.given)) == (None, {"number": "SG1", "born": "2008-02-07"})


def test_a_body_is_refused_at_the_first_byte_too_many_and_by_its_type(office: Office) -> None:
    large = office.post(bytes(LIMIT + 1), ZIP)
    assert (large.status_code, problem(large).code) == (413, "request.too_large")
    other = office.post(b"x", {"Content-Type": "text/html"})
    assert (other.status_code, problem(other).code) == (415, "request.unsupported")
    none = office.post(b"", CSV)
    assert (none.status_code, problem(none).faults[0].code) == (422, "file.empty")


def test_whatever_is_flipped_in_an_archive_nothing_unforeseen_is_raised() -> None:
    data = archive(a__pdf=b"hello" * 30, b__png=b"other" * 10)
    for at in range(len(data)):
        for bit in (1, 0x80):
            changed = bytearray(data)
            changed[at] ^= bit
            try:
                read(bytes(changed), 500)
            except SogocError:
                continue
