"""Files of results: the ministry's primary form and the four kinds of mark book."""

from typing import Any

import pytest

from credential.errors import InputError
from credential.model import CourseResult
from issuer.intake import Reading, ResultsRow, read_results
from issuer.intake.results import TO_DATE_LAYOUTS
from tests.intake.messy import PHONE, PUPILS, text, xls, xlsx

YEAR = "2025-2026"
WHO = [list(row[1:4]) for row in PUPILS]  # code, name, birth

TRAITS = [["Tự chủ và tự học", "Giao tiếp và hợp tác", "Giải quyết vấn đề và sáng tạo"],
          ["Ngôn ngữ", "Tính toán", "Khoa học", "Thẩm mĩ", "Thể chất"],
          ["Yêu nước", "Nhân ái", "Chăm chỉ", "Trung thực", "Trách nhiệm"]]  # fmt: skip
ALONE = ["Đạo đức", "TN&XH", "Ngoại ngữ", "Tiếng dân tộc", "Tin học", "Âm nhạc", "Mĩ thuật",
         "HĐTN", "GDTC"]  # fmt: skip


def gap(label: str, width: int) -> list[str | None]:
    """A heading over so many columns."""
    return [label, *[None] * (width - 1)]


C1_HEADER = [
    ["STT", "Mã lớp", "Mã học sinh", "Họ tên", "Ngày sinh",
     *gap("Môn học và hoạt động giáo dục", 13), *gap("Năng lực chung", 3),
     *gap("Năng lực đặc thù", 5), *gap("Phẩm chất chủ yếu", 5), "Hoàn thành", "Lên lớp",
     "Xếp loại"],
    [None] * 5 + ["Toán", None, "Tiếng Việt", None, *ALONE, *TRAITS[0], *TRAITS[1], *TRAITS[2]],
    [None] * 5 + ["Mức đạt được", "Điểm\nKTĐK"] * 2,
]  # fmt: skip


def primary(
    n: int, math: list[Any], vietnamese: list[Any], level: str = "T", class_name: str = "5/1",
    traits: str = "T", end: tuple[Any, ...] = ("x", "X", "Hoàn thành xuất sắc"),
) -> list[Any]:  # fmt: skip
    code, name, _ = WHO[n]
    levels = [level, level, level, None, level, level, level, level, level]
    return [n + 1, class_name, code, name, "07/02/2015", *math, *vietnamese, *levels,
            *[traits] * 13, *end]  # fmt: skip


C1 = [
    ["KẾT QUẢ HỌC TẬP CUỐI NĂM"],
    *C1_HEADER,
    primary(0, ["T", 9], ["T", "10"]),
    primary(1, ["H", 7], ["Hoàn thành", 6], "H", traits="Đ", end=("x", "x", "HT")),
    primary(2, ["C", 4], ["H", 5], "H", "4/2", end=(None, None, "Chưa hoàn thành")),
    primary(3, ["T", 9], ["T", 9], end=("x", "x", "Hoàn thành tốt")),
]


def faults(found: Reading[Any]) -> list[tuple[Any, ...]]:
    return [(f.code, f.row, f.letter) for f in found.faults]


def noticed(found: Reading[Any]) -> list[tuple[Any, ...]]:
    return [(n.code, n.row, n.letter) for n in found.notices]


@pytest.mark.parametrize("made", [xlsx, xls, text], ids=lambda made: made.__name__)
def test_the_primary_form_has_three_rows_of_headings(made: Any) -> None:
    found = read_results(made(C1), YEAR)
    assert (found.layout, found.header_row, len(found.columns)) == ("c1-ketqua", 4, 33)
    assert faults(found) == []
    first, second, third, _ = found.rows
    assert first.results[0] == CourseResult("mathematics", "Toán", "CN", mark=90, rating="T")
    assert first.results[1] == CourseResult("vietnamese", "Tiếng Việt", "CN", mark=100, rating="T")
    assert [r.subject for r in first.results[2:5]] == [
        "ethics",
        "nature_society",
        "foreign_language_1",
    ]
    assert len(first.results) == 10
    assert second.results[1].rating == "H"
    ends = [(r.outcomes[0].study, r.promotion, r.completion) for r in found.rows[:3]]
    assert ends == [
        ("Hoàn thành xuất sắc", "Được lên lớp", "Hoàn thành chương trình tiểu học"),
        ("Hoàn thành", "Được lên lớp", "Hoàn thành chương trình tiểu học"),
        ("Chưa hoàn thành", None, None),
    ]
    assert third.class_name == "4/2"


