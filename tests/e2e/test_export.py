"""`sogoc export` as a process: from the store, noted as an extract; from a file, without one."""

import io
from pathlib import Path

from openpyxl import load_workbook

from api.exporting import read_back
from exchange.record import from_credential
from issuer.intake import read_score_sheet
from tests.deployed import Deployment

DIPLOMA, TRANSCRIPT = "B26/1001/00001", "H26/1001/00001"
REVOKED = "B26/1001/00007"
BY = ("--by", "Trần Văn Thư", "--to", "Trường ĐH")


def test_what_the_store_gives_reads_back_and_is_an_extract(
    deployment: Deployment, tmp_path: Path
) -> None:
    for number, form in ((DIPLOMA, "elmo"), (TRANSCRIPT, "clr")):
        out = tmp_path / form
        done = deployment.here("export", number, "--as", form, "-o", str(out), *BY)
        assert done.returncode == 0, done.stderr
        _, credential = deployment.issued(number)
        found = read_back(out.read_bytes())
        with deployment.system() as system:
            wanted = from_credential(credential, found.place, system.deployment)
        assert found == wanted
        shown = deployment.here("export", "--check", str(out))
        assert shown.returncode == 0, shown.stderr
        assert credential.holder.name in shown.stdout
        assert "not verified" in shown.stdout
    sheet = tmp_path / "sheet.xlsx"
    done = deployment.here("export", TRANSCRIPT, "--as", "xlsx", "-o", str(sheet), *BY)
    assert done.returncode == 0, done.stderr
    code = str(load_workbook(io.BytesIO(sheet.read_bytes())).active.cell(2, 2).value)
    noted = deployment.here("extracts", code).stdout
    assert noted.count("file for another system") >= 2
    assert "Trần Văn Thư" in noted
    assert read_score_sheet(sheet.read_bytes(), "2025-2026").rows[0].code == code


def test_what_no_longer_stands_is_said_to_whoever_exports_it(
    demo: Deployment, tmp_path: Path
) -> None:
    done = demo.here("export", REVOKED, "--as", "csv", "-o", str(tmp_path / "out"), *BY)
    assert done.returncode == 0, done.stderr
    assert "revoked, replaced or suspended" in done.stderr


def test_without_saying_who_or_of_what_is_not_there_nothing_is_given(
    demo: Deployment, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    asked = ("--as", "csv", "-o", str(out))
    assert demo.here("export", DIPLOMA, *asked).returncode == 64
    assert demo.here("export", "B26/9999/00001", *asked, *BY).returncode == 1
    assert demo.here("export", DIPLOMA).returncode == 64
    assert not out.exists()


def test_a_file_needs_no_store(demo: Deployment, tmp_path: Path) -> None:
    with demo.system() as system:
        (text,) = system.verifier.texts(demo.paper(DIPLOMA).read_bytes())[:1]
    file, out = tmp_path / "a.sdjwt", tmp_path / "out"
    file.write_text(text, encoding="utf-8")
    empty = Deployment(tmp_path / "nothing")
    done = empty.here("export", str(file), "--as", "ob", "-o", str(out))
    assert done.returncode == 0, done.stderr
    assert read_back(out.read_bytes()).register_no == DIPLOMA
    file.write_text("x~y~", encoding="utf-8")
    assert empty.here("export", str(file), "--as", "ob", "-o", str(out)).returncode == 64
