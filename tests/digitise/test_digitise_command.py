"""`sogoc digitise`: from a typed book and its scans to digitised diplomas that verify as such."""

import os
import re
from datetime import date

import orjson
import pytest

from api.desk.approving import approve
from api.desk.preparing import prepare
from credential import sdjwt
from credential.errors import InputError
from credential.lines import LineState
from credential.model import CredentialType
from credential.records import AwardLine
from issuer.delivery import sd_jwt_of
from issuer.lines import LineAsked
from issuer.order import Order
from store import audit
from store.order_records import Person
from store.orders import Orders
from tests import old_book
from tests.digitise.conftest import BY_CLERK, SCHOOL, WHOSE, Bureau

ALL = [(str(row[0]), row[2]) for row in old_book.ROWS]


def lines(bureau: Bureau) -> dict[str, LineState]:
    with bureau.system() as system:
        return {one.line.number: one.state for one in system.old_books.lines(1001, "Q3-85")}


def test_from_the_book_to_a_digitised_diploma(
    either: Bureau, capsys: pytest.CaptureFixture[str]
) -> None:
    bureau = either
    assert bureau.open() == 0
    for _ in range(2):
        assert bureau.enter() == 0
    assert bureau.written() == (0, 0, 0), "nothing is in the register before the check"
    assert bureau.digitise() == 1, "nor can it be issued"
    assert bureau.check("14", "--agree", by=BY_CLERK) == 1, "not by whoever entered"
    assert bureau.check("14", "--differs", "0042", "Tên là Bé Tám", "--agree") == 0
    assert bureau.written() == (1, 0, 0)
    mended = [list(row) for row in old_book.ROWS]
    mended[1][2] = "Trần Văn Bé Tám"
    assert bureau.enter(mended) == 0
    for page in ("14", "15"):
        assert bureau.check(page, "--agree") == 0
    for _ in range(2):
        assert bureau.digitise("--number", "0041", "--number", "0042", "--number", "0043") == 0
    assert bureau.written() == (3, 1, 3), "said twice, issued once"
    capsys.readouterr()
    for code in bureau.codes():
        assert bureau.sogoc("verify", code) == 0
        told = capsys.readouterr().out
        assert "Not a new diploma" in told
        assert "Diploma digitised from an old register" in told


def test_a_page_is_agreed_to_as_it_was_seen(
    bureau: Bureau, capsys: pytest.CaptureFixture[str]
) -> None:
    bureau.open(), bureau.enter()
    capsys.readouterr()
    assert bureau.sogoc("digitise", "check", *WHOSE, "--page", "14") == 0
    code = re.search(r"--seen ([0-9a-f]{12})", capsys.readouterr().out)[1]
    mended = [list(row) for row in old_book.ROWS]
    mended[0][8] = "Giỏi"
    assert bureau.enter(mended) == 0
    assert bureau.check("14", "--agree", seen=code) == 1
    assert "no longer says" in capsys.readouterr().err
    assert bureau.check("14", "--agree") == 0


def test_every_act_is_in_the_audit_trail(bureau: Bureau) -> None:
    bureau.open(), bureau.enter()
    (
        bureau.check("14", "--differs", "0042", "Tên là Bé Tám", "--agree"),
        bureau.check("15", "--agree"),
    )
    assert bureau.digitise() == 0
    with bureau.system() as system:
        trail = [
            (each.act, orjson.loads(each.detail), each.actor)
            for each in audit.entries(system.store_database)
        ]
        assert audit.verify(system.store_database) is None
    acts = [
        (act, detail["register_no"])
        for act, detail, _ in trail
        if act.startswith("old_line") and detail["school"] == 1001
    ]
    assert acts == [
        ("old_line.entered", "Q3-85/0041"), ("old_line.entered", "Q3-85/0042"),
        ("old_line.entered", "Q3-85/0043"), ("old_line.returned", "Q3-85/0042"),
        ("old_line.checked", "Q3-85/0041"), ("old_line.checked", "Q3-85/0043"),
    ]  # fmt: skip
    assert all(actor.startswith("person:") for act, _, actor in trail if act.startswith("old_line"))
    assert [detail["size"] for act, detail, _ in trail if act == "batch.signed"] == [2]


def test_what_is_signed_says_where_it_comes_from(bureau: Bureau) -> None:
    bureau.open(), bureau.enter(), bureau.check("14", "--agree"), bureau.check("15", "--agree")
    assert bureau.digitise() == 0
    with bureau.system() as system:
        [batch] = system.batches.of_school(1001)
        issued = {one.staged.register_no: one for one in system.batches.issued(batch.id)}
        scan = system.scans.keep(1001, (bureau.data / "quet" / "so-1985_014.png").read_bytes())
    assert set(issued) == {"Q3-85/0041", "Q3-85/0042", "Q3-85/0043"}
    first = sdjwt.parse(sd_jwt_of(issued["Q3-85/0041"]))
    assert first.type is CredentialType.DIGITISED
    assert first.body["origin"] == {
        "book": "Sổ cấp bằng 1985, quyển 3", "number": "0041", "page": "14", "scan": scan,
        "document": "Bằng tốt nghiệp phổ thông trung học", "issued": "1985-08-15",
        "issuer": "Sở Giáo dục Thành phố Hồ Chí Minh",
    }  # fmt: skip
    assert (first.disclosed["name"], first.disclosed["birth_date"]) == (
        "NGUYỄN THỊ NGỌC KHÁNH", "1965",
    )  # fmt: skip
    assert first.disclosed["origin_signer"] == {"name": "Lê Văn Xưa", "title": "Giám đốc"}
    assert first.body["year"] == 1985
    third = sdjwt.parse(sd_jwt_of(issued["Q3-85/0043"]))
    assert third.disclosed["birth_date"] == "1966-02"
    assert "serial" in third.body
    assert "serial" not in sdjwt.parse(sd_jwt_of(issued["Q3-85/0042"])).body