def test_to_date_the_primary_form_is_of_semester_one_unless_it_says_the_years_result() -> None:
    half = [primary(n, ["T", 9], ["H", None], end=(None, None, None)) for n in range(2)]
    whole = [*half, primary(2, ["T", 9], ["H", 8], end=("x", "x", None))]
    for rows, term, promoted in ((half, "HK1", None), (whole, "CN", "Được lên lớp")):
        found = read_results(xlsx([*C1[:4], *rows]), YEAR, TO_DATE_LAYOUTS)
        assert faults(found) == []
        last = found.rows[-1]
        assert {result.term for result in last.results} == {term}
        assert (last.outcomes[0].term, last.promotion) == (term, promoted)


def test_a_result_that_does_not_follow_is_noticed() -> None:
    found = read_results(xlsx(C1), YEAR)
    assert [n for n in noticed(found) if n[0] != "row.skipped"] == [("study.differs", 8, "AH")]


@pytest.mark.parametrize(
    ("row", "fault"),
    {
        "85 for 8,5": (primary(0, ["T", 85], ["T", 9]), ("mark.whole", 5, "G")),
        "half a mark": (primary(0, ["T", 8.5], ["T", 9]), ("mark.whole", 5, "G")),
        "no level": (primary(0, [None, 9], ["T", 9]), ("cell.empty", 5, "F")),
        "a level of another scale": (primary(0, ["Đ", 9], ["T", 9]), ("choice.invalid", 5, "F")),
        "a class of a higher school": (
            primary(0, ["T", 9], ["T", 9], class_name="6/1"), ("class.invalid", 5, "B"),
        ),
        "a tick that is none": (
            primary(0, ["T", 9], ["T", 9], end=("không", "x", None)), ("choice.invalid", 5, "AF"),
        ),
    }.values(),
)  # fmt: skip
def test_a_fault_names_the_cell(row: list[Any], fault: tuple[Any, ...]) -> None:
    found = read_results(xlsx([*C1[:4], row, *C1[5:]]), YEAR)
    assert faults(found) == [fault]


TITLES = [["TRƯỜNG THPT MẪU"], ["SỔ ĐIỂM MÔN TOÁN - HỌC KỲ II, NĂM HỌC 2025-2026"]]
BOOK = ["STT", "Lớp", "Mã định danh", "Họ và tên", "Ngày sinh"]


def book(header: list[Any], *marks: list[Any], titles: Any = TITLES) -> list[list[Any]]:
    rows = [[n + 1, "12.9", *WHO[n], *cells] for n, cells in enumerate(marks)]
    return [*titles, [*BOOK, *header], *rows]


TX = [f"ĐĐGtx{n}" for n in range(1, 6)]
SCORED = (None, "mathematics")


