"""`sogoc import`: preview, differences, and into the registry; all or nothing, once."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.issuer.conftest import SCHOOL, Desk

OTHER = "79001002"


@pytest.fixture
def edited(desk: Desk) -> Callable[..., Path]:
    """The class list with some cells set; row 5 holds the first pupil."""

    def edit(**cells: object) -> Path:
        def change(sheet: Any) -> None:
            for place, value in cells.items():
                sheet[place] = value

        return desk.edited(change)

    return edit


def known(desk: Desk, *codes: str) -> dict[str, Any]:
    with desk.system() as system:
        return dict(system.desk.pupils(codes))


def test_a_list_of_pupils_who_are_known_changes_nothing(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk.sogoc("import", str(desk.classes), "--school", SCHOOL) == 0
    said = capsys.readouterr().out
    assert "New 0, changed 0, other class 0, unchanged 6, rows to mend 0." in said
    assert "0 pupils written" in said


def test_new_changed_and_moved_are_told_then_kept_and_then_unchanged(
    desk: Desk, edited: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    file = edited(B5="7999999999", Y5="", C6="Đỗ Tên Khác", W7="12.7")
    codes = [load_workbook(file).active.cell(row, 2).value for row in (5, 6, 7)]
    before = known(desk, *codes)
    assert desk.sogoc("import", str(file), "--school", SCHOOL, "--dry-run") == 0
    said = capsys.readouterr().out
    assert "New 1, changed 1, other class 1, unchanged 3, rows to mend 0." in said
    assert "→ “Đỗ Tên Khác”" in said
    assert known(desk, *codes) == before

    assert desk.sogoc("import", str(file), "--school", SCHOOL) == 0
    assert "3 pupils written" in capsys.readouterr().out
    after = known(desk, *codes)
    assert set(after) == set(codes)
    assert (after[codes[1]].name, after[codes[2]].class_name) == ("Đỗ Tên Khác", "12.7")

    assert desk.sogoc("import", str(file), "--school", SCHOOL) == 0
    assert "unchanged 6" in capsys.readouterr().out


def test_nothing_is_kept_while_there_is_a_fault_and_the_marked_sheet_says_where(
    desk: Desk, edited: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, report = edited(B5="7999999999", D6="31/02/2008"), tmp_path / "report.xlsx"
    assert desk.sogoc("import", str(file), "--school", SCHOOL, "--report", str(report)) == 1
    assert "Row 6, Ngày sinh (D)" in capsys.readouterr().err
    assert known(desk, "7999999999") == {}
    sheet = load_workbook(io.BytesIO(report.read_bytes())).active
    assert "31/02/2008" in sheet["D6"].comment.text


def test_pupils_of_another_school_are_faults(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk.sogoc("import", str(desk.classes), "--school", OTHER) == 1
    assert "belongs to another school" in capsys.readouterr().err


def test_results_are_looked_at_and_nothing_is_kept(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(desk.scores)
    assert desk.sogoc("import", file, "--school", SCHOOL, "--year", "2026") == 0
    said = capsys.readouterr().out
    assert "Layout year-results" in said
    assert "results of 6 pupils" in said
    assert desk.sogoc("import", file, "--school", OTHER, "--year", "2026") == 1
    assert desk.written() == (0, 0, 0)


def test_headings_that_only_a_person_understands(
    desk: Desk, edited: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    file = edited(C4="Quý danh")
    assert desk.sogoc("import", str(file), "--school", SCHOOL, "--dry-run") == 1
    assert "“Họ tên” is missing" in capsys.readouterr().err
    given = ("--column", "Họ tên=quý  danh")
    assert desk.sogoc("import", str(file), "--school", SCHOOL, "--dry-run", *given) == 0
    assert "unchanged 6" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--school", SCHOOL, "--column", "Họ tên"), 64),
        (("--school", SCHOOL, "--layout", "none"), 64),
        ((), 64),
        (("--school", "79999999"), 64),
        (("--school", SCHOOL, "--layout", "c1-hocsinh"), 1),
    ],
)
def test_what_cannot_be_done_is_said(desk: Desk, arguments: tuple[str, ...], code: int) -> None:
    assert desk.sogoc("import", str(desk.classes), *arguments) == code
