"""Old books: entered by one, checked by another, then lines of the register, then issued."""

from dataclasses import replace
from datetime import date

import pytest

from credential.dates import PartialDate
from credential.errors import (
    ConflictError,
    InputError,
    RefusedError,
    SogocError,
    UnavailableError,
)
from credential.facts import AwardClaim, Match, Withdrawal
from credential.lines import LineState, OldBook, OldLine
from credential.model import CredentialType, Holder, Lane, Place, Signer
from credential.records import AwardBatch, AwardEntry, AwardLine, Binding
from database.connections import Database
from registry.desk import Desk
from registry.matching import Matcher
from registry.oldbooks import OldBooks

BOOK = OldBook(1, "Q3-85", "Sổ cấp bằng 1985, quyển 3", "Bằng tốt nghiệp phổ thông trung học",
               "Sở Giáo dục Thành phố Hồ Chí Minh", "Giám đốc")  # fmt: skip
LINE = OldLine("0042", "14", "5c" * 32, "NGUYỄN THỊ HÒA", PartialDate(1965), 1985,
               PartialDate(1985, 8, 15), "Sông Bé", "Nữ", "Kinh", "A 012345", "Khá",
               "Lê Văn Xưa")  # fmt: skip
OTHER = replace(LINE, number="0043", name="Trần Văn Bé", serial=None, birth=PartialDate(1966, 2))
CLERK, CHECKER = "Lê Thị Nhập", "Phạm Văn Soát"
NAME = AwardLine(CredentialType.DIGITISED, 1, "Q3-85/0042")
TODAY = date(2026, 6, 20)


@pytest.fixture
def books(database: Database) -> OldBooks:
    books = OldBooks(database, clock=lambda: 1_780_000_000)
    books.open(BOOK)
    books.enter(BOOK, [LINE, OTHER], CLERK)
    return books


def award(ref: str = "ref", number: str = "0042") -> AwardBatch:
    """The batch that issues a line as a digitised diploma."""
    entry = AwardEntry("1:Q3-85/0042", Holder(LINE.name, LINE.birth), None, "Khá",
                       line=f"Q3-85/{number}")  # fmt: skip
    return AwardBatch(
        ref, CredentialType.DIGITISED, 1, 2026, TODAY, Signer("Phạm Quốc Đạt", "KT. Hiệu trưởng"),
        None, None, (entry,),
    )  # fmt: skip


CLAIM = AwardClaim(
    CredentialType.DIGITISED, 1, "Q3-85/0042", 1985, TODAY, "A 012345", LINE.name, LINE.birth,
    "Khá", "Phạm Quốc Đạt", bytes(32), Place(4, 0), PartialDate(1985, 8, 15),
)  # fmt: skip


def states(books: OldBooks) -> dict[str, LineState]:
    return {one.line.number: one.state for one in books.lines(1, "Q3-85")}


def agree(books: OldBooks, book: OldBook, numbers: list[str], by: str) -> int:
    """Agree to these lines as they stand now."""
    held = {one.line.number: one.line.digest for one in books.lines(book.school, book.code)}
    return books.agree(book, {number: held.get(number, "") for number in numbers}, by)


def test_a_line_is_in_the_register_only_after_somebody_else_checked_it(
    books: OldBooks, desk: Desk
) -> None:
    assert desk.lines([NAME]) == {}
    with pytest.raises(RefusedError) as told:
        agree(books, BOOK, ["0042"], CLERK.upper())
    assert told.value.code == "digitise.same_person"
    assert agree(books, BOOK, ["0042"], CHECKER) == 1
    assert agree(books, BOOK, ["0042"], CHECKER) == 0, "said twice, done once"
    found = desk.lines([NAME])[NAME]
    assert (found.holder.name, found.holder.birth.printed()) == ("NGUYỄN THỊ HÒA", "1965")
    assert (found.issuer, found.issued.printed()) == (BOOK.issuer, "15/08/1985")
    assert (found.page.book, found.page.number, found.page.page) == (BOOK.title, "0042", "14")
    assert states(books) == {"0042": LineState.CHECKED, "0043": LineState.ENTERED}
    [held, _] = books.lines(1, "Q3-85")
    assert (held.entered_by, held.checked_by) == (CLERK, CHECKER)


