"""A school is merged into another: what it issued stands, and its successor acts in its place."""

from collections.abc import Iterator
from datetime import date

import pytest

from api.cli import INTERRUPTED
from api.wiring import System
from credential.model import KeyRole, Lane
from registry.office import Department
from store.batches import Batches
from tests.issuer.conftest import SCHOOL, Desk
from tests.lifecycle.conftest import CORRECT, FIRST, REVOKE, Diploma, cut_off

OTHER = "79001002"
MERGE = [
    "school", "merge", SCHOOL, "--into", OTHER, "--on", "01/07/2026",
    "--decision", "500/QĐ-UBND", "--decided-on", "25/06/2026",
]  # fmt: skip
DEPUTY = "Phan Thị Thử Nghiệm"
LATER = CORRECT | {"--signed-by": DEPUTY, "--approved-by": DEPUTY}


def keys(system: System) -> dict[str, bytes]:
    """The public halves of the keys that act for the merged school here, by role."""
    names = {role.name: system.key_name(1001, role) for role in KeyRole}
    return {role: system.keystore.public(name) for role, name in names.items()}


def test_the_whole_story(diploma: Diploma, capsys: pytest.CaptureFixture[str]) -> None:
    desk = diploma.desk
    tell_it(diploma, desk)
    capsys.readouterr()
    assert desk.sogoc("audit", "verify") == 0


def tell_it(diploma: Diploma, desk: Desk) -> None:
    with desk.system() as system:
        before = keys(system)
    assert desk.sogoc(*MERGE) == 0
    with desk.system() as system:
        after = keys(system)
        listed = system.roster.keys(1001)
        now = system.roster.school(1001)
    assert not set(before.values()) & set(after.values()), "the successor's own keys"
    assert len(listed) == 8
    assert sum(key.valid_until > 0 for key in listed) == 4, "the old ones are ended"
    assert now is not None
    assert now.valid_until == 0, "what is corrected is anchored under the old number"

    assert diploma.verify(1) == 0, "issued before, right as of the chain's time"
    assert desk.issue("--type", "transcript", "--decided-on", "05/07/2026") == 1, "nothing new"

    assert diploma.run("correct", LATER, "--set", "birth_place=Cà Mau") == 0
    old, new = diploma.said()
    assert (old.signer.name, new.signer.name) == ("Lê Hoàng Ví Dụ", DEPUTY)
    assert (new.school, new.school_name) == (1001, "Trường THPT Sông Trăng")
    assert diploma.verify(1) == 1
    assert diploma.verify(2) == 0, "signed by whoever keeps the register"

    second = Diploma(desk, "B26/1001/00002")
    act = {"--decision": "7/QĐ", "--on": "10/08/2026", "--by": DEPUTY}
    assert second.run("suspend", act) == 0
    assert second.verify(1) == 1
    assert second.run("reinstate", act) == 0
    assert second.verify(1) == 0
    assert second.run("revoke", REVOKE) == 0
    assert second.verify(1) == 1
    assert Diploma(desk, "B26/1001/00003").verify(1) == 0


