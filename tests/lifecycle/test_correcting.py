"""`sogoc correct` and `reissue`: one diploma by decision, with its annex and its ground."""

import json
from datetime import date
from pathlib import Path

import pypdfium2
import pytest

from api.cli import INTERRUPTED
from credential.annex import AnnexKind
from credential.model import Decision, Lane
from registry.desk import Desk
from registry.superseding import GROUND, REISSUED
from store.batches import Batches
from tests.lifecycle.conftest import CORRECT, FIRST, REISSUE, Diploma, cut_off

NEW = "Lâm Thị Bích Châu"


def test_a_correction_keeps_number_and_serial_and_the_annex_says_what_changed(
    diploma: Diploma, capsys: pytest.CaptureFixture[str]
) -> None:
    (old,) = diploma.said()
    diploma.known_as(name=NEW)
    assert diploma.run("correct", CORRECT, "--set", f"name={NEW}") == 0
    assert f"name: {old.holder.name} → {NEW}" in capsys.readouterr().out
    first, second = diploma.said()
    assert first == old, "what was signed stays as it was"
    assert (second.holder.name, second.register_no, second.serial, second.year) == (
        NEW, old.register_no, old.serial, old.year,
    )  # fmt: skip
    assert second.decision == old.decision, "the decision by which it was awarded stays"
    assert second.issued == date(2026, 8, 3)
    before, after = diploma.history()
    assert (before.lane, after.lane, before.annex) == (Lane.SUPERSEDED, Lane.ACTIVE, None)
    assert (after.annex.kind, after.annex.ground) == (AnnexKind.CORRECTED, "civil_status")
    assert after.annex.decision == Decision("77/QĐ-THPT", date(2026, 8, 3))
    assert (after.annex.evidence, after.annex.signed_by) == (
        CORRECT["--evidence"], "Lê Hoàng Ví Dụ",
    )  # fmt: skip
    assert after.annex.changes == (("name", old.holder.name, NEW),)
    capsys.readouterr()
    assert diploma.verify(1) == 1
    assert "by decision 77/QĐ-THPT of 03/08/2026. Reason: what it says" in capsys.readouterr().out
    assert diploma.verify(2) == 0


def test_a_reissue_has_a_serial_of_its_own_and_the_old_paper_is_cancelled(
    diploma: Diploma, capsys: pytest.CaptureFixture[str]
) -> None:
    (old,) = diploma.said()
    assert diploma.run("reissue", REISSUE) == 0
    _, second = diploma.said()
    assert (second.register_no, second.serial) == (old.register_no, "T01000900")
    _, after = diploma.history()
    assert (after.annex.kind, after.annex.ground, after.annex.changes) == (
        AnnexKind.REISSUED, "issuer_mistake", (),
    )  # fmt: skip
    capsys.readouterr()
    assert diploma.verify(1) == 1
    assert "reissued for a mistake of the issuer" in capsys.readouterr().out
    assert diploma.verify(2) == 0
    with diploma.desk.system() as system:
        (gone,) = system.desk.withdrawn(date(2026, 8, 4))
    assert (gone.serial, gone.ground, gone.line.version) == (old.serial, "issuer_error", 1)


@pytest.mark.parametrize("serial", ["T01000001", "T01000002"], ids=["its own", "another's"])
def test_a_serial_is_one_papers_for_ever(diploma: Diploma, serial: str) -> None:
    written = diploma.desk.written()
    assert diploma.run("reissue", REISSUE, serial=serial) == 1
    assert diploma.desk.written() == written


def test_a_serial_that_was_cancelled_is_not_given_again(diploma: Diploma) -> None:
    assert diploma.run("reissue", REISSUE) == 0
    assert diploma.run("reissue", REISSUE, serial="T01000001", decision="78/QĐ-THPT") == 1
    assert diploma.run("reissue", REISSUE, serial="T01000901", decision="78/QĐ-THPT") == 0
    assert [one.serial for one in diploma.said()] == ["T01000001", "T01000900", "T01000901"]