def test_what_differs_goes_back_and_is_checked_again(books: OldBooks, desk: Desk) -> None:
    books.differ(BOOK, "0042", LINE.digest, CHECKER, "Họ tên trên trang sổ là Hòe")
    assert states(books)["0042"] is LineState.DIFFERS
    with pytest.raises(ConflictError) as told:
        agree(books, BOOK, ["0042", "0043"], CHECKER)
    assert told.value.code == "digitise.differs_still"
    assert states(books)["0043"] is LineState.ENTERED, "all of them or none"
    mended = replace(LINE, name="NGUYỄN THỊ HÒE")
    assert books.enter(BOOK, [mended], CLERK) == 1
    assert agree(books, BOOK, ["0042"], CHECKER) == 1
    assert desk.lines([NAME])[NAME].holder.name == "NGUYỄN THỊ HÒE"


def test_what_was_entered_anew_since_it_was_seen_is_not_agreed_to(
    books: OldBooks, desk: Desk
) -> None:
    seen = {line.number: line.digest for line in (LINE, OTHER)}
    books.enter(BOOK, [replace(LINE, classification="Giỏi")], CLERK)
    for act in (
        lambda: books.agree(BOOK, seen, CHECKER),
        lambda: books.differ(BOOK, "0042", LINE.digest, CHECKER, "Xếp loại Giỏi"),
    ):
        with pytest.raises(ConflictError) as told:
            act()
        assert (told.value.code, told.value.params["found"]) == ("digitise.changed", "0042")
    assert set(states(books).values()) == {LineState.ENTERED}, "all of them or none"
    assert desk.lines([NAME]) == {}


@pytest.mark.parametrize("change", [{"scan": "5d" * 32}, {"note": "tẩy"}, {"serial": None}])
def test_a_digest_is_of_all_that_a_line_says(change: dict[str, object]) -> None:
    assert replace(LINE, **change).digest != LINE.digest == replace(LINE).digest


def test_acts_are_told_before_they_are_done_and_undone_if_that_fails(
    database: Database, contents: object
) -> None:
    told: list[object] = []
    books = OldBooks(database, log=lambda *act: told.append(act))
    books.open(BOOK)
    books.enter(BOOK, [LINE, OTHER], CLERK)
    books.differ(BOOK, "0043", OTHER.digest, CHECKER, "Bế")
    books.enter(BOOK, [LINE, OTHER], CLERK)
    assert told == [
        (CLERK, "old_line.entered", 1, ["Q3-85/0042", "Q3-85/0043"]),
        (CHECKER, "old_line.returned", 1, ["Q3-85/0043"]),
    ]

    def full(*_act: object) -> None:
        raise UnavailableError("store")

    before = contents(database)
    with pytest.raises(UnavailableError):
        OldBooks(database, log=full).agree(BOOK, {"0042": LINE.digest}, CHECKER)
    assert contents(database) == before
    assert OldBooks(database).agree(BOOK, {"0042": LINE.digest}, CHECKER) == 1


def test_entering_again_writes_nothing_and_what_is_checked_stays(
    books: OldBooks, database: Database, contents: object
) -> None:
    agree(books, BOOK, ["0042"], CHECKER)
    before = contents(database)
    assert books.enter(BOOK, [LINE, OTHER], "Ai Khác") == 0
    assert contents(database) == before
    with pytest.raises(InputError) as told:
        books.enter(BOOK, [replace(LINE, name="Người Khác"), OTHER], CLERK)
    assert [fault.code for fault in told.value.faults] == ["digitise.in_register"]
    with pytest.raises(ConflictError):
        books.differ(BOOK, "0042", LINE.digest, CHECKER, "muộn rồi")
    assert contents(database) == before


