"""The register as it is read: order, search, filters, pages, versions, gaps."""

import dataclasses
import random
from datetime import date

import pytest
from alembic import command
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, text

from credential.annex import Annex, AnnexKind
from credential.dates import PartialDate
from credential.facts import Withdrawal
from credential.model import CredentialType, Decision, Lane
from credential.records import AwardLine
from credential.text import sort_key
from database.connections import lock
from database.engines import engine
from registry import searching
from registry.book import PAGE, Asked, Book, Books, Gap, Mark, Order
from registry.desk import Desk
from registry.schema import REGISTRY
from registry.tables import AWARDS
from tests.book.conftest import BOOK, HELD, entries

DIPLOMA = CredentialType.THPT_DIPLOMA
FRAUD = Withdrawal("fraud", "12/QĐ-THPT", date(2026, 9, 1))


def names(books, text="", **asked):
    return [line.name for line in books.page(BOOK, Asked(text, **asked)).lines]


def test_a_line_says_all_that_a_register_has_to_say(held):
    line = held.page(BOOK, Asked()).lines[0]
    assert (line.number, line.version, line.register_no) == (1, 1, "B26/0101/00001")
    assert (line.serial, line.name, line.birth) == ("T00000001", "Nguyễn Thị Hòa", 20080207)
    assert (line.birth_place, line.sex, line.ethnicity) == ("Đồng Nai", "Nữ", "Kinh")
    assert (line.class_name, line.classification) == ("12.10", None)
    assert (line.decision_no, line.decision_on, line.issued) == (
        "1234/QĐ-SGDĐT", 20260618, 20260620,
    )  # fmt: skip
    assert (line.signer, line.lane) == ("Phạm Quốc Đạt", Lane.ACTIVE)


def test_lines_stand_by_number_or_by_name(held):
    assert names(held) == [name for name, _, _ in HELD]
    assert names(held, order=Order.NAME) == [
        "Đỗ Thúy An", "Nguyễn Anh", "Lê Thị Hoa", "Nguyễn Thị Hòa", "Trần Hoà", "Đặng Quốc Hoàng",
        "K’Brêm",
    ]  # fmt: skip


HOA = ["Nguyễn Thị Hòa", "Trần Hoà"]
PLAIN = ["Lê Thị Hoa", *HOA, "Đặng Quốc Hoàng"]
MARKED = [*HOA, "Lê Thị Hoa", "Đặng Quốc Hoàng"]
FOUND = {
    "a word as it is spelled comes first, others with its letters behind": ("hòa", MARKED),
    "the place of the mark does not matter": ("HOÀ", MARKED),
    "composed of parts": ("HOA\u0300", MARKED),
    "without marks, whose name has none": ("hoa", PLAIN),
    "words in any order": ("hoa thi", ["Lê Thị Hoa", "Nguyễn Thị Hòa"]),
    "beginnings of words": ("ngu ho", ["Nguyễn Thị Hòa"]),
    "no middles of words": ("ang", []),
    "đ is found by d": ("do thuy", ["Đỗ Thúy An"]),
    "i is found by y": ("thui an", ["Đỗ Thúy An"]),
    "an apostrophe as printed": ("K’Brêm", ["K’Brêm"]),
    "an apostrophe as typed": ("k'brem", ["K’Brêm"]),
    "a serial": ("T00000003", ["Lê Thị Hoa"]),
    "a serial with spaces around and small": ("  t00000003 ", ["Lê Thị Hoa"]),
    "the end of a serial": ("00000003", ["Lê Thị Hoa"]),
    "the end of both numbers": ("0003", ["Lê Thị Hoa"]),
    "a register number": ("B26/0101/00004", ["Đỗ Thúy An"]),
    "a register number with dashes": ("b26/0101/0-0004", ["Đỗ Thúy An"]),
    "a class": ("12A1", ["Nguyễn Anh"]),
    "a class and a name": ("12.2 hoa", ["Lê Thị Hoa", "Trần Hoà"]),
    "a birth date": ("07/02/2008", ["Nguyễn Thị Hòa"]),
    "a birth date without zeros": ("7-2-2008", ["Nguyễn Thị Hòa"]),
    "a birth month": ("11/2008", ["Trần Hoà"]),
    "a birth year that is all that is known": ("2007", ["Lê Thị Hoa"]),
    "a name and a year": ("hoà 2008", [*HOA, "Đặng Quốc Hoàng"]),
    "nothing like it": ("Zacharias", []),
    "signs that databases know": ("%", []),
    "more such": ("_oa /", []),
    "a quote": ("'; DROP TABLE awards --", []),
    "the mark between the keys": ("=hoa1", []),
    "control characters, which are no words": ("\x00 \x1f \u0301", [name for name, _, _ in HELD]),
    "half a character": ("\ud800 hoa \ud800", PLAIN),
    "far too many words": ("hoa " * 5000, PLAIN),
}


