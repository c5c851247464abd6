"""Transcripts and transfer records of grade 9, issued and verified."""

import pytest

from api import sample
from grading.subjects import LOWER_SECONDARY
from tests.intake.messy import xlsx
from tests.issuer.conftest import PUPILS, Desk


@pytest.mark.parametrize("kind", ["transcript", "transfer-record"])
def test_the_year_sheet_of_grade_9_becomes_credentials(
    desk: Desk, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.become("thcs")
    columns = [
        (f"{subject.name} {term}", 8.5 if subject.scored else "Đ")
        for subject in LOWER_SECONDARY
        for term in ("HKI", "HKII", "CN")
    ]
    who = ["STT", "Mã định danh Bộ GD&ĐT", "Họ tên", "Ngày sinh", "Lớp"]
    outcome = ["Kết quả học tập", "Kết quả rèn luyện", "Số buổi nghỉ"]
    header = [*who, *(heading for heading, _ in columns), *outcome]
    pupils = [pupil for pupil in sample.pupils() if pupil.school == 1001][:PUPILS]
    cells = [*(cell for _, cell in columns), "Tốt", "Tốt", 0]
    rows = [
        [n, each.code, each.name, each.birth.printed(), "9A3", *cells]
        for n, each in enumerate(pupils, 1)
    ]
    file = desk.data / "diem9.xlsx"
    file.write_bytes(xlsx([["BẢNG TỔNG KẾT CẢ NĂM"], header, *rows]))
    arguments = desk.issue_arguments("--type", kind, "--first-serial", "", file=file)
    assert desk.sogoc(*(part for part in arguments if part != "--no-pdf")) == 0
    assert desk.written()[2] == PUPILS
    paper = sorted((desk.data / "papers").rglob("*.pdf"))[0]
    capsys.readouterr()
    assert desk.sogoc("verify", str(paper)) == 0
    said = capsys.readouterr().out
    assert "VALID" in said
    assert "Khoa học tự nhiên" in said
