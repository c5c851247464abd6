"""Old books over HTTP: what is hostile, too much or another school's is refused in words."""

import io
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from api.clock import today
from api.desk import parsing, samples
from api.desk.policy import Role
from api.digitising import preview
from credential.errors import InputError, RefusedError
from store.scans import Scans
from tests import old_book
from tests.desk_import.test_desk_imports_api import bomb
from tests.web.conftest import problem
from tests.workbench import SCHOOLS, Desk, Worker, desk

__all__ = ["desk"]

BOOK = {
    "code": "Q3-85", "title": "Sổ cấp bằng 1985", "document": "Bằng tốt nghiệp",
    "issuer": "Sở Giáo dục", "signer_title": "Giám đốc",
}  # fmt: skip
MANY = ";".join(old_book.HEADINGS) + "\n" + "1;14;An\n" * 200_000
ADDRESSES = "Mã HS;Email\n" + "1;a@b.vn\n" * 200_000


def picture(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "PNG")
    return out.getvalue()


def begin(desk: Desk, school: int = SCHOOLS[0]) -> Worker:
    """A registrar with a book described."""
    worker = desk.of(Role.REGISTRAR, school)
    assert worker.ask("POST", "/api/desk/books", json=BOOK).status_code == 204
    return worker


def look(worker: Worker, sheet: bytes, scans: dict[str, str]) -> Any:
    asked = {"book": "Q3-85", "file": b64encode(sheet).decode(), "scans": scans}
    return worker.ask("POST", "/api/desk/books/lines", json=asked)


def keep(worker: Worker, data: bytes) -> Any:
    headers = {"Content-Type": "image/png"}
    return worker.ask("POST", "/api/desk/books/scans", content=data, headers=headers)


def test_a_hostile_sheet_is_refused_in_words(desk: Desk) -> None:
    told = look(begin(desk), bomb(), {}).json()
    assert (told["lines"], told["entered"]) == ([], None)
    assert told["faults"][0]["code"].startswith("file.")
    assert "{" not in told["faults"][0]["text"]["vi"]


@pytest.mark.parametrize(
    ("read", "data", "code"),
    [
        (parsing.read_book, MANY.encode(), "file.too_many_rows"),
        (parsing.read_book, b"a;b\n1;2\n", "sheet.not_found"),
        (parsing.recipients, bomb(), "file."),
        (parsing.recipients, ADDRESSES.encode(), "file.too_many_rows"),
    ],
)
def test_what_the_confined_process_says(
    read: Callable[[bytes], object], data: bytes, code: str
) -> None:
    with pytest.raises(InputError) as told:
        read(data)
    assert told.value.faults[0].code.startswith(code)


def test_a_scan_is_its_schools(desk: Desk, tmp_path: Path) -> None:
    ours, theirs = begin(desk), begin(desk, SCHOOLS[1])
    digest = keep(ours, picture("red")).json()["digest"]
    sheet = old_book.write(tmp_path / "so.xlsx", old_book.ROWS[:1]).read_bytes()
    assert look(ours, sheet, {"trang-14.png": digest}).json()["faults"] == []
    refused = look(theirs, sheet, {"trang-14.png": digest})
    assert problem(refused).code == "scan.unknown"
    many = {f"{number}.png": digest for number in range(2001)}
    assert problem(look(ours, sheet, many)).code == "scan.too_many"


def test_who_may_sign_is_told_and_nobody_else_signs(desk: Desk, tmp_path: Path) -> None:
    worker, books = begin(desk), desk.system.old_books
    told = worker.ask("GET", "/api/desk/books").json()
    heads = desk.system.desk.heads(SCHOOLS[0], today())
    assert told["signers"] == [{"name": one.name, "title": one.title} for one in heads] != []
    digest = keep(worker, picture("red")).json()["digest"]
    sheet = old_book.write(tmp_path / "so.xlsx", old_book.ROWS[:1]).read_bytes()
    book = books.book(SCHOOLS[0], "Q3-85")
    seen = preview(parsing.read_book(sheet), book, {"14.png": digest}, books)
    books.enter(book, seen.lines, "Lê Thị Nhập")
    books.agree(book, {line.number: line.digest for line in seen.lines}, "Phạm Văn Soát")
    asked = {"book": "Q3-85", "signer": "Ai Đó"}
    refused = worker.ask("POST", "/api/desk/books/issue", json=asked)
    assert problem(refused).code == "issue.signer_not_in_office"


def test_the_samples_are_read_without_a_word(desk: Desk) -> None:
    worker = begin(desk)
    digests = {f"trang-{page}.jpg": keep(worker, picture("red")).json()["digest"]
               for page in ("014", "015")}  # fmt: skip
    told = look(worker, samples.sample("so-goc-cu"), digests).json()
    assert (told["faults"], told["notices"], len(told["lines"])) == ([], [], 3)
    told = parsing.recipients(samples.sample("dia-chi"))
    assert [one.channel.value for one in told] == ["mail", "sms", "mail"]


def test_a_schools_quota(tmp_path: Path) -> None:
    red, blue = picture("red"), picture("blue")
    scans = Scans(tmp_path / "scans", quota=len(red) + len(blue) - 1)
    digest = scans.keep(1, red)
    with pytest.raises(RefusedError) as told:
        scans.keep(1, blue)
    assert told.value.code == "scan.quota"
    assert scans.keep(1, red) == digest, "the same again takes no room"
    assert scans.keep(2, blue) != digest, "the other school has a quota of its own"
    assert not scans.has(2, digest)
    assert not scans.has(1, "../1/" + digest)