def test_lines_are_found(held):
    found = {case: names(held, asked) for case, (asked, _) in FOUND.items()}
    assert found == {case: expected for case, (_, expected) in FOUND.items()}


def test_what_is_found_may_stand_by_name_within_its_rank(held):
    assert names(held, "hoa", order=Order.NAME) == [
        "Lê Thị Hoa", "Nguyễn Thị Hòa", "Trần Hoà", "Đặng Quốc Hoàng",
    ]  # fmt: skip


def test_states_and_classes_are_filters(held, database):
    Desk(database).set_status(AwardLine(DIPLOMA, 1, "B26/0101/00002"), Lane.REVOKED, FRAUD)
    assert names(held, lane=Lane.REVOKED) == ["Trần Hoà"]
    assert names(held, class_name="12.2") == ["Trần Hoà", "Lê Thị Hoa", "Đỗ Thúy An", "K’Brêm"]
    assert names(held, "hoa", lane=Lane.ACTIVE, class_name="12.2") == ["Lê Thị Hoa"]
    line = held.page(BOOK, Asked(lane=Lane.REVOKED)).lines[0]
    assert (line.ground, line.withdrawal_decision, line.withdrawn_on) == (
        "fraud", "12/QĐ-THPT", 20260901,
    )  # fmt: skip


@pytest.mark.parametrize("size", [1, 3, 7, 8])
def test_pages_of_any_size_come_to_the_whole(held, size):
    for asked in (Asked(), Asked(order=Order.NAME), Asked("hoa", order=Order.NAME)):
        whole, found, after = held.page(BOOK, asked).lines, [], None
        while not found or after is not None:
            page = held.page(BOOK, asked, after, size)
            found, after = [*found, *page.lines], page.after
            assert after is None or len(page.lines) == size
        assert found == whole
        assert list(held.lines(BOOK, asked)) == whole


def test_a_page_behind_a_line_that_is_not_there_is_empty(held):
    assert held.page(BOOK, Asked(), Mark(99, 1)) == ((), None)
    assert held.page(BOOK._replace(year=2025), Asked()) == ([], None)


def test_a_version_is_told_with_the_decision_of_its_annex(held, enter):
    annex = Annex(AnnexKind.CORRECTED, "civil_status", "Trích lục số 12",
                  Decision("77/QĐ-THPT", date(2026, 7, 3)), "Lê Thị Thuỷ", ())  # fmt: skip
    again = dataclasses.replace(
        entries(HELD)[0], replaces=AwardLine(DIPLOMA, 1, "B26/0101/00001"), annex=annex
    )
    enter([again], "b", reason="Cải chính hộ tịch", approved_by="Lê Thị Thuỷ")
    first, second, other = held.page(BOOK, Asked()).lines[:3]
    assert (second.annex_decision, second.annex_on) == ("77/QĐ-THPT", 20260703)
    assert second.decision_no == first.decision_no, "which recognised the graduation"
    assert first.annex_decision is other.annex_decision is None