REFUSED = {
    "on no ground of the circular for that field": (
        "correct", CORRECT | {"--ground": "redetermined"}, ["--set", f"name={NEW}"],
        "cannot be changed on this ground",
    ),
    "nothing changes": ("correct", CORRECT, [], "Nothing would change"),
    "a field that there is not": (
        "correct", CORRECT, ["--set", "marks=10"], "cannot be changed on this ground",
    ),
    "a date that there is not": (
        "correct", CORRECT, ["--set", "birth_date=31/02/2008"], "31/02/2008",
    ),
    "a trick in the name": ("correct", CORRECT, ["--set", "name=Lâm\u202eThị"], "U+202E"),
    "the registry does not say so": (
        "correct", CORRECT, ["--set", "name=Ai Đó Khác"], "differs from the registry",
    ),
    "one person prepares and approves": (
        "correct", CORRECT | {"--approved-by": "văn thư"}, ["--set", "birth_place=Cà Mau"],
        "must not be the person who prepared",
    ),
    "nobody was in office on that day": (
        "correct", CORRECT | {"--decided-on": "03/08/2018"}, ["--set", "birth_place=Cà Mau"],
        "",
    ),
    "signed by nobody who may": (
        "correct", CORRECT | {"--signer": "Ai Đó"}, ["--set", "birth_place=Cà Mau"],
        "did not hold office",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    diploma: Diploma, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command, given, more, said = REFUSED[name]
    written = diploma.desk.written()
    capsys.readouterr()
    assert diploma.run(command, given, *more) == 1
    found = capsys.readouterr()
    assert said in found.err + found.out
    assert diploma.desk.written() == written


def test_a_dry_run_tells_and_does_nothing(diploma: Diploma) -> None:
    written = diploma.desk.written()
    assert diploma.run("correct", CORRECT, "--set", "birth_place=Cà Mau", "--dry-run") == 0
    assert diploma.desk.written() == written


def test_the_same_command_again_does_nothing_and_another_goes_on(
    diploma: Diploma, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ("--set", "birth_place=Cà Mau")
    assert diploma.run("correct", CORRECT, *more) == 0
    written = diploma.desk.written()
    capsys.readouterr()
    assert diploma.run("correct", CORRECT, *more) == 0
    assert "was done before" in capsys.readouterr().out
    assert diploma.desk.written() == written
    again = ("--set", "birth_place=Bạc Liêu")
    assert diploma.run("correct", CORRECT, *again, decision="78/QĐ-THPT") == 0
    assert [one.holder.birth_place for one in diploma.said()[1:]] == ["Cà Mau", "Bạc Liêu"]


@pytest.mark.parametrize("point", ["enter", "bind", "stage", "sign", "set_lanes", "settle"])
@pytest.mark.parametrize("happens", [False, True], ids=["failed", "failed but happened"])
def test_cut_off_anywhere_the_same_command_completes_it(
    diploma: Diploma, point: str, happens: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = ("--set", "birth_place=Cà Mau")
    cut_off(monkeypatch, Desk if point in ("enter", "bind") else Batches, point, happens=happens)
    assert diploma.run("correct", CORRECT, *more) == INTERRUPTED
    assert diploma.run("correct", CORRECT, *more) == 0
    assert [one.lane for one in diploma.versions()] == [Lane.SUPERSEDED, Lane.ACTIVE]
    before, after = diploma.history()
    assert (before.lane, after.lane) == (Lane.SUPERSEDED, Lane.ACTIVE)
    assert len(after.annex.changes) == 1


@pytest.mark.parametrize("kind", [GROUND, REISSUED])
def test_what_is_suspended_or_revoked_is_not_changed(diploma: Diploma, kind: str) -> None:
    suspend = {"--decision": "5/QĐ", "--on": "01/08/2026", "--by": "Văn thư"}
    assert diploma.run("suspend", suspend) == 0
    given = (REISSUE,) if kind == REISSUED else (CORRECT, "--set", "birth_place=Cà Mau")
    command = "reissue" if kind == REISSUED else "correct"
    assert diploma.run(command, *given) == 1
    assert diploma.run("reinstate", suspend) == 0
    assert diploma.run(command, *given) == 0


@pytest.mark.parametrize("command", ["correct", "reissue"])
def test_the_annex_is_a_document_of_its_own(diploma: Diploma, command: str, tmp_path: Path) -> None:
    given, number = (CORRECT, "T01000001") if command == "correct" else (REISSUE, "T01000900")
    assert diploma.run(command, given, "--set", "birth_place=Cà Mau") == 0
    pdf, table = tmp_path / "phu-luc.pdf", tmp_path / "phu-luc.json"
    for path in (pdf, table):
        assert diploma.desk.sogoc("annex", FIRST, str(path), "--by", "Văn thư") == 0
    told = json.loads(table.read_text(encoding="utf-8"))
    assert (told["serial"], told["old_serial"], told["version"]) == (number, "T01000001", 2)
    assert told["changes"] == [{"field": "birth_place", "old": "Tiền Giang", "new": "Cà Mau"}]
    assert told["source"].startswith("Thông tư 21/2019/TT-BGDĐT")
    with pypdfium2.PdfDocument(pdf) as paper:
        assert len(paper) == 1
        text = paper[0].get_textpage().get_text_range()
    for part in ("PHỤ LỤC VĂN BẰNG", "77/QĐ-THPT", FIRST, number, "Tiền Giang", "Cà Mau"):
        assert part in text
    with diploma.desk.system() as system:
        pupil = diploma.versions()[0].staged.pupil
        assert [one.by for one in system.extracts.of(pupil)] == ["Văn thư", "Văn thư"]


def test_what_was_never_changed_has_no_annex(diploma: Diploma, tmp_path: Path) -> None:
    assert diploma.desk.sogoc("annex", FIRST, str(tmp_path / "a.pdf"), "--by", "Văn thư") == 1
    assert not (tmp_path / "a.pdf").exists()
