"""Messy files, case by case: the rows, the mends and the faults that come out, and no others."""

import unicodedata
from datetime import datetime
from typing import Any

import pytest

from credential.legacy import TCVN3, VNI
from issuer.intake import Reading, read_pupils
from issuer.intake.workbook import Cell
from tests.intake.messy import (
    HEADER,
    PHONE,
    PUPILS,
    Case,
    in_font,
    only,
    out,
    pupils,
    text,
    xls,
    xlsx,
)

PLAIN = [HEADER, *PUPILS]
TITLES = [
    ["SỞ GIÁO DỤC VÀ ĐÀO TẠO"],
    ["TRƯỜNG THPT MẪU"],
    [],
    ["DANH SÁCH HỌC SINH, NĂM HỌC 2025-2026"],
]
SIGNED = [["Tổng số: 4 học sinh"], [None, None, "NGƯỜI LẬP", None, "HIỆU TRƯỞNG"]]
BIRTHS = [row[3] for row in PUPILS]
NAMES = [row[2] for row in PUPILS]
SEXES = [row[5] for row in PUPILS]
TCVN3_NAMES = ["NguyÔn ThÞ ¸nh", "§ç Träng NghÜa", "TrÇn Thuý Hoµ", "Lª H÷u Ph­íc"]
CAPITALS = ["NGUYÔN THÞ ¸NH", "§ç träng nghÜa", "TRÇN THUý HOµ", "lª h÷u ph­íc"]
VNI_NAMES = ["Nguyeãn Thò AÙnh", "Ñoã Troïng Nghóa", "Traàn Thuyù Hoaø", "Leâ Höõu Phöôùc"]


def at(day: str) -> datetime:
    """A date as Excel has it."""
    return datetime.strptime(day, "%d/%m/%Y")  # noqa: DTZ007


def mends(code: str, letter: str, found: list[Any], taken: list[str], first: int = 2) -> list[Any]:
    """The same mend in rows that follow each other."""
    pairs = zip(found, taken, strict=True)
    return [(code, first + n, letter, str(a), b) for n, (a, b) in enumerate(pairs) if a != b]


def english(*days: str) -> list[Any]:
    """What an English Excel makes of dd/mm/yyyy: month first where it can be, else text."""
    made: list[Any] = []
    for day in days:
        first, second, year = (int(part) for part in day.split("/"))
        made.append(datetime(year, first, second) if first <= 12 else day)  # noqa: DTZ001
    return made


def many(births: list[Any]) -> list[list[Any]]:
    return [
        [n, f"79000001{n:02d}", NAMES[n % 4], birth, "12.9", "Nam", PHONE]
        for n, birth in enumerate(births)
    ]


def from_many(births: list[str]) -> list[tuple[Any, ...]]:
    rows = many(births)
    return [(2 + n, *row[1:5]) for n, row in enumerate(rows)]


DAYS = [f"{day:02d}/{month:02d}/2008" for day, month in
        ((1, 2), (2, 3), (3, 1), (4, 9), (5, 11), (6, 6), (7, 8), (8, 12), (13, 1), (25, 12),
         (31, 3))]  # fmt: skip
US_DAYS = [f"{d[3:5]}/{d[:2]}/{d[6:]}" for d in DAYS]
CLASSES = ["12.9", 12.1, 12.11, 12.12]
C1_HEADER = ("STT", "Mã lớp", "Mã học sinh", "Họ tên", "Ngày\nsinh", "Giới tính", "Trạng thái HS",
             "Ngày nhập trạng thái", "Dân tộc", "Loại khuyết tật", "Số ĐT")  # fmt: skip
C1_ROWS = [
    [1, "1/1", "7900000001", NAMES[0], "07/02/2019", "Nữ", "Đang học", None, "Kinh", None, PHONE],
    [
        2,
        "1/1",
        "7900000002",
        NAMES[1],
        "15/11/2019",
        "Nam",
        "Chuyển đến kỳ 1",
        None,
        "Hoa",
        None,
        PHONE,
    ],
    [3, "1/2", "7900000003", NAMES[2], "29/02/2020", "Nữ", "Chuyển đi", None, "Kinh", None, PHONE],
    [4, "1/2", "7900000004", NAMES[3], "01/12/2019", "Nam", "Thôi học", None, "Kinh", None, PHONE],
]
LAST_YEAR = [HEADER, [1, "7900000009", "Bùi Năm Ngoái", "07/02/2007", "12.9", "Nữ", PHONE]]
SERIALS = [39485, 39767, 39507, 39783]