def test_every_version_stands_in_the_book_under_the_name_it_says(held, enter):
    again = dataclasses.replace(
        entries(HELD)[0], replaces=AwardLine(DIPLOMA, 1, "B26/0101/00001"), classification="Giỏi"
    )
    renamed = dataclasses.replace(
        again, holder=dataclasses.replace(again.holder, name="Nguyễn Thị An")
    )
    enter([renamed], "b", reason="Cải chính hộ tịch", approved_by="Lê Thị Thuỷ",
          decision_no="77/QĐ-THPT", decision_on=date(2026, 7, 3))  # fmt: skip
    first, second = held.page(BOOK, Asked()).lines[:2]
    assert [(each.number, each.version, each.lane) for each in (first, second)] == [
        (1, 1, Lane.SUPERSEDED), (1, 2, Lane.ACTIVE),
    ]  # fmt: skip
    assert (first.ground, first.withdrawal_decision) == ("amended", "77/QĐ-THPT")
    assert (second.reason, second.approved_by) == ("Cải chính hộ tịch", "Lê Thị Thuỷ")
    assert names(held, "hòa") == MARKED, "also by the name it had"
    assert names(held, "nguyen thi an") == ["Nguyễn Thị An"]
    contents = held.contents(BOOK)
    assert (contents.lines, contents.last) == (7, 7)
    assert contents.states == {Lane.ACTIVE: 7, Lane.SUPERSEDED: 1}


def test_books_of_a_school_are_listed_newest_first(held, enter):
    enter(entries(HELD, first=21)[:2], "b", year=2027)
    assert held.of(1) == [(Book(DIPLOMA, 1, 2027), 2), (BOOK, 7)]
    assert held.of(2) == []


def test_classes_stand_as_people_count(held):
    assert held.contents(BOOK).classes == ("12A1", "12.2", "12.10")


def test_a_line_that_was_taken_out_leaves_a_gap_that_is_shown(held, database):
    assert held.contents(BOOK).gaps == ()
    taken_out = [
        (3, [(3, 3)]),
        (4, [(3, 4)]),
        (6, [(3, 4), (6, 6)]),
        (1, [(1, 1), (3, 4), (6, 6)]),
        (7, [(1, 1), (3, 4), (6, 7)]),
    ]
    for taken, gaps in taken_out:
        with database.writing() as connection:
            connection.execute(delete(AWARDS).where(AWARDS.c.number == taken))
        assert held.contents(BOOK).gaps == tuple(Gap(*each) for each in gaps)
    assert (held.contents(BOOK).lines, held.contents(BOOK).last) == (2, 7)
    with database.writing() as connection:
        connection.execute(delete(AWARDS))
    assert held.contents(BOOK).gaps == (Gap(1, 7),)


SYLLABLES = st.sampled_from([
    "An", "Ân", "Ấn", "Án", "Ẩn", "Anh", "Ánh", "Ảnh", "Đạt", "Dat", "Ê", "Ếch", "Hoa", "Hòa",
    "Hoà", "Hoá", "Hỏa", "Hoả", "Họa", "Hoan", "K’Brêm", "Lý", "Lí", "Ngọc", "Ô", "Ốc", "Ở",
    "Ớt", "Phúc", "Quý", "Quí", "Quỳ", "Sơn", "Tự", "Tư", "Từ", "Ưng", "Ứng", "Y", "Ỷ", "Yến",
    "Zin", "Wu",
])  # fmt: skip
SOME = [
    "An", "Ân", "Ấn", "Án", "Ẩn", "Anh", "Ánh", "Đ", "D", "Đạt", "Dũng", "Dung", "Hoa", "Hòa",
    "E", "Ê", "Hóa", "Hoan", "Lý", "Ngọc", "Phúc", "Quý", "Sơn", "Tự", "Tư", "Y", "Ỷ", "Wu",
]  # fmt: skip
NAMES = st.lists(SYLLABLES, min_size=1, max_size=4).map(" ".join)


