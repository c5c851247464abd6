"""Transcripts out of the ministry's primary form, issued and verified."""

import pytest

from api import sample
from tests.intake.messy import xlsx
from tests.intake.test_result_files import C1_HEADER
from tests.issuer.conftest import PUPILS, Desk


@pytest.mark.parametrize("kind", ["transcript", "transfer-record"])
def test_the_primary_form_becomes_transcripts_and_records_to_date(
    desk: Desk, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    desk.become("tieu-hoc")
    pupils = [pupil for pupil in sample.pupils() if pupil.school == 1001][:PUPILS]
    levels = ["T", 9, "T", 10, "T", "T", "T", None, "T", "T", "T", "T", "T"]
    rows = [
        [n, "5/1", pupil.code, pupil.name, pupil.birth.printed(), *levels, *["T"] * 13,
         *(["x", "x", "Hoàn thành xuất sắc"] if kind == "transcript" else [None] * 3)]
        for n, pupil in enumerate(pupils, 1)
    ]  # fmt: skip
    file = desk.data / "c1.xlsx"
    file.write_bytes(xlsx([["KẾT QUẢ CUỐI NĂM"], *C1_HEADER, *rows]))
    arguments = desk.issue_arguments("--type", kind, "--first-serial", "", file=file)
    assert desk.sogoc(*(part for part in arguments if part != "--no-pdf")) == 0
    assert desk.written()[2] == PUPILS
    papers = sorted((desk.data / "papers").rglob("*.pdf"))
    assert len(papers) == PUPILS
    capsys.readouterr()
    assert desk.sogoc("verify", str(papers[0])) == 0
    assert "VALID" in capsys.readouterr().out
