"""The digest of what a file says: blind to the file's bytes, sharp on its content."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from credential.dates import PartialDate
from issuer.intake import PupilRow, content_digest, read_class_list, read_score_sheet

YEAR = "2025-2026"

Saved = Callable[[Any], bytes]


def test_the_same_content_saved_again_has_the_same_digest(class_list: Any, saved: Saved) -> None:
    before = read_class_list(saved(class_list))
    sheet = class_list.active
    sheet.insert_rows(1, 3)
    sheet.insert_rows(12)
    sheet.column_dimensions["C"].width = 40
    class_list.create_sheet("Ghi chú").append(["không liên quan"])
    after = read_class_list(saved(class_list))
    assert [row.row for row in before.rows] != [row.row for row in after.rows]
    assert content_digest(before.rows) == content_digest(after.rows)


def test_the_order_of_rows_does_not_matter(score_sheet: Any, saved: Saved) -> None:
    rows = read_score_sheet(saved(score_sheet), YEAR).rows
    assert content_digest(rows) == content_digest(rows[::-1])


ROW = PupilRow(
    row=5,
    code="7900000001",
    name="Đỗ Thị Thuý",
    birth=PartialDate(2008, 2, 7),
    sex="Nữ",
    ethnicity="Kinh",
    birth_place="Long An",
    class_name="12.10",
    grade=12,
)
CHANGES: dict[str, dict[str, Any]] = {
    "the tone mark moved": {"name": "Đỗ Thị Thúy"},
    "the day unknown": {"birth": PartialDate(2008, 2)},
    "another class": {"class_name": "12.1"},
    "a serial": {"serial": "T79000001"},
    "a classification": {"classification": "Khá"},
    "the serial in the place of the classification": {"classification": "T79000001"},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_any_other_content_has_another_digest(change: dict[str, Any]) -> None:
    assert content_digest([replace(ROW, **change)]) != content_digest([ROW])


def test_every_change_gives_its_own_digest() -> None:
    digests = {content_digest([replace(ROW, **change)]) for change in CHANGES.values()}
    assert len(digests) == len(CHANGES)


def test_a_changed_mark_changes_the_digest(score_sheet: Any, saved: Saved) -> None:
    rows = read_score_sheet(saved(score_sheet), YEAR).rows
    result = rows[0].results[0]
    changed = replace(rows[0], results=(replace(result, mark=0), *rows[0].results[1:]))
    assert content_digest([changed, *rows[1:]]) != content_digest(rows)


def test_the_digest_is_the_one_it_always_was() -> None:
    frozen = "2ba7029dbf220008df592783d90261109bcbe13007c4890ab94c4128248b2d7f"
    assert content_digest([ROW]) == frozen
