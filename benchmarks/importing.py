"""What a school waits for when it brings a file: reading, mending, comparing, the marked sheet."""

import io
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import count, cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import xlwt
from openpyxl import load_workbook

from api import sample
from api.annotating import annotated
from api.desk import parsing
from api.desk.parsing import PUPILS, Asked
from benchmarks.measure import Target
from credential.legacy import TCVN3
from credential.text import nfc
from issuer.intake import read_pupils, read_results
from issuer.intake.differences import compare

ROWS = 5_000
AIM = 5.0  # seconds


def main() -> list[Target]:
    """Every kind of file of 5,000 pupils, previewed."""
    found = []
    for name, (work, file) in _works().items():
        reached = _target(name, _seconds(work))
        floor = f"   plain openpyxl {_seconds(partial(_plainly, file)):.2f} s" if file else ""
        print(f"  {reached.name:70}{reached.reached:8.2f} s{floor}")
        found.append(reached)
    return found


def _plainly(file: bytes) -> None:
    """The floor: every cell of the file, and nothing done with it."""
    book = load_workbook(io.BytesIO(file), read_only=True, data_only=True)
    for _ in book.active.iter_rows(values_only=True):
        pass


def _target(name: str, seconds: float) -> Target:
    return Target(f"{name}, {ROWS:,} rows", AIM, seconds, " s", at_most=True)


def _seconds(work: Callable[[], object]) -> float:
    """What somebody waits, on a machine that does nothing else."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _works() -> dict[str, tuple[Callable[[], object], bytes | None]]:
    """What is measured, each with the .xlsx that it reads."""
    listed, scores = _files()
    rows = list(load_workbook(io.BytesIO(listed), read_only=True).active.values)
    old, text = _old(rows), _text(rows)
    legacy = _text(rows, {shown: kept for kept, shown in TCVN3.items()})
    reading = read_pupils(listed)
    return {
        "class list, .xlsx": (lambda: _preview(listed), listed),
        "class list, .xls": (lambda: _preview(old), None),
        "class list, CSV": (lambda: _preview(text), None),
        "class list, CSV in TCVN3": (lambda: _preview(legacy), None),
        "results of a year, .xlsx": (lambda: read_results(scores, sample.SCHOOL_YEAR), scores),
        "marked sheet of a class list": (
            lambda: annotated(listed, reading, reading.faults), listed,
        ),
        "class list, .xlsx, as the workbench reads it": (
            lambda: parsing.read(Asked(PUPILS, 2026), listed), listed,
        ),
        "results of a year, .xlsx, as the workbench reads it": (
            lambda: parsing.read(Asked("transcript", 2026), scores), scores,
        ),
    }  # fmt: skip


def _preview(data: bytes) -> None:
    reading = read_pupils(data)
    assert len(reading.rows) == ROWS, reading.faults[:3]
    compare(reading, {}, 1)


def _files() -> tuple[bytes, bytes]:
    pupils = [
        replace(pupil, code=f"79{number:08d}")
        for number, pupil in zip(count(), islice(cycle(_typable()), ROWS), strict=False)
    ]
    with TemporaryDirectory() as folder:
        listed, scores = Path(folder) / "list.xlsx", Path(folder) / "scores.xlsx"
        sample.write_class_list(listed, pupils)
        sample.write_score_sheet(scores, pupils)
        return _as_excel_saves(listed), _as_excel_saves(scores)


def _as_excel_saves(path: Path) -> bytes:
    """With the sheet's size, which the sample's writer leaves out."""
    out = io.BytesIO()
    load_workbook(path).save(out)
    return out.getvalue()


def _typable() -> list[sample.Pupil]:
    """Pupils whose names an old font's keyboard could write without a doubt."""
    return [pupil for pupil in sample.pupils() if "'" not in pupil.name]


def _old(rows: list[Any]) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("DS")
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            if cell is not None:
                sheet.write(number, place, cell if isinstance(cell, int | str) else _day(cell))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text(rows: list[Any], font: dict[str, str] | None = None) -> bytes:
    lines = [";".join("" if c is None else str(c if isinstance(c, int | str) else _day(c))
                      .replace("\n", " ") for c in row) for row in rows]  # fmt: skip
    text = nfc("\r\n".join(lines))
    if font is None:
        return text.encode("utf-8-sig")
    held = "".join(font.get(char, font.get(char.lower(), char)) for char in text)
    return held.encode("latin-1", "replace")


def _day(cell: Any) -> str:
    return f"{cell.day:02d}/{cell.month:02d}/{cell.year}"


if __name__ == "__main__":
    main()
