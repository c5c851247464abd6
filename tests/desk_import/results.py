"""The sample's results: issued as transcripts, and as a sheet with other marks."""

import io
from collections.abc import Mapping
from datetime import date

from openpyxl import load_workbook

from api import sample
from api.accrediting import accredit
from api.desk import samples
from api.wiring import System
from credential.model import CredentialType, Decision
from issuer.intake.results import read_score_sheet
from issuer.order import Order

RESULTS = "bang-tong-ket-lop-12"


def transcripts(marks: Mapping[int, float] | None = None) -> bytes:
    """The sheet; `marks` are other ones of mathematics in semester I, by pupil from 1."""
    book = load_workbook(io.BytesIO(samples.sample(RESULTS)))
    sheet = book.active
    [heading] = [cell for row in sheet.iter_rows() for cell in row if cell.value == "Toán HKI"]
    for pupil, mark in (marks or {}).items():
        sheet.cell(heading.row + pupil, heading.column).value = mark
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def issue_transcripts(system: System) -> None:
    """Issue what the sheet says, by two persons of the first school."""
    system.deploy()
    accredit(system, sample.schools()[0].id, list(CredentialType))
    rows = read_score_sheet(transcripts(), sample.SCHOOL_YEAR).rows
    day = date(2026, 6, 20)
    order = Order(
        CredentialType.TRANSCRIPT, sample.schools()[0].code, 2026, day, rows, "Văn thư",
        "Hiệu trưởng", Decision("120/QĐ-THPT", day),
    )  # fmt: skip
    system.issuing(lambda *_: None).issue(order)