def test_a_dry_run_shows_calls_and_changes_nothing(
    diploma: Diploma, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert diploma.desk.sogoc(*MERGE, "--dry-run") == 0
    said = capsys.readouterr().out
    assert (said.count("addKey"), said.count("retireKey")) == (4, 4)
    with diploma.desk.system() as system:
        assert system.department.successions() == []
        assert len(system.roster.keys(1001)) == 4
    assert diploma.verify(1) == 0


def test_the_same_command_again_changes_nothing(diploma: Diploma) -> None:
    assert diploma.desk.sogoc(*MERGE) == 0
    with diploma.desk.system() as system:
        before = keys(system)
    assert diploma.desk.sogoc(*MERGE) == 0
    with diploma.desk.system() as system:
        assert keys(system) == before
        assert len(system.roster.keys(1001)) == 8


@pytest.mark.parametrize(
    ("part", "write"),
    [
        pytest.param(Department, "close", id="registry"),
        pytest.param(System, "note", id="audit"),
        pytest.param(System, "note_key", id="key files"),
    ],
)
@pytest.mark.parametrize("happens", [False, True], ids=["failed", "failed but happened"])
def test_cut_off_the_same_command_completes_it(
    diploma: Diploma, part: type, write: str, happens: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_off(monkeypatch, part, write, happens=happens)
    assert diploma.desk.sogoc(*MERGE) == INTERRUPTED
    assert diploma.desk.sogoc(*MERGE) == 0
    assert diploma.verify(1) == 0
    assert diploma.run("correct", LATER, "--set", "birth_place=Cà Mau") == 0
    assert [one.lane for one in diploma.versions()] == [Lane.SUPERSEDED, Lane.ACTIVE]


def test_a_batch_on_its_way_is_waited_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cut_off(monkeypatch, Batches, "sign", happens=False)
    assert desk.issue() == INTERRUPTED
    assert desk.sogoc(*MERGE) == 1
    assert "waits for this key" in capsys.readouterr().err
    with desk.system() as system:
        assert system.department.successions() == []
    assert desk.sogoc("resume") == 0
    assert desk.sogoc(*MERGE) == 0
    assert Diploma(desk, FIRST).verify(1) == 0


def test_renamed_and_dissolved_one_after_the_other(diploma: Diploma) -> None:
    desk, name = diploma.desk, "Trường THPT Trăng Non"
    new = ["--from", "01/08/2026", "--decision", "3/QĐ-UBND"]
    assert desk.sogoc("school", "rename", SCHOOL, name, *new) == 0
    assert diploma.verify(1) == 0, "it says the name of its day"
    assert diploma.run("correct", CORRECT, "--set", "birth_place=Cà Mau") == 0
    assert [one.school_name for one in diploma.said()] == ["Trường THPT Sông Trăng", name]
    end = ["--on", "01/09/2026", "--decision", "4/QĐ-UBND", "--decided-on", "20/08/2026"]
    assert desk.sogoc("school", "dissolve", SCHOOL, "--successor", OTHER, *end) == 0
    with desk.system() as system:
        assert system.desk.keeper(1001, date(2026, 9, 1)) == 1002
        found = system.desk.school(SCHOOL, date(2026, 9, 1))
    assert found is not None
    assert found.name == name
    assert (diploma.verify(1), diploma.verify(2)) == (1, 0)


@pytest.fixture
def officer(desk: Desk, capsys: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    yield desk
    assert "Traceback" not in capsys.readouterr().err


def test_an_officer_enters_terms_one_by_one(
    officer: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    term = ["--title", "Hiệu trưởng", "--from", "01/08/2026"]
    assert officer.sogoc("school", "head", SCHOOL, "Ngô An Nhiên", *term) == 1
    assert "Lê Hoàng Ví Dụ has been head since 01/01/2026" in capsys.readouterr().err
    end = ["--last-day", "31/07/2026"]
    assert officer.sogoc("school", "end-term", SCHOOL, "Lê Hoàng Ví Dụ", *end) == 0
    assert officer.sogoc("school", "head", SCHOOL, "Ngô An Nhiên", *term) == 0
    deputy = ["--title", "Phó Hiệu trưởng", "--from", "01/08/2026"]
    assert officer.sogoc("school", "deputy", SCHOOL, "Vũ Thu Hà", *deputy) == 64
    assert (
        officer.sogoc("school", "deputy", SCHOOL, "Vũ Thu Hà", *deputy, "--decision", "9/QĐ") == 0
    )
    capsys.readouterr()
    assert officer.sogoc("school", "terms", SCHOOL) == 0
    assert capsys.readouterr().out.splitlines()[:2] == [
        "01/08/2026 – now  Hiệu trưởng Ngô An Nhiên",
        "01/08/2026 – now  Phó Hiệu trưởng Vũ Thu Hà  (9/QĐ)",
    ]


def test_a_void_mandate_is_listed_and_nothing_is_decided(
    diploma: Diploma, capsys: pytest.CaptureFixture[str]
) -> None:
    void = ["--from", "01/06/2026", "--decision", "8/KL", "--decided-on", "01/09/2026"]
    capsys.readouterr()
    assert diploma.desk.sogoc("school", "void-term", SCHOOL, "Lê Hoàng Ví Dụ", *void) == 0
    said = capsys.readouterr().out
    assert "Signed since: 6" in said
    assert f"{FIRST}, version 1, serial T01000001, issued 20/06/2026: active" in said
    assert diploma.verify(1) == 0, "until somebody decides"
    assert diploma.desk.issue("--type", "transcript") == 1, "nothing new is signed"
