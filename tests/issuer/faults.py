"""Named faulty lists and refused orders, with words that the message must contain."""

import unicodedata
from collections.abc import Callable
from typing import Any

Change = Callable[[Any], None]


def set_cells(**cells: object) -> Change:
    def change(sheet: Any) -> None:
        for place, value in cells.items():
            sheet[place] = value

    return change


def nfd_of_another(sheet: Any) -> None:
    sheet["C5"] = unicodedata.normalize("NFD", "Nguyễn Thị Khác")


FAULTY_LISTS: dict[str, tuple[Change, tuple[str, ...]]] = {
    "a column is missing": (set_cells(D4="Ngày gì đó"), ("Ngày sinh",)),
    "a name has an Icelandic eth": (set_cells(C5="Ðỗ An"), ("Row 5", "Họ tên")),
    "a name has a zero width space": (set_cells(C5="Đỗ\u200bAn"), ("Row 5", "Họ tên")),
    "a name in NFD is another person's": (nfd_of_another, ("Row 5", "Họ tên")),
    "a birth date does not exist": (
        set_cells(D6="31/02/2008"), ("Row 6", "Ngày sinh", "31/02/2008"),
    ),
    "a birth date is not the registry's": (
        set_cells(D6="01/01/2007", Y6=None), ("Row 6", "Ngày sinh", "01/01/2007"),
    ),
    "a pupil is unknown": (set_cells(B7="7999999999"), ("Row 7", "7999999999")),
    "a pupil stands twice": (
        lambda sheet: set_cells(B7=sheet["B6"].value)(sheet), ("Row 7",),
    ),
    "a serial stands twice": (
        set_cells(Z4="Số hiệu", Z5="T05000001", Z6="T05000001"), ("Row 6", "Số hiệu"),
    ),
    "a pupil is not in the last grade": (
        set_cells(W5="11.1", X5=11), ("Row 5", "Khối học"),
    ),
}  # fmt: skip

REFUSED_ORDERS: dict[str, tuple[tuple[str, ...], str]] = {
    "the school is unknown": (("--school", "79999999"), "79999999"),
    "the signer held no office": (("--signer", "Nguyễn Văn Không"), "Nguyễn Văn Không"),
    "one person prepares and approves": (("--approved-by", "văn thư"), "văn thư"),
    "serials do not end in a number": (("--first-serial", "TXX"), "TXX"),
    "pupils of another school": (("--school", "79001002"), "Row 5"),
    "the school could not award it in 2025": (("--decided-on", "20/06/2025"), "2025"),
    "diplomas without serials": (("--first-serial", ""), "Row 5"),
}