CASES: dict[str, Case] = {
    "a tidy workbook": Case(xlsx(PLAIN), out()),
    "an old workbook": Case(xls(PLAIN), out()),
    "an old workbook with dates": Case(xls([HEADER, *pupils(birth=map(at, BIRTHS))]), out()),
    "last year's list on a hidden sheet": Case(xlsx(PLAIN, [("AN", LAST_YEAR)], "hidden"), out()),
    "on one that only a program can show": Case(
        xlsx(PLAIN, [("AN", LAST_YEAR)], "veryHidden"), out()
    ),
    "on a hidden sheet of an old workbook": Case(xls(PLAIN, LAST_YEAR), out()),
    "a text with commas": Case(text(PLAIN), out()),
    "a text with semicolons and a mark": Case(text(PLAIN, "utf-8-sig", ";"), out()),
    "Excel's Unicode text": Case(text(PLAIN, "utf-16", "\t"), out()),
    "UTF-16 without a mark": Case(
        text(PLAIN, "utf-16-le", "\t"), out(), [("file.read_as", None, None, "UTF-16", None)]
    ),
    "Windows-1258": Case(
        text(PLAIN, "cp1258", ";"), out(), [("file.read_as", None, None, "Windows-1258", None)]
    ),
    "text that names its separator": Case(b"sep=;\r\n" + text(PLAIN, separator=";"), out(3)),
    "titles with commas above semicolons": Case(text([*TITLES, *PLAIN], separator=";"), out(6)),
    "a workbook in TCVN3": Case(
        xlsx(in_font(PLAIN, TCVN3)),
        out(),
        [
            *mends("text.font", "C", TCVN3_NAMES, NAMES),
            *mends("text.font", "F", ["N÷", "Nam", "N÷", "Nam"], SEXES),
        ],
    ),
    "an old workbook in TCVN3": Case(
        xls(in_font(PLAIN, TCVN3)),
        out(),
        [
            *mends("text.font", "C", TCVN3_NAMES, NAMES),
            *mends("text.font", "F", ["N÷", "Nam", "N÷", "Nam"], SEXES),
        ],
    ),
    "TCVN3 in a font of capitals": Case(
        xlsx([HEADER, *pupils(name=CAPITALS)]),
        out(name=["NGUYỄN THỊ ÁNH", "Đỗ Trọng Nghĩa", "TRẦN THUÝ HOÀ", "LÊ HỮU PHƯỚC"]),
        mends(
            "text.font",
            "C",
            CAPITALS,
            ["NGUYỄN THỊ ÁNH", "Đỗ Trọng Nghĩa", "TRẦN THUÝ HOÀ", "LÊ HỮU PHƯỚC"],
        ),
    ),
    "a text in TCVN3": Case(
        text(in_font(PLAIN, TCVN3), "latin-1"),
        out(),
        [
            ("file.read_as", None, None, "TCVN3", None),
            *mends("text.font", "C", TCVN3_NAMES, NAMES),
            *mends("text.font", "F", ["N÷", "Nam", "N÷", "Nam"], SEXES),
        ],
    ),
    "a workbook in VNI": Case(
        xlsx(in_font(PLAIN, VNI)),
        out(),
        [
            *mends("text.font", "C", VNI_NAMES, NAMES),
            *mends("text.font", "F", ["Nöõ", "Nam", "Nöõ", "Nam"], SEXES),
        ],
    ),
    "a text in VNI": Case(
        text(in_font(PLAIN, VNI), "latin-1", ";"),
        out(),
        [
            ("file.read_as", None, None, "VNI", None),
            *mends("text.font", "C", VNI_NAMES, NAMES),
            *mends("text.font", "F", ["Nöõ", "Nam", "Nöõ", "Nam"], SEXES),
        ],
    ),
    "one name left over of VNI": Case(
        xlsx([HEADER, *pupils(name=[NAMES[0], VNI_NAMES[1]])]),
        only(out(), 2, 4, 5),
        faults=[("text.legacy", 3, "C")],
    ),
    "names of other peoples": Case(
        xlsx([HEADER, *pupils(name=["H'Mai Êban", "François Noël", "Zoë Müller", "K’Brêu"])]),
        out(name=["H'Mai Êban", "François Noël", "Zoë Müller", "K’Brêu"]),
    ),
    "headings and names decomposed": Case(
        xlsx([[unicodedata.normalize("NFD", str(c)) for c in row] for row in PLAIN]),
        out(),
        [
            *mends("text.composed", "C", [unicodedata.normalize("NFD", n) for n in NAMES], NAMES),
            *mends("text.composed", "F", [unicodedata.normalize("NFD", n) for n in SEXES], SEXES),
        ],
    ),
    "headings with line breaks, stars and remarks": Case(
        xlsx(
            [
                [
                    "STT",
                    "MÃ HỌC\nSINH (*)",
                    "Họ và\ntên *",
                    "Ngày sinh\n(dd/mm/yyyy)",
                    "LỚP",
                    "Phái",
                    "SĐT",
                ],
                *PUPILS,
            ]
        ),
        out(),
    ),
    "columns in another order": Case(
        xlsx([[*row[::-1], "thừa"] for row in PLAIN]),
        out(),
    ),
    "titles above and instructions before": Case(
        xlsx(
            [*TITLES, *PLAIN], [("Hướng dẫn", [["Điền vào trang sau"]]), ("Mã", [["Nam"], ["Nữ"]])]
        ),
        out(6),
    ),
    "class rows, the header again, a total, signatures": Case(
        xlsx(
            [
                *TITLES,
                HEADER,
                ["LỚP 12.9"],
                *PUPILS[:2],
                HEADER,
                ["Lớp: 12.9 (tiếp)"],
                *PUPILS[2:],
                *SIGNED,
            ]
        ),
        [(7, *PUPILS[0][1:5]), (8, *PUPILS[1][1:5]), (11, *PUPILS[2][1:5]), (12, *PUPILS[3][1:5])],
        [("row.skipped", 14, None, None, None)],
    ),
    "the class in rows of its own": Case(
        xlsx(
            [
                [c for n, c in enumerate(row) if n != 4]
                for row in [HEADER, ["LỚP 12.9"], *PUPILS[:2], ["LỚP 12.10"], *PUPILS[2:]]
            ]
        ),
        [
            (3, *PUPILS[0][1:5]),
            (4, *PUPILS[1][1:5]),
            (6, *PUPILS[2][1:4], "12.10"),
            (7, *PUPILS[3][1:4], "12.10"),
        ],
    ),
    "the class in a title": Case(
        xlsx(
            [["DANH SÁCH LỚP 12.9"], *([c for n, c in enumerate(row) if n != 4] for row in PLAIN)]
        ),
        out(3),
    ),
    "rows that are only numbered": Case(xlsx([*PLAIN, *([n] for n in range(5, 46))]), out()),
    "a name in two columns": Case(
        xlsx(
            [
                ["Mã HS", "Họ và tên đệm", "Tên", "Ngày sinh", "Lớp"],
                *([row[1], *row[2].rsplit(" ", 1), *row[3:5]] for row in PUPILS),
            ]
        ),
        out(),
    ),
    "headings that a person explains": Case(
        xlsx([["STT", "Số thẻ", "Bạn", "Ngày sinh", "Lớp", "Giới tính", "SĐT"], *PUPILS]),
        out(),
        given={"Mã học sinh": "Số thẻ", "họ tên": "BẠN"},
    ),
    "serial dates": Case(
        xlsx([HEADER, *pupils(birth=SERIALS)]), out(), mends("date.serial", "D", SERIALS, BIRTHS)
    ),
    "dates that Excel knows": Case(xlsx([HEADER, *pupils(birth=map(at, BIRTHS))]), out()),
    "a column with the month first": Case(
        xlsx([HEADER, *many(US_DAYS)]),
        from_many(DAYS),
        mends("date.month_first", "D", US_DAYS, DAYS),
    ),
    "dates that an English Excel turned": Case(
        xlsx([HEADER, *many(english(*DAYS))]),
        from_many(DAYS),
        mends("date.turned", "D", [*US_DAYS[:8], *DAYS[8:]], DAYS),
    ),
    "one date with the month first": Case(
        xlsx([HEADER, *pupils(birth=[BIRTHS[0], "11/15/2008"])]),
        only(out(), 2, 4, 5),
        faults=[("date.swapped", 3, "D")],
    ),
    "births known by year or month": Case(
        xlsx([HEADER, *pupils(birth=["1965", 1966, "00/00/1967", "05/1985"])]),
        out(birth=["1965", "1966", "1967", "05/1985"]),
    ),
    "class 12.10 between its neighbours": Case(
        xlsx([HEADER, *pupils(class_name=CLASSES)]),
        out(class_name=["12.9", "12.10", "12.11", "12.12"]),
        mends("class.number", "E", CLASSES[1:], ["12.10", "12.11", "12.12"], 3),
    ),
    "class 12.1 before 12.2": Case(
        xlsx([HEADER, *pupils(class_name=[12.1, 12.1, 12.2, "12.3"])]),
        out(class_name=["12.1", "12.1", "12.2", "12.3"]),
        [
            ("class.number", row, "E", name, name)
            for row, name in ((2, "12.1"), (3, "12.1"), (4, "12.2"))
        ],
    ),
    "a class that is 12.1 or 12.10": Case(
        xlsx([HEADER, *pupils(class_name=[12.1, 12.1, 12.1, 12.1])]),
        [],
        faults=[("class.not_text", row, "E") for row in (2, 3, 4, 5)],
    ),
    "class 10-2 that became a date": Case(
        xlsx([HEADER, *pupils(class_name=["12.9", datetime(2026, 2, 10)])]),  # noqa: DTZ001
        only(out(), 2, 4, 5),
        faults=[("class.not_text", 3, "E")],
    ),
    "codes that lost their zero": Case(
        xlsx([HEADER, *pupils(code=[100000001, 7900000002])]),
        out(code=["0100000001", "7900000002"]),
        [("code.leading_zero", 2, "B", "100000001", "0100000001")],
    ),
    "codes of nine digits that lost no zero": Case(
        xlsx([HEADER, *pupils(code=["100000001", 790000002])]),
        only(out(), 4, 5),
        faults=[("code.invalid", 2, "B"), ("code.invalid", 3, "B")],
    ),
    "spaces and characters that nobody sees": Case(
        xlsx(
            [
                HEADER,
                *pupils(
                    name=["Nguyễn\u00a0Thị  Ánh", "Đỗ\u200b Trọng Nghĩa", "\ufeffTrần Thuý Hoà"]
                ),
            ]
        ),
        out(),
        [
            ("text.single_spaces", 2, "C", "Nguyễn\u00a0Thị  Ánh", NAMES[0]),
            ("text.zero_width", 3, "C", "Đỗ\u200b Trọng Nghĩa", NAMES[1]),
            ("text.zero_width", 4, "C", "\ufeffTrần Thuý Hoà", NAMES[2]),
        ],
    ),
    "a foreign Ð": Case(
        xlsx([HEADER, *pupils(name=[NAMES[0], "Ðỗ Trọng Nghĩa"])]),
        out(),
        [("text.look_alike", 3, "C", "Ðỗ Trọng Nghĩa", NAMES[1])],
    ),
    "two pupils with one code": Case(
        xlsx([HEADER, *pupils(code=["7900000001", "7900000001"])]),
        only(out(), 2, 4, 5),
        faults=[("pupil.twice", 3, "B")],
    ),
    "a row that slipped by one cell": Case(
        xlsx([HEADER, PUPILS[0], [2, None, *PUPILS[1][1:6]], *PUPILS[2:]]),
        only(out(), 2, 4, 5),
        faults=[
            ("cell.empty", 3, "B"),
            ("text.not_a_letter", 3, "C"),
            ("date.invalid", 3, "D"),
            ("class.invalid", 3, "E"),
            ("choice.invalid", 3, "F"),
        ],
    ),
    "a formula without its value": Case(
        xlsx([HEADER, *pupils(name=['=CONCATENATE("a","b")'])]),
        only(out(), 3, 4, 5),
        faults=[("cell.empty", 2, "C")],
    ),
    "formulas as text": Case(
        text([HEADER, *pupils(name=["=1+1", "@SUM(A1)", "-2+3"])]),
        only(out(), 5),
        faults=[("text.not_a_letter", row, "C") for row in (2, 3, 4)],
    ),
    "the ministry's C1 list with its code sheets": Case(
        xlsx(
            [*TITLES, C1_HEADER, *C1_ROWS],
            [(f"Mã {n}", [["Mã", "Tên"], [n, "x"]]) for n in range(16)],
        ),
        [
            (6, "7900000001", NAMES[0], "07/02/2019", "1/1"),
            (7, "7900000002", NAMES[1], "15/11/2019", "1/1"),
        ],
        [
            ("pupil.not_enrolled", 8, "G", "Chuyển đi", None),
            ("pupil.not_enrolled", 9, "G", "Thôi học", None),
        ],
        layout="c1-hocsinh",
    ),
}


def came_out(found: Reading[Any]) -> list[tuple[Cell, ...]]:
    return [(r.row, r.code, r.name, r.birth.printed(), r.class_name) for r in found.rows]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_messy_file_gives_exactly_this(case: Case) -> None:
    found = read_pupils(case.data, given=case.given)
    assert found.layout == case.layout
    assert came_out(found) == list(case.rows)
    assert [(f.code, f.row, f.letter) for f in found.faults] == list(case.faults)
    said = {
        (n.code, n.row, n.letter, n.params.get("found"), n.params.get("taken"))
        for n in found.notices
    }
    assert said == set(case.mended)
    assert PHONE not in repr(found)
