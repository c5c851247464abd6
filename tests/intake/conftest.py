"""Spreadsheets to spoil: the sample's own, opened for editing, and saved to bytes."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from api import sample

PUPILS = sample.pupils()[:12]


@pytest.fixture
def class_list(tmp_path: Path) -> Any:
    """A class list of 12 pupils (rows 5–16, header in row 4) with serials, as a workbook."""
    sample.write_class_list(tmp_path / "list.xlsx", PUPILS, serials=True)
    book = load_workbook(tmp_path / "list.xlsx")
    for row in range(5, 17):  # births and sexes are to be spoilt: see test_personal_numbers
        book.active.cell(row, 25).value = None
    return book


@pytest.fixture
def score_sheet(tmp_path: Path) -> Any:
    """The results of the same pupils (rows 5–16), as a workbook."""
    sample.write_score_sheet(tmp_path / "scores.xlsx", PUPILS)
    return load_workbook(tmp_path / "scores.xlsx")


@pytest.fixture(scope="session")
def saved() -> Callable[[Any], bytes]:
    """The bytes of a workbook."""

    def save(book: Any) -> bytes:
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    return save


@pytest.fixture(scope="session")
def column() -> Callable[[Any, str], int]:
    """The column (from 1) of a heading in row 4."""

    def find(book: Any, heading: str) -> int:
        return next(cell.column for cell in book.active[4] if cell.value == heading)

    return find
