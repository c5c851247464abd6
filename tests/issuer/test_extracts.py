"""Papers that are written are noted as extracts, and `sogoc extracts` tells them."""

import pytest

from tests.issuer.conftest import PUPILS, Desk


def test_each_paper_is_noted_before_it_is_written(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [each for each in desk.issue_arguments() if each != "--no-pdf"]
    assert desk.sogoc(*arguments) == 0
    assert desk.sogoc(*arguments) == 0, "nothing is missing, so nothing is written or noted again"
    with desk.system() as system:
        pupils = [one.staged.pupil for one in system.batches.issued(1)]
        assert [len(system.extracts.of(pupil)) for pupil in pupils] == [1] * PUPILS
    next((desk.data / "papers" / "1001-0000").glob("*.pdf")).unlink()
    assert desk.sogoc(*arguments) == 0
    with desk.system() as system:
        assert sum(len(system.extracts.of(pupil)) for pupil in pupils) == PUPILS + 1
    capsys.readouterr()
    assert desk.sogoc("extracts", pupils[0]) == 0
    said = capsys.readouterr().out
    assert "PDF as printed, batch 1001-0000" in said
    assert "taken by: Văn thư; for: whoever took it" in said
    assert desk.sogoc("extracts", "7999999999") == 0
    assert "Nothing was taken out" in capsys.readouterr().out
