"""`sogoc check`: what would stop an order, what to look at, and nothing written."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.issuer.conftest import SCHOOL, Desk

ABOUT = ("--school", SCHOOL, "--decision", "128/QĐ-THPT", "--decided-on", "20/06/2026")
DIPLOMA = (*ABOUT, "--type", "thpt-diploma", "--first-serial", "T01000001")


def test_a_sound_list_gets_its_numbers_told_and_takes_none(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk.sogoc("check", str(desk.classes), *DIPLOMA) == 0
    assert "B26/1001/00001 to B26/1001/00006" in capsys.readouterr().out
    assert desk.written() == (0, 0, 0)


def test_faults_of_reading_and_of_the_registry_are_told_together(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    def spoil(sheet: Any) -> None:
        sheet["D5"], sheet["C6"], sheet["Y7"] = "hôm qua", "Đỗ Tên Khác", "079308123456"

    file, report = desk.edited(spoil), desk.data / "report.xlsx"
    assert desk.sogoc("check", str(file), *DIPLOMA, "--report", str(report)) == 1
    said = capsys.readouterr().err
    for place in ("Row 5, Ngày sinh (D)", "Row 6, Họ tên (C)", "Row 7, Số định danh cá nhân (Y)"):
        assert place in said
    assert "079308123456" not in said
    marked = load_workbook(io.BytesIO(report.read_bytes())).active
    assert marked["C6"].comment
    assert marked["Y7"].comment


def test_results_of_a_year(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(desk.scores)
    assert desk.sogoc("check", file, *ABOUT, "--type", "transcript") == 0
    assert "H26/1001/00001 to H26/1001/00006" in capsys.readouterr().out


def test_what_was_issued_already_is_said(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.issue() == 0
    other: Callable[..., int] = desk.sogoc
    assert other("check", str(desk.classes), *DIPLOMA[:-1], "T02000001") == 1
    assert "already holds it, register number B26/1001/00001" in capsys.readouterr().err
