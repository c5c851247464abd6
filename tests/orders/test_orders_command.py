"""`sogoc orders`: two persons at a command line."""

import pytest

from tests.issuer.conftest import SCHOOL, Desk

GIVEN = (
    "--school", SCHOOL, "--type", "thpt-diploma", "--decision", "128/QĐ-THPT",
    "--decided-on", "20/06/2026", "--first-serial", "T01000001", "--prepared-by", "Trần Văn Bình",
)  # fmt: skip
CHI = ("--by", "Lê Thị Chi")


@pytest.fixture
def prepared(desk: Desk) -> Desk:
    assert desk.sogoc("orders", "prepare", str(desk.classes), *GIVEN) == 0
    return desk


def test_prepared_by_one_and_approved_by_another(
    prepared: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert prepared.sogoc("orders", "list") == 0
    assert "2026: 6 pupils · Trần Văn Bình · Waiting for approval" in capsys.readouterr().out
    assert prepared.sogoc("orders", "approve", "1", "--by", "TRẦN VĂN BÌNH") == 1
    assert "must not be the person who prepared" in capsys.readouterr().err
    assert prepared.written() == (0, 0, 0)
    assert prepared.sogoc("orders", "approve", "1", *CHI) == 0
    assert prepared.written() == (6, 1, 6)
    assert prepared.sogoc("orders", "approve", "1", *CHI) == 1, "it is issued"
    capsys.readouterr()
    assert prepared.sogoc("orders", "show", "1") == 0
    said = capsys.readouterr().out
    assert "B26/1001/00001 – B26/1001/00006" in said
    assert "Approved: Lê Thị Chi" in said
    assert prepared.sogoc("orders", "list") == 0
    assert "Nothing is waiting" in capsys.readouterr().out


def test_returned_and_cancelled(prepared: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert prepared.sogoc("orders", "return", "1", *CHI, "--reason", "Sai lớp") == 0
    assert prepared.sogoc("orders", "approve", "1", *CHI) == 1
    capsys.readouterr()
    assert prepared.sogoc("orders", "show", "1") == 0
    assert "Returned: Lê Thị Chi — Sai lớp" in capsys.readouterr().out
    assert prepared.sogoc("orders", "cancel", "1", "--by", "Trần Văn Bình") == 0
    assert prepared.sogoc("orders", "list", "--all") == 0
    assert "Cancelled" in capsys.readouterr().out


def test_a_correction_is_prepared_with_a_reason(
    prepared: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert prepared.sogoc("orders", "approve", "1", *CHI) == 0

    def elsewhere(sheet: object) -> None:
        sheet["F5"] = "Đồng Nai"  # type: ignore[index]

    path = prepared.edited(elsewhere)
    given = [each for each in GIVEN if each not in ("--first-serial", "T01000001")]
    reason = ("--reason", "Nhập sai nơi sinh")
    assert prepared.sogoc("orders", "prepare", str(path), *given, *reason) == 0
    capsys.readouterr()
    assert prepared.sogoc("orders", "approve", "2", *CHI) == 0
    assert "1 " in capsys.readouterr().out
    assert prepared.written() == (7, 2, 7)


def test_an_unknown_order_is_said_to_be_unknown(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk.sogoc("orders", "show", "7") == 1
    assert "There is no such order." in capsys.readouterr().err