def test_an_order_that_waits_is_of_the_lines_that_were_seen(bureau: Bureau) -> None:
    """Two clerks take a checked line back and enter another holder, while the principal reads."""
    bureau.open(), bureau.enter(), bureau.check("14", "--agree")
    line = AwardLine(CredentialType.DIGITISED, 1001, "Q3-85/0041")
    clerk, principal = Person(1, "Lê Thị Nhập"), Person(2, "Trần Văn Hiệu Trưởng")
    asked = Order(
        type=CredentialType.DIGITISED, school=SCHOOL, year=2026, issued=date(2026, 6, 20), rows=(),
        prepared_by="", approved_by="", lines=(LineAsked(line),),
    )  # fmt: skip
    with bureau.system() as system:
        orders = Orders(system.store_database)
        ref = orders.of(number := prepare(system, clerk, asked)).ref
        book, (seen, _) = system.old_books.book(1001, "Q3-85"), system.old_books.lines(
            1001, "Q3-85", [LineState.CHECKED]
        )  # fmt: skip
        system.old_books.withdraw(book, "0041", seen.line.digest, "Phạm Văn Soát", "Nhầm")
    other = [list(row) for row in old_book.ROWS]
    other[0][2] = "Ai Khác"
    assert bureau.enter(other) == bureau.check("14", "--agree") == 0
    with bureau.system() as system:
        with pytest.raises(InputError) as refused:
            approve(system, number, principal, ref, lambda _: None)
        assert [one.code for one in refused.value.faults] == ["line.changed"]
        orders.cancel(number, clerk)
        anew = prepare(system, clerk, asked)
        assert anew != number, "who still looks at the old one does not approve the new one"
        approve(system, anew, principal, orders.of(anew).ref, lambda _: None)


FAULTY = {
    "no scan of that page": (("0050", "99", *old_book.ROWS[0][2:10], "A 9", None, None), "page 99"),
    "the same number twice": (("0041", "14", *old_book.ROWS[0][2:10], "A 9", None, None), "0041"),
    "the same serial twice": (("0050", "14", *old_book.ROWS[0][2:]), "A 012345"),
    "a year that is none": (
        ("0050", "14", *old_book.ROWS[0][2:7], "85", *old_book.ROWS[0][8:10], None, None, None),
        "85",
    ),
}


@pytest.mark.parametrize(("row", "named"), FAULTY.values(), ids=FAULTY)
def test_a_sheet_with_a_fault_enters_nothing(
    bureau: Bureau, capsys: pytest.CaptureFixture[str], row: tuple[object, ...], named: str
) -> None:
    bureau.open()
    scans = old_book.scan(bureau.data / "quet")
    file = old_book.write(bureau.data / "so.xlsx", [*old_book.ROWS, row])
    whose = ("--school", "79001001", "--book", "Q3-85", "--scans", str(scans), *BY_CLERK)
    assert bureau.sogoc("digitise", "enter", str(file), *whose) == 1
    told = capsys.readouterr().err
    assert "Row 7" in told
    assert named in told
    assert lines(bureau) == {}


def test_scans_that_no_line_names_are_erased_after_a_day(bureau: Bureau) -> None:
    bureau.open(), bureau.enter()
    whose = ("digitise", "tidy", "--school", SCHOOL)
    with bureau.system() as system:
        used = system.old_books.scans(1001)
        old, new = (system.scans.keep(1001, b"%PDF-" + text) for text in (b"old", b"new"))
        for digest in (*used, old):
            os.utime(bureau.data / "scans" / "1001" / digest, (0, 0))
    assert bureau.sogoc(*whose) == bureau.sogoc(*whose, "--erase") == 0
    with bureau.system() as system:
        assert not system.scans.has(1001, old)
        assert all(system.scans.has(1001, digest) for digest in (*used, new))


def test_a_scan_that_was_changed_is_none(bureau: Bureau) -> None:
    bureau.open(), bureau.enter()
    with bureau.system() as system:
        digest = system.old_books.lines(1001, "Q3-85")[0].line.scan
        assert system.scans.read(1001, digest)[:4] == b"\x89PNG"
        path = bureau.data / "scans" / "1001" / digest
        assert path.stat().st_mode & 0o077 == 0
        path.write_bytes(path.read_bytes() + b"x")
        with pytest.raises(Exception, match=r"scan\.unknown"):
            system.scans.read(1001, digest)