def test_serials_and_people_that_are_there_already_are_named(books: OldBooks) -> None:
    agree(books, BOOK, ["0042"], CHECKER)
    again = replace(LINE, number="0099", name="Nguyễn thị  Hoà".replace("  ", " "))
    [fault] = books.faults(BOOK, [again])
    assert (fault.code, fault.row, fault.params["register_no"]) == (
        "digitise.serial_taken", 1, "Q3-85/0042",
    )  # fmt: skip
    assert books.alike(BOOK, [OTHER, again]) == [(1, "Q3-85/0042")]


def test_the_same_number_and_serial_may_stand_in_books_of_other_documents(
    books: OldBooks, desk: Desk
) -> None:
    district = replace(BOOK, code="Q5-85", document="Bằng tốt nghiệp trung học cơ sở")
    books.open(district)
    assert books.enter(district, [LINE], CLERK) == 1
    for book in (BOOK, district):
        assert agree(books, book, ["0042"], CHECKER) == 1
    own = replace(NAME, register_no="Q5-85/0042")
    assert set(desk.lines([NAME, own])) == {NAME, own}


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda books: books.open(replace(BOOK, title="Sổ khác")), "digitise.book_differs"),
        (lambda books: books.open(replace(BOOK, code="q3/85")), "digitise.book_code"),
        (lambda books: books.book(1, "Q9"), "digitise.book_unknown"),
        (lambda books: books.book(2, "Q3-85"), "digitise.book_unknown"),
        (lambda books: agree(books, BOOK, ["7"], CHECKER), "digitise.line_unknown"),
        (lambda books: books.differ(BOOK, "0042", LINE.digest, CLERK, "?"), "digitise.same_person"),
    ],
)  # fmt: skip
def test_refused(books: OldBooks, act: object, code: str) -> None:
    with pytest.raises(SogocError) as told:
        act(books)
    assert told.value.code == code


def test_issued_once_and_by_one_batch(books: OldBooks, desk: Desk) -> None:
    with pytest.raises(ConflictError):
        desk.enter(award())
    agree(books, BOOK, ["0042"], CHECKER)
    for _ in range(2):
        assert desk.enter(award()) == ("Q3-85/0042",)
    with pytest.raises(ConflictError) as told:
        desk.enter(award("another"))
    assert told.value.code == "award.not_standing"
    assert states(books)["0042"] is LineState.ISSUED


def test_a_line_checked_by_mistake_leaves_the_register_and_comes_back_mended(
    books: OldBooks, desk: Desk, database: Database, contents: object
) -> None:
    before = contents(database)
    agree(books, BOOK, ["0042"], CHECKER)
    books.withdraw(BOOK, "0042", LINE.digest, CLERK, "Tên đọc sai")
    assert desk.lines([NAME]) == {}
    [held, _] = books.lines(1, "Q3-85")
    assert (held.state, held.remark, held.checked_by) == (LineState.DIFFERS, "Tên đọc sai", CLERK)
    left = {name for name, rows in contents(database).items() if rows != before[name]}
    assert left <= {"old_lines", "counters"}, "nor is its person there"
    mended = replace(LINE, name="NGUYỄN THỊ HÒE")
    assert books.enter(BOOK, [mended], CLERK) == 1
    assert agree(books, BOOK, ["0042"], CHECKER) == 1
    assert desk.lines([NAME])[NAME].holder.name == "NGUYỄN THỊ HÒE"
    assert desk.enter(award()) == ("Q3-85/0042",)


def test_what_was_issued_copied_or_never_checked_is_not_taken_out(
    books: OldBooks, desk: Desk, database: Database, contents: object
) -> None:
    def refused(number: str, digest: str, code: str) -> None:
        before = contents(database)
        with pytest.raises(SogocError) as told:
            books.withdraw(BOOK, number, digest, CLERK, "?")
        assert told.value.code == code
        assert contents(database) == before

    refused("0043", OTHER.digest, "digitise.not_checked")
    refused("7", LINE.digest, "digitise.line_unknown")
    agree(books, BOOK, ["0042", "0043"], CHECKER)
    refused("0042", OTHER.digest, "digitise.changed")
    desk.enter(award())
    refused("0042", LINE.digest, "digitise.not_checked")
    desk.set_status(replace(NAME, register_no="Q3-85/0043"), Lane.SUSPENDED, None)
    refused("0043", OTHER.digest, "award.not_standing")


