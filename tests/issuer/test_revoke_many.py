"""`sogoc revoke --batch` and `--list`: what is said, what is done, what is refused as a whole."""

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import update

from api.wiring import System
from store.tables import CREDENTIALS
from tests.issuer.conftest import PUPILS, Desk
from tests.issuer.test_crashes import killed

WHY = ["--ground", "issuer_error", "--decision", "9/QĐ", "--on", "01/09/2026", "--by", "A"]
LATER = ["--ground", "fraud", "--decision", "10/QĐ", "--on", "02/09/2026", "--by", "B"]


@pytest.fixture
def codes(desk: Desk) -> list[str]:
    """Look-up codes of six diplomas."""
    assert desk.issue() == 0
    return desk.codes()


def ref(system: System) -> str:
    return system.batches.of_school(1001)[0].ref


def sent(desk: Desk) -> int:
    with desk.system() as system:
        return system.ledger.nonce()


def state(desk: Desk) -> list[object]:
    """Statuses in the register and asked for in the store, and how many transactions there are."""
    with desk.system() as system:
        lanes = [one.lane for one in system.batches.issued(1)]
        with system.registry_database.reading() as connection:
            query = "SELECT lane, withdrawal_decision FROM awards ORDER BY number"
            lines = [tuple(row) for row in connection.exec_driver_sql(query)]
        return [lanes, lines, system.ledger.nonce()]