def parts(name):
    *front, given_name = name.split()
    return given_name, " ".join(front[:1]), " ".join(front[1:])


@given(st.lists(NAMES, min_size=2, max_size=12))
def test_whatever_the_names_the_key_orders_them_part_by_part(found):
    """Bytes compare as the three keys do, one after the other: no part runs into the next."""
    ordered = sorted(found, key=lambda name: [sort_key(part) for part in parts(name)])
    assert sorted(found, key=searching.sort_key) == ordered


def test_another_implementation_puts_the_names_in_the_same_order(collated):
    """Node's ICU; names that differ in nothing it compares may stand either way."""
    chance = random.Random(7)
    some = sorted({" ".join(chance.choices(SOME, k=chance.randint(2, 4))) for _ in range(400)})
    assert [searching.sort_key(name) for name in collated(some)] == sorted(
        map(searching.sort_key, some)
    )


def test_both_databases_sort_as_the_key_does(held, enter):
    """A database's own idea of a language must not come between."""
    chance = random.Random(3)
    some = [(" ".join(chance.choices(SOME, k=3)), PartialDate(2008), "12.1") for _ in range(120)]
    enter(entries(some, first=101), "b")
    found = [line.name for line in held.lines(BOOK, Asked(order=Order.NAME))]
    assert found == sorted(found, key=searching.sort_key)
    assert len(held.page(BOOK, Asked(order=Order.NAME)).lines) == PAGE


def test_a_register_from_before_gets_its_keys(new_database):
    database_url = new_database()
    writes = engine(database_url, write=True, create=True)
    with writes.begin() as connection:
        lock(connection, REGISTRY.version_table)
        config = REGISTRY._config()
        config.attributes["connection"] = connection
        command.upgrade(config, BEFORE)
        connection.exec_driver_sql(
            "INSERT INTO schools (id, code, kind) VALUES (1, '79000101', 'thpt')"
        )
        connection.exec_driver_sql(
            "INSERT INTO pupils (code, name, birth, school, class_name, sex, ethnicity)"
            " VALUES ('7900000001', 'Nguyễn Thị Hòa', 20080207, 1, '12.6', 'Nữ', 'Chăm')"
        )
        for number in range(1, 1502):  # more than are read at once
            connection.execute(OLD_LINE, {"number": number, "pupil": "7900000001",
                                          "register_no": f"B26/0101/{number:05d}",
                                          "lane": 0 if number == 1 else 3})  # fmt: skip
    writes.dispose()
    REGISTRY.migrate(database_url)
    database = REGISTRY.connect(database_url)
    books = Books(database)
    line = books.page(BOOK, Asked("hoà 07/02/2008 B26/0101/01501")).lines[0]
    assert (line.number, line.sex, line.ethnicity, line.birth_place) == (1501, "Nữ", "Chăm", None)
    assert line.class_name is None, "the record says only in which class the pupil is now"
    assert len(list(books.lines(BOOK, Asked("hòa", order=Order.NAME)))) == 1501
    database.close()


BEFORE = "0006"
OLD_LINE = text(
    "INSERT INTO awards (type, school, year, number, version, register_no, pupil, holder_name,"
    " birth, issued, signer_name, signer_title, lane, batch_ref, entered_at) VALUES (1, 1, 2026,"
    " :number, 1, :register_no, :pupil, 'Nguyễn Thị Hòa', 20080207, 20260620, 'B', 'C', :lane,"
    " 'a', 1)"
)


def test_what_a_repeated_request_says_besides_does_not_matter(held, enter):
    """It is the same request by what it awards; a line is never written twice."""
    same = [dataclasses.replace(each, class_name=None) for each in entries(HELD)]
    assert enter(same) == enter(entries(HELD))