def test_a_withdrawn_line_is_not_issued(books: OldBooks, desk: Desk) -> None:
    agree(books, BOOK, ["0042"], CHECKER)
    desk.set_status(NAME, Lane.REVOKED, None)
    with pytest.raises(ConflictError):
        desk.enter(award())


def test_what_an_order_took_that_is_given_up_is_a_checked_line_again(
    books: OldBooks, desk: Desk, database: Database, contents
) -> None:
    agree(books, BOOK, ["0042", "0043"], CHECKER)
    before = contents(database)
    for _ in range(2):
        desk.enter(award())
        desk.bind("ref", {"Q3-85/0042": Binding(bytes(32), Place(4, 0))})
        assert (desk.is_unissued(NAME), desk.take_back("ref")) == (False, 1)
        assert (desk.is_unissued(NAME), contents(database)) == (True, before)
    assert desk.take_back("ref") == 0


def test_a_line_known_to_the_year_is_withdrawn_and_published(books: OldBooks, desk: Desk) -> None:
    books.enter(BOOK, [replace(LINE, issued=PartialDate(1985))], CLERK)
    agree(books, BOOK, ["0042"], CHECKER)
    why = Withdrawal("fraud", "90/QĐ", TODAY)
    desk.set_status(NAME, Lane.REVOKED, why)
    [one] = desk.withdrawn(TODAY)
    assert (one.line, one.issued.iso(), one.school_name) == (
        NAME,
        "1985",
        "Trường THPT Hoa Phượng Đỏ",
    )
    [version] = desk.history(NAME).versions
    assert (version.issued, version.withdrawn) == (PartialDate(1985), one)


def test_the_registry_agrees_with_what_was_issued_and_with_nothing_before(
    books: OldBooks, desk: Desk, matcher: Matcher
) -> None:
    agree(books, BOOK, ["0042"], CHECKER)
    assert not matcher.match(CLAIM).found
    desk.enter(award())
    desk.bind("ref", {"Q3-85/0042": Binding(bytes(32), Place(4, 0))})
    found = matcher.match(CLAIM)
    assert (found.found, found.lane, found.entitled, found.signer_in_office) == (
        True, Lane.ACTIVE, True, True,
    )  # fmt: skip
    assert set(found.fields.values()) == {Match.AGREES}
    assert {"origin_issued", "content", "birth"} <= found.fields.keys()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"origin_issued": PartialDate(1985, 8, 16)}, "origin_issued"),
        ({"issued": date(1985, 8, 15)}, "issued"),
        ({"signer_name": "Lê Văn Xưa"}, "signer"),
        ({"birth": PartialDate(1965, 1, 1)}, "birth"),
        ({"year": 2026}, "year"),
        ({"content": b"x" * 32}, "content"),
    ],
)
def test_what_says_otherwise_differs(
    books: OldBooks, desk: Desk, matcher: Matcher, change: dict[str, object], field: str
) -> None:
    agree(books, BOOK, ["0042"], CHECKER)
    desk.enter(award())
    desk.bind("ref", {"Q3-85/0042": Binding(bytes(32), Place(4, 0))})
    found = matcher.match(replace(CLAIM, **change))
    assert [name for name, told in found.fields.items() if told is Match.DIFFERS] == [field]


def test_no_diploma_answers_for_a_digitised_line(
    books: OldBooks, desk: Desk, matcher: Matcher
) -> None:
    agree(books, BOOK, ["0042"], CHECKER)
    desk.enter(award())
    asked = replace(CLAIM, type=CredentialType.THPT_DIPLOMA, origin_issued=None)
    assert not matcher.match(asked).found