def test_a_dry_run_says_how_many_and_does_nothing(
    desk: Desk, codes: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    listed = text(desk.data / "list", codes[:2])
    before = state(desk)
    for given, count in (
        (["--batch", "1001-0"], PUPILS), (["--list", str(listed)], 2), ([codes[0]], 1),
    ):  # fmt: skip
        capsys.readouterr()
        assert desk.sogoc("revoke", *given, "--dry-run", *WHY) == 0
        said = capsys.readouterr().out
        assert f"Would revoke {count} of the {PUPILS} of batch 0 of school 1001" in said
    assert desk.sogoc("revoke", "--batch", "1001-7", "--dry-run", *WHY) == 1
    assert state(desk) == before


@pytest.mark.parametrize("name", [lambda _: "1001-0000", lambda _: "1001-0", ref],
                         ids=["as its folder", "by number", "by ref"])  # fmt: skip
def test_a_whole_batch_is_revoked_with_one_transaction(
    desk: Desk, codes: list[str], capsys: pytest.CaptureFixture[str], name: Callable[[System], str]
) -> None:
    with desk.system() as system:
        batch = name(system)
    before = sent(desk)
    capsys.readouterr()
    assert desk.sogoc("revoke", "--batch", batch, *WHY) == 0
    said = capsys.readouterr()
    assert f"Revoked {PUPILS}" in said.out
    assert f"Revoking in the register ({PUPILS})" in said.err
    assert sent(desk) == before + 1
    assert {desk.sogoc("verify", code) for code in codes} == {1}
    after = state(desk)
    assert desk.sogoc("revoke", "--batch", batch, *LATER) == 0, "repeating is harmless"
    assert state(desk) == after, "and keeps ground and decision"


def text(path: Path, keys: list[str]) -> Path:
    path.write_text("\n".join(keys) + "\n\n", encoding="utf-8")
    return path


def csv(path: Path, keys: list[str]) -> Path:
    rows = ["Mã tra cứu;Ghi chú", *(f"{key};x" for key in keys)]
    path.write_text("\n".join(rows), encoding="utf-8-sig")
    return path


def excel(path: Path, keys: list[str]) -> Path:
    book = Workbook()
    for row in (["Số vào sổ", "Ghi chú"], [None], *([key, "x"] for key in keys)):
        book.worksheets[0].append(row)
    book.save(path)
    return path


@pytest.mark.parametrize("written", [text, csv, excel])
def test_a_list_is_revoked_and_nothing_else(
    desk: Desk, codes: list[str], written: Callable[[Path, list[str]], Path]
) -> None:
    with desk.system() as system:
        numbers = [place.register_no for place in system.batches.places(1)]
    spelled = f"{codes[1][:4]}-{codes[1][4:].lower()}"
    keys = [spelled, numbers[1], numbers[4], codes[0]]  # one stands there twice
    path = written(desk.data / "list", keys)
    before = sent(desk)
    assert desk.sogoc("revoke", "--list", str(path), *WHY) == 0
    assert sent(desk) == before + 1
    assert [desk.sogoc("verify", code) for code in codes] == [1, 1, 0, 0, 1, 0]


def test_all_that_is_wrong_with_a_list_is_said_at_once_and_nothing_is_done(
    desk: Desk, codes: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = codes[2][:-1] + ("0" if codes[2][-1] != "0" else "1")
    path = text(desk.data / "list", [codes[0], "B26/1001/99999", wrong, "x\x07y", codes[1]])
    before = state(desk)
    capsys.readouterr()
    assert desk.sogoc("revoke", "--list", str(path), *WHY) == 1
    said = capsys.readouterr().err
    assert [f"Row {row}:" in said for row in (1, 2, 3, 4, 5)] == [False, True, True, True, False]
    assert "B26/1001/99999" in said
    assert "ABCD EFGH JKMN PQRS" in said, "what is expected"
    assert state(desk) == before


def test_a_number_of_two_registers_has_to_be_a_code(
    desk: Desk, codes: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with desk.system() as system, system.store_database.writing() as connection:
        number = system.batches.places(1)[0].register_no
        connection.execute(
            update(CREDENTIALS).where(CREDENTIALS.c.position == 3).values(register_no=number)
        )
    path = text(desk.data / "list", [codes[1], number])
    before = state(desk)
    assert desk.sogoc("revoke", "--list", str(path), *WHY) == 1
    assert "Row 2: " in capsys.readouterr().err
    assert state(desk) == before


def test_a_batch_that_is_not_issued_yet_is_refused_by_name(
    desk: Desk, codes: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    staged = desk.issue_arguments("--type", "transcript")
    assert killed(desk, ("after", "store.stage", 1), staged) == -9
    before = state(desk)
    listed = text(desk.data / "list", [codes[0], desk.codes()[-1]])
    for given, named in (
        (["--batch", "1001-0000", "--batch", "1001-0001", "--batch", "1001-7"], "1001-7"),
        (["--list", str(listed)], "Row 2"),
    ):
        capsys.readouterr()
        assert desk.sogoc("revoke", *given, *WHY) == 1
        said = capsys.readouterr().err
        assert "Batch 1 of school 1001 is not issued yet (state staged" in said
        assert named in said
        assert "Batch 0 " not in said
    assert state(desk) == before
    assert desk.sogoc("resume") == 0
    assert desk.sogoc("revoke", "--batch", "1001-0000", "--batch", "1001-0001", *WHY) == 0
    assert {desk.sogoc("verify", code) for code in desk.codes()} == {1}


FAULTY = {
    "blank": (lambda path: text(path, []), 64),
    "only a heading": (lambda path: text(path, ["Mã tra cứu"]), 64),
    "an Excel file that is damaged": (lambda path: path.write_bytes(b"PK\x03\x04no") and path, 1),
    "not UTF-8": (lambda path: path.write_bytes("số vào sổ".encode("utf-16")) and path, 64),
}


@pytest.mark.parametrize("case", FAULTY)
def test_what_is_no_list_is_refused(desk: Desk, case: str) -> None:
    make, code = FAULTY[case]
    assert desk.sogoc("revoke", "--list", str(make(desk.data / "list")), *WHY) == code


@pytest.mark.parametrize(
    "given", [[], ["B26", "--batch", "1001-0"], ["--batch", "1001-0", "--list", __file__]],
    ids=["nothing", "a key and a batch", "a batch and a list"],
)  # fmt: skip
def test_exactly_one_thing_is_named(desk: Desk, given: list[str]) -> None:
    assert desk.sogoc("revoke", *given, *WHY) == 64
