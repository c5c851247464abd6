"""The same issuing with store and registry in PostgreSQL, also by two processes at once."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select

from api import sample
from api.accrediting import accredit
from api.demo import sample_file
from api.schoolfile import load
from api.settings import FILE
from credential.model import CredentialType
from registry.tables import AWARDS
from tests.issuer.conftest import PUPILS, Desk

pytestmark = pytest.mark.postgres
ROOT = Path(__file__).parent.parent.parent
TRANSCRIPTS = ("--type", "transcript")


@pytest.fixture
def addresses(new_postgresql: Callable[[], str]) -> dict[str, str]:
    """Of the two databases, each its own."""
    return {"store_url": new_postgresql(), "registry_url": new_postgresql()}


@pytest.fixture
def desk(addresses: dict[str, str], tmp_path: Path) -> Desk:
    """A deployment with one accredited school; PostgreSQL comes in through its settings alone."""
    desk = Desk(tmp_path / "data")
    desk.data.mkdir()
    lines = [f'{name} = "{address}"\n' for name, address in addresses.items()]
    (desk.data / FILE).write_text("".join(lines))
    assert desk.sogoc("init") == 0
    with desk.system() as system:
        load(system.registry_database, sample_file())
        accredit(system, 1001, list(CredentialType))
    pupils = [pupil for pupil in sample.pupils() if pupil.school == 1001]
    sample.write_class_list(desk.classes, pupils[:PUPILS])
    sample.write_score_sheet(desk.scores, pupils[:PUPILS])
    sample.write_class_list(desk.data / "others.xlsx", pupils[PUPILS : 2 * PUPILS])
    return desk


def verdicts(desk: Desk) -> dict[str, int]:
    """Exit codes of verifying, by look-up code."""
    return {code: desk.sogoc("verify", code) for code in desk.codes()}


def test_issue_twice_verify_and_revoke(desk: Desk) -> None:
    for _ in range(2):
        assert desk.issue() == 0
        assert desk.issue(*TRANSCRIPTS) == 0
        assert desk.written() == (2 * PUPILS, 2, 2 * PUPILS), "the same file issues nothing twice"
    assert {path.name for path in desk.data.glob("*.sqlite")} == {"chain.sqlite"}
    assert set(verdicts(desk).values()) == {0}

    victim = desk.codes()[0]
    revoke = ["--ground", "fraud", "--decision", "5/QĐ", "--on", "01/09/2026", "--by", "A"]
    assert desk.sogoc("revoke", victim, *revoke) == 0
    assert desk.sogoc("revoke", victim, *revoke) == 0, "repeating is harmless"
    assert verdicts(desk) == dict.fromkeys(desk.codes(), 0) | {victim: 1}
    assert desk.sogoc("audit", "verify") == 0


def test_a_faulty_list_writes_nothing(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    def spoil(sheet: object) -> None:
        sheet["B7"] = "7999999999"  # type: ignore[index]

    assert desk.issue(file=desk.edited(spoil)) == 1
    assert "Row 7" in capsys.readouterr().err
    assert desk.written() == (0, 0, 0)


@pytest.mark.parametrize("source", ["registry", "store"])
def test_a_database_that_went_away_is_silence_and_is_named(
    desk: Desk, addresses: dict[str, str], capsys: pytest.CaptureFixture[str], source: str
) -> None:
    assert desk.issue() == 0
    code = desk.codes()[0]
    with psycopg.connect(addresses[f"{source}_url"]) as connection:
        database = connection.info.dbname
    with psycopg.connect(addresses[f"{source}_url"], dbname="postgres", autocommit=True) as server:
        server.execute(f"ALTER DATABASE {database} RENAME TO {database}_away")
    capsys.readouterr()
    try:
        assert desk.sogoc("verify", code, "--json") == 2
        said = capsys.readouterr()
        assert source in said.out + said.err
        assert "postgres" not in said.out + said.err
    finally:
        url = addresses[f"{source}_url"]
        with psycopg.connect(url, dbname="postgres", autocommit=True) as server:
            server.execute(f"ALTER DATABASE {database}_away RENAME TO {database}")
    assert desk.sogoc("verify", code) == 0


ORDERS = {
    "diplomas and transcripts of one school": ((), TRANSCRIPTS, "lop12.xlsx", "diem12.xlsx"),
    "two classes for the same register": (
        (), ("--first-serial", "T02000001", "--decision", "129/QĐ-THPT"),
        "lop12.xlsx", "others.xlsx",
    ),
    "the same order": ((), (), "lop12.xlsx", "lop12.xlsx"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second", "file", "other"), ORDERS.values(), ids=[f"{name}" for name in ORDERS]
)
def test_two_processes_at_once_both_come_through(
    desk: Desk, first: tuple[str, ...], second: tuple[str, ...], file: str, other: str
) -> None:
    program = [sys.executable, "-c", "from api.cli import main; main()", "--data", str(desk.data)]
    orders = [
        desk.issue_arguments(*first, file=desk.data / file),
        desk.issue_arguments(*second, file=desk.data / other),
    ]
    processes = [
        subprocess.Popen([*program, *order], cwd=ROOT, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True)
        for order in orders
    ]  # fmt: skip
    said = [process.communicate(timeout=120)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said

    batches = 1 if orders[0] == orders[1] else 2
    assert desk.written() == (batches * PUPILS, batches, batches * PUPILS)
    assert set(verdicts(desk).values()) == {0}
    with desk.system() as system:
        assert system.ledger.next_seq(1001) == batches, "one anchor each"
        with system.registry_database.reading() as connection:
            rows = connection.execute(select(AWARDS.c.type, AWARDS.c.number)).all()
    for kind in {row.type for row in rows}:
        numbers = sorted(row.number for row in rows if row.type == kind)
        assert numbers == list(range(1, len(numbers) + 1)), "no gap, no number twice"
