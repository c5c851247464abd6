"""`sogoc amend`: only what changed becomes a new version; the old one stops, the new one holds."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from api.succeeding import Successions
from credential import qrlink, sdjwt
from credential.model import Lane, Place
from credential.records import IssuedCredential
from issuer.delivery import credential_of, sd_jwt_of, token_of
from store.accounts import Accounts, Identity
from tests.issuer.conftest import PUPILS, Desk
from tests.issuer.test_crashes import killed
from tests.web.simulator import key_from

NUMBERS = [f"H26/1001/0000{at}" for at in range(1, PUPILS + 1)]
Change = Callable[[Any], None]


def marks(sheet: Any) -> None:
    """Three marks of two pupils."""
    sheet["F5"], sheet["H5"], sheet["K6"] = 7.4, 7.2, 7.2


def amended(desk: Desk, change: Change, *extra: str, decision: str = "200/QĐ-THPT") -> list[str]:
    """The command for the score sheet after a change."""
    book = load_workbook(desk.scores)
    change(book.worksheets[0])
    path = desk.data / f"sua-{abs(hash(change))}.xlsx"
    book.save(path)
    given = ["--type", "transcript", "--decision", decision, "--decided-on", "01/07/2026"]
    arguments = desk.issue_arguments(*given, file=path)
    return ["amend", *arguments[1:], "--reason", "Nhập sai điểm", *extra]


@pytest.fixture
def issued(desk: Desk) -> Desk:
    """A desk that has issued a class's transcripts."""
    assert desk.issue("--type", "transcript") == 0
    return desk


def versions(desk: Desk, number: str) -> list[IssuedCredential]:
    with desk.system() as system:
        line = system.batches.credential(number)
        assert line is not None
        found = system.batches.versions(line.batch.school, line.batch.type, [number])
    return sorted(found, key=lambda one: one.line.version)


def by_pupil(desk: Desk, row: int) -> str:
    """The register number of the pupil in a row of the sheet."""
    code = load_workbook(desk.scores).worksheets[0][f"B{row}"].value
    with desk.system() as system:
        return next(one.register_no for one in _staged(system) if one.pupil == code)


def _staged(system: Any) -> Any:
    return system.batches.staged(1)