BOOKS: dict[str, tuple[list[list[Any]], str, list[int | str | None], list[tuple[Any, ...]]]] = {
    "form 1": (
        book([*TX, "ĐĐGgk", "ĐĐGck", "Nhận xét"],
             [8, "8,5", 9, "7.0", None, 8, 9, "ngoan"], [10, 9, 8, 10, None, 9.5, 10, PHONE],
             [7, 6, None, None, None, 5, None, ""], ["M", None, None, None, None, None, None, ""]),
        "sodiem-1",
        [84, 96, None, None],
        [("mark.incomplete", 6, "L"), ("subject.exempt", 7, "C")],
    ),
    "form 2": (
        book(["ĐĐGtx", "ĐĐGgk", "ĐĐGck", "ĐTBmhk", "Mã nhận xét", "Nội dung nhận xét"],
             ["8 8,5 9 7", 8, 9, "8,4", "T1", "tốt"], ["10 9.0 8 10", 9.5, 10, 9.5, "T1", "tốt"],
             ["7 6", 5, "", 5.5, None, None]),
        "sodiem-2",
        [84, 95, 55],
        [("mark.semester_average", 5, "I")],
    ),
    "a comment subject": (
        book(["Đánh giá", "Nội dung nhận xét"],
             ["Đ", "x"], ["CĐ", "x"], ["Chưa đạt", ""], ["M", ""],
             titles=[["Môn: Giáo dục thể chất"], ["Học kì 1"]]),
        "sodiem-nhanxet",
        ["Đ", "CĐ", "CĐ", None],
        [("subject.exempt", 7, "C")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("made", [xlsx, text], ids=lambda made: made.__name__)
@pytest.mark.parametrize(("rows", "layout", "results", "notices"), BOOKS.values(), ids=BOOKS.keys())
def test_a_mark_book(
    rows: list[list[Any]], layout: str, results: list[Any], notices: list[Any], made: Any
) -> None:
    found = read_results(made(rows), YEAR)
    assert (found.layout, faults(found)) == (layout, [])
    assert [_value(row) for row in found.rows] == results
    assert noticed(found) == notices
    assert PHONE not in repr(found)


def _value(row: ResultsRow) -> Any:
    return next((r.mark if r.rating is None else r.rating for r in row.results), None)


def test_subject_and_semester_stand_in_the_titles() -> None:
    [result] = read_results(xlsx(BOOKS["form 1"][0]), YEAR).rows[0].results
    assert (result.subject, result.name, result.term) == ("mathematics", "Toán", "HK2")
    [result] = read_results(xlsx(BOOKS["a comment subject"][0]), YEAR).rows[0].results
    assert (result.subject, result.term) == ("physical_education", "HK1")


def test_a_primary_mark_book() -> None:
    header = ["Mức đạt được GK", "Mức đạt được CK", "Điểm KTĐK"]
    rows = book(header, ["H", "T", 9], ["T", "H", None], titles=[["MÔN: TIẾNG VIỆT"], ["HKI"]])
    for row in rows[3:]:
        row[1] = "3A"
    found = read_results(xlsx(rows), YEAR)
    assert found.layout == "sodiem-tieuhoc"
    assert [row.results for row in found.rows] == [
        (CourseResult("vietnamese", "Tiếng Việt", "HK1", mark=90, rating="T"),),
        (CourseResult("vietnamese", "Tiếng Việt", "HK1", rating="H"),),
    ]


@pytest.mark.parametrize(
    ("titles", "code"),
    [
        ([["Học kỳ I"]], "book.subject"),
        ([["Môn Toán"]], "book.term"),
        ([["Môn: Phép, HKI"]], "book.subject"),
    ],
)
def test_a_book_that_does_not_say_what_it_is_of(titles: list[list[str]], code: str) -> None:
    with pytest.raises(InputError) as refused:
        read_results(xlsx(book(["Đánh giá"], ["Đ"], titles=titles)), YEAR)
    assert [f.code for f in refused.value.faults] == [code]


MARKS: dict[str, tuple[Any, str | None]] = {
    "a comma": ("8,5", None),
    "a point": ("8.5", None),
    "a number": (8.5, None),
    "85 for 8,5": (85, "mark.invalid"),
    "two decimals": ("8,25", "mark.invalid"),
    "a word": ("tốt", "mark.invalid"),
    "a truth value": (True, "mark.invalid"),
}


@pytest.mark.parametrize(("cell", "code"), MARKS.values(), ids=MARKS.keys())
def test_a_mark(cell: Any, code: str | None) -> None:
    rows = book([*TX[:4], "ĐĐGgk", "ĐĐGck"], [cell, 8, 8, 8, 8, 8])
    found = read_results(xlsx(rows), YEAR)
    assert faults(found) == ([(code, 4, "F")] if code else [])