def test_a_dry_run_says_for_each_pupil_what_would_change_and_does_nothing(
    issued: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    before = issued.written()
    capsys.readouterr()
    assert issued.sogoc(*amended(issued, marks, "--dry-run")) == 0
    said = capsys.readouterr().out
    first, second = by_pupil(issued, 5), by_pupil(issued, 6)
    assert f"Row 5, Lâm Thị Châu, register number {first}: version 1 → 2" in said
    assert "    Ngữ văn, HK1, mark: 6,9 → 7,4\n    Ngữ văn, CN, mark: 7,0 → 7,2\n" in said
    assert f"Row 6, Nguyễn Ngọc Thảo, register number {second}: version 1 → 2" in said
    assert "    Toán, CN, mark: 7,1 → 7,2\n" in said
    assert f"Unchanged and left as they are: {PUPILS - 2} (rows 7–10)." in said
    assert "Would issue 2. Nothing was done." in said
    assert issued.written() == before


def test_the_old_version_is_superseded_and_leads_to_the_new_one_which_is_valid(
    issued: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    number = by_pupil(issued, 5)
    lines, batches, credentials = issued.written()
    command = amended(issued, marks)
    assert issued.sogoc(*command) == 0
    assert issued.written() == (lines + 2, batches + 1, credentials + 2)
    old, new = versions(issued, number)
    assert (old.line.version, old.lane, new.line.version, new.lane) == (
        1, Lane.SUPERSEDED, 2, Lane.ACTIVE,
    )  # fmt: skip
    assert new.staged.supersedes == Place(old.batch.seq, old.staged.index)
    assert credential_of(sdjwt.parse(sd_jwt_of(new))).supersedes == new.staged.supersedes
    for form in (lambda one: one.staged.code, _digits, sd_jwt_of):
        capsys.readouterr()
        path = issued.data / "thing"
        path.write_text(form(old))
        assert issued.sogoc("verify", str(path)) == 1
        said = capsys.readouterr().out
        assert "a newer version has replaced it" in said
        assert "by decision 200/QĐ-THPT of 01/07/2026. Reason: what it says was corrected" in said
        path.write_text(form(new))
        assert issued.sogoc("verify", str(path)) == 0
    with issued.system() as system:
        assert old.batch.root is not None
        lane = system.ledger.lane(1001, old.batch.root, old.staged.index, final=True)
        assert lane is Lane.SUPERSEDED
        system.indexer.advance()
        successions = Successions(system.verifier, system.published, system.history)
        assert successions.of(_digits(old)) == _digits(new)
    for row in (7, 8, 9, 10):
        code = versions(issued, by_pupil(issued, row))[0].staged.code
        assert issued.sogoc("verify", code) == 0, "who was left out keeps the first version"


def _digits(one: IssuedCredential) -> str:
    return qrlink.encode(token_of(one), "")[1]


def test_reason_and_approver_are_kept_with_the_new_batch(issued: Desk) -> None:
    by, requested = ["--approved-by", "Hiệu phó"], "--requested-on"
    assert issued.sogoc(*amended(issued, marks, *by, requested, "31/12/2199")) == 64
    assert issued.sogoc(*amended(issued, marks, *by, requested, "29/06/2026")) == 0
    old, new = versions(issued, by_pupil(issued, 5))
    with issued.system() as system:
        first, second = (system.batches.approval(one.batch.id) for one in (old, new))
    assert first is not None
    assert second is not None
    assert (first.approved_by, first.reason) == ("Hiệu trưởng", None)
    assert (second.prepared_by, second.approved_by, second.reason) == (
        "Văn thư", "Hiệu phó", "Nhập sai điểm",
    )  # fmt: skip
    assert (first.requested, second.requested) == (None, date(2026, 6, 29))
    assert second.approved_at is not None
    assert second.settled_at is not None, "the old version is superseded on the chain"


def test_a_correction_is_bound_to_the_key_that_stands_not_to_one_that_was_ended(
    desk: Desk,
) -> None:
    """A thief's key that the school ended binds no new version; a new key of the holder does."""
    sheet = load_workbook(desk.scores).worksheets[0]
    robbed, moved = (str(sheet[f"B{row}"].value) for row in (5, 6))
    old, new = key_from(1).public, key_from(2).public
    with desk.system() as system:
        accounts = Accounts(system.store_database)
        for number, pupil in enumerate((robbed, moved)):
            account = accounts.enter(Identity("test", str(number)), pupil)
            system.holder_keys.add(pupil, account, old)
    assert desk.issue("--type", "transcript") == 0
    with desk.system() as system:
        accounts = Accounts(system.store_database)
        accounts.withdraw(robbed, "An")
        system.holder_keys.add(moved, accounts.holders(moved)[0][0], new)
    assert desk.sogoc(*amended(desk, marks)) == 0
    bound = {}
    for row, pupil in ((5, robbed), (6, moved)):
        both = versions(desk, by_pupil(desk, row))
        bound[pupil] = [credential_of(sdjwt.parse(sd_jwt_of(one))).holder_key for one in both]
    assert bound == {robbed: [old, None], moved: [old, new]}


def test_the_same_command_again_issues_nothing_twice(
    issued: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    command = amended(issued, marks)
    assert issued.sogoc(*command) == 0
    written = issued.written()
    with issued.system() as system:
        nonce = system.ledger.nonce()
    capsys.readouterr()
    assert issued.sogoc(*command) == 0
    assert "issued before (batch 1" in capsys.readouterr().out
    assert issued.written() == written
    with issued.system() as system:
        assert system.ledger.nonce() == nonce
    again = amended(issued, marks, decision="201/QĐ-THPT")
    assert issued.sogoc(*again) == 0
    assert "Nothing differs from the versions that stand." in capsys.readouterr().out
    assert issued.written() == written


def test_versions_go_on_and_an_order_that_was_overtaken_is_not_taken_for_done(
    issued: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    def back(sheet: Any) -> None:
        sheet["E5"] = sheet["E5"].value  # the file as it was at first

    assert issued.sogoc(*amended(issued, marks)) == 0
    assert issued.sogoc(*amended(issued, back, decision="201/QĐ-THPT")) == 0
    number = by_pupil(issued, 5)
    lanes = [(one.line.version, one.lane) for one in versions(issued, number)]
    assert lanes == [(1, Lane.SUPERSEDED), (2, Lane.SUPERSEDED), (3, Lane.ACTIVE)]
    written = issued.written()
    capsys.readouterr()
    assert issued.sogoc(*amended(issued, marks)) == 1, "the very first correction once more"
    assert "was corrected again since; give a new decision or reason" in capsys.readouterr().err
    assert issued.written() == written
    assert issued.sogoc(*amended(issued, marks, decision="202/QĐ-THPT")) == 0
    assert [one.lane for one in versions(issued, number)][-1] is Lane.ACTIVE
    assert len(versions(issued, number)) == 4


def test_a_number_or_a_look_up_finds_the_newest_version(
    issued: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert issued.sogoc(*amended(issued, marks)) == 0
    number = by_pupil(issued, 5)
    capsys.readouterr()
    assert issued.sogoc("status", number) == 0
    said = capsys.readouterr().out
    assert "version 1 (batch 1001-0000" in said
    assert ": superseded" in said
    assert "version 2 (batch 1001-0001" in said
    why = ["--ground", "fraud", "--decision", "5/QĐ", "--on", "01/09/2026", "--by", "A"]
    assert issued.sogoc("revoke", number, *why) == 0
    old, new = versions(issued, number)
    assert (old.lane, new.lane) == (Lane.SUPERSEDED, Lane.REVOKED)
    capsys.readouterr()
    assert issued.sogoc("revoke", "--batch", "1001-0000", *why) == 0
    said = capsys.readouterr().out
    assert f"Revoked {PUPILS - 2}" in said
    assert f"because it was replaced before: register number {number}" in said


def unknown(sheet: Any) -> None:
    sheet["F5"] = 7.4


def test_pupils_without_a_standing_version_are_refused_by_name_or_issued_as_new(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    def without_two(sheet: Any) -> None:
        sheet.delete_rows(6, 2)

    given = amended(desk, without_two)
    assert desk.issue("--type", "transcript", file=Path(given[1])) == 0
    capsys.readouterr()
    assert desk.sogoc(*amended(desk, unknown)) == 1
    said = capsys.readouterr().err
    assert "Row 6, Mã định danh Bộ GD&ĐT: No version stands for Nguyễn Ngọc Thảo" in said
    assert "Row 7" in said
    assert desk.sogoc(*amended(desk, unknown, "--new-too")) == 0
    said = capsys.readouterr().out
    assert "Row 6, Nguyễn Ngọc Thảo: issued for the first time" in said
    assert "Issued 3 (batch 1)" in said
    with desk.system() as system:
        added = system.batches.staged(2)
    assert sorted((one.register_no, one.version) for one in added)[1:] == [
        (NUMBERS[4], 1), (NUMBERS[5], 1),
    ]  # fmt: skip
    assert [desk.sogoc("verify", one.code) for one in added] == [0, 0, 0]


REFUSED: dict[str, tuple[tuple[str, ...], str]] = {
    "one person prepares and approves": (("--approved-by", "văn thư"), "văn thư"),
    "an unknown school": (("--school", "79999999"), "79999999"),
    "what another school issued": (("--school", "79001002"), "issued by another school"),
    "a reason of nothing": (("--reason", ""), "needs a reason"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_writes_nothing(
    issued: Desk, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    more, word = REFUSED[case]
    before = issued.written()
    for dry in ((), ("--dry-run",)):
        capsys.readouterr()
        assert issued.sogoc(*amended(issued, marks), *more, *dry) == 1
        assert word in capsys.readouterr().err
    assert issued.written() == before


def test_what_is_suspended_or_not_issued_yet_is_not_corrected(
    issued: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--decision", "1/QĐ", "--on", "01/09/2026", "--by", "A"]
    assert issued.sogoc("suspend", by_pupil(issued, 5), *options) == 0
    capsys.readouterr()
    assert issued.sogoc(*amended(issued, marks)) == 1
    assert "Lâm Thị Châu" in (said := capsys.readouterr().err)
    assert "is suspended" in said
    assert issued.sogoc("reinstate", by_pupil(issued, 5), *options) == 0
    assert killed(issued, ("after", "desk.enter", 1), amended(issued, marks)) == -9
    capsys.readouterr()
    assert issued.sogoc(*amended(issued, marks, decision="201/QĐ-THPT")) == 1
    assert "is not issued here yet" in capsys.readouterr().err
    assert issued.sogoc(*amended(issued, marks)) == 0, "the same command completes it"


def test_resume_supersedes_what_a_killed_correction_left_standing_on_chain(
    issued: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the register's word on the old one is invalid; the chain follows with `sogoc resume`."""
    command = amended(issued, marks)
    assert killed(issued, ("before", "store.set_lanes", 1), command) == -9
    number = by_pupil(issued, 5)
    old, new = versions(issued, number)
    assert issued.sogoc("verify", old.staged.code) == 1
    assert issued.sogoc("verify", new.staged.code) == 0
    capsys.readouterr()
    assert issued.sogoc("status", "1001-0001") == 0
    assert "still to be superseded on the chain" in capsys.readouterr().out
    assert issued.sogoc("resume") == 0
    with issued.system() as system:
        assert old.batch.root is not None
        lane = system.ledger.lane(1001, old.batch.root, old.staged.index, final=True)
        assert lane is Lane.SUPERSEDED
        assert not system.batches.unsettled()
