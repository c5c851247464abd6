"""`sogoc issue`, `revoke`, `verify` as a registrar uses them: what is said and what is written."""

import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

import chain.provider
from api import sample
from api.cli import run
from credential import sdjwt
from credential.approval import Approval
from credential.errors import UnavailableError
from credential.facts import Withdrawal
from credential.model import Lane
from credential.records import BatchState
from issuer.delivery import credential_of, sd_jwt_of
from issuer.revoking import Revoking
from issuer.staging import sign, stage
from store.accounts import Accounts, Identity
from tests.issuer.conftest import PUPILS, SCHOOL, Desk
from tests.issuer.faults import FAULTY_LISTS, REFUSED_ORDERS
from tests.web.simulator import key_from


def test_issuing_writes_every_pupil_once(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.issue() == 0
    assert f"{PUPILS}" in capsys.readouterr().out
    assert desk.written() == (PUPILS, 1, PUPILS)


def test_the_same_file_twice_issues_nothing_twice(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk.issue() == 0
    first = capsys.readouterr().out
    assert desk.issue() == 0
    assert capsys.readouterr().out != first
    assert desk.written() == (PUPILS, 1, PUPILS)


def test_the_same_list_saved_again_by_excel_is_the_same_order(desk: Desk) -> None:
    assert desk.issue() == 0
    saved_again = desk.edited(lambda sheet: None)
    assert saved_again.read_bytes() != desk.classes.read_bytes()
    assert desk.issue(file=saved_again) == 0
    assert desk.written() == (PUPILS, 1, PUPILS)


def test_a_pupil_who_holds_the_diploma_is_refused_by_row(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk.issue() == 0
    capsys.readouterr()
    assert desk.issue("--decision", "129/QĐ-THPT", "--first-serial", "T02000001") == 1
    said = capsys.readouterr().err
    assert "Row 5" in said
    assert "B26/1001/00001" in said
    assert desk.written() == (PUPILS, 1, PUPILS)


@pytest.mark.parametrize(("change", "expected"), FAULTY_LISTS.values(), ids=FAULTY_LISTS)
def test_a_faulty_list_is_refused_whole_with_row_and_column(
    desk: Desk,
    capsys: pytest.CaptureFixture[str],
    change: Callable[[Any], None],
    expected: tuple[str, ...],
) -> None:
    assert desk.issue(file=desk.edited(change)) == 1
    said = capsys.readouterr().err
    assert all(part in said for part in expected), said
    assert "Traceback" not in said
    assert desk.written() == (0, 0, 0)


@pytest.mark.parametrize(("options", "expected"), REFUSED_ORDERS.values(), ids=REFUSED_ORDERS)
def test_an_order_that_a_rule_forbids_is_refused(
    desk: Desk, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], expected: str
) -> None:
    assert desk.issue(*options) == 1
    said = capsys.readouterr().err
    assert expected in said, said
    assert desk.written() == (0, 0, 0)


@pytest.mark.parametrize(
    "spoilt",
    [
        ("--decision", "128/QĐ-THPT "),
        ("--decision", "128/QĐ\u200b-THPT"),
        ("--first-serial", " T01000001"),
    ],
    ids=["a trailing space", "an invisible character", "a leading space in the serial"],
)
def test_words_that_must_not_be_signed_are_refused_before_the_register(
    desk: Desk, spoilt: tuple[str, str]
) -> None:
    assert desk.issue(*spoilt) != 0
    assert desk.written() == (0, 0, 0)
    assert desk.issue() == 0, "the mended order finds nobody's line taken"


def test_a_missing_signing_key_is_never_made_in_passing(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    (desk.data / "keys" / "1001.sign.p12").unlink()
    assert desk.issue() == 1
    assert "1001.sign" in capsys.readouterr().err
    assert desk.written() == (0, 0, 0)


def test_a_signing_key_that_the_chain_does_not_list_signs_nothing(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    (desk.data / "keys" / "1001.sign.p12").unlink()
    with desk.system() as system:
        system.keystore.make_signer("1001.sign")
    assert desk.issue() == 1
    assert "Traceback" not in capsys.readouterr().err
    assert desk.written() == (0, 0, 0)


def test_the_same_suspension_twice_with_a_reinstatement_between_reaches_the_chain(
    desk: Desk,
) -> None:
    assert desk.issue() == 0
    code = credentials(desk)[0].staged.code
    options = ["--decision", "1/QĐ", "--on", "01/09/2026", "--by", "A"]
    for command, verdict in (("suspend", 1), ("reinstate", 0), ("suspend", 1), ("reinstate", 0)):
        assert desk.sogoc(command, code, *options) == 0
        assert desk.sogoc("verify", code) == verdict


def test_a_second_version_of_a_register_line_is_contradicted_by_the_registry(desk: Desk) -> None:
    """Who holds both school keys can anchor better marks; the register knows what it awarded."""
    assert desk.issue("--type", "transcript") == 0
    with desk.system() as system:
        found = system.batches.credential("H26/1001/00002")
        assert found is not None
        good = credential_of(sdjwt.parse(sd_jwt_of(found)))
        assert good.transcript is not None
        best = tuple(replace(row, mark=100) for row in good.transcript.results if row.mark)
        better = replace(good, transcript=replace(good.transcript, results=best))
        signer, school = system.signer(1001), found.batch.school
        seq = system.batches.next_seq(school)
        key = signer.public
        rows = list(stage([better], ["x"], seq, system.deployment, key, os.urandom))
        signatures, levels = sign(rows, system.deployment, signer)
        batch = replace(found.batch, id=0, ref="f" * 64, seq=seq, size=1, state=BatchState.STAGED)
        staged = system.batches.stage(replace(batch, root=None), rows, Approval("thief", "other"))
        system.issuing(lambda *_: None).resume(system.batches.sign(staged.id, signatures, levels))
        code = rows[0].code
    assert desk.sogoc("verify", code) == 1
    assert desk.sogoc("verify", found.staged.code) == 0


def test_every_fault_is_reported_at_once(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    def spoil(sheet: Any) -> None:
        sheet["C5"], sheet["D6"], sheet["B7"] = "Đỗ An 2", "31/02/2008", "7999999999"

    assert desk.issue(file=desk.edited(spoil)) == 1
    said = capsys.readouterr().err
    assert "Row 5" in said
    assert "Row 6" in said


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["issue"], 64),
        (["issue", "no-such-file.xlsx"], 64),
        (["verify"], 64),
        (["verify", "no-such-file.pdf"], 64),
        (["verify", "WIFI:S:truong;;"], 64),
        (["verify", "1" * 3000], 64),
        (["verify", "0123456789ABCDEF"], 64),
        (["revoke", "B26/1001/99999"], 64),
        (["nonsense"], 64),
        (["--help"], 0),
        (["issue", "--help"], 0),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else None,
)
def test_wrong_usage_is_64_and_never_a_traceback(
    desk: Desk, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int
) -> None:
    assert desk.sogoc(*arguments) == code
    said = capsys.readouterr()
    assert said.out + said.err
    assert "Traceback" not in said.out + said.err


def test_a_data_folder_without_a_deployment_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--data", str(tmp_path / "none"), "verify", "12"]) != 0
    assert capsys.readouterr().err


def credentials(desk: Desk) -> list[Any]:
    with desk.system() as system:
        batches = [system.batches.batch(ref) for ref in _refs(system)]
        return [issued for batch in batches if batch for issued in system.batches.issued(batch.id)]


def _refs(system: Any) -> list[str]:
    from sqlalchemy import select  # noqa: PLC0415

    from store.tables import BATCHES  # noqa: PLC0415

    with system.store_database.reading() as connection:
        return list(connection.scalars(select(BATCHES.c.ref)))


def test_diplomas_and_transcripts_verify_by_look_up_code(desk: Desk) -> None:
    assert desk.issue() == 0
    assert desk.issue("--type", "transcript") == 0
    for issued in credentials(desk):
        assert desk.sogoc("verify", issued.staged.code) == 0


def test_revoking_reaches_registry_and_chain(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk.issue() == 0
    victim = credentials(desk)[0].staged
    options = ["--ground", "issuer_error", "--decision", "9/QĐ", "--on", "01/09/2026", "--by", "A"]
    assert desk.sogoc("revoke", victim.register_no, *options) == 0
    assert desk.sogoc("revoke", victim.code, *options) == 0, "repeating is harmless"
    capsys.readouterr()
    assert desk.sogoc("verify", victim.code) == 1
    said = capsys.readouterr().out
    assert "✘ 6" in said
    assert "9/QĐ" in said
    assert all(
        desk.sogoc("verify", other.staged.code) == 0
        for other in credentials(desk)
        if other.staged.code != victim.code
    )


def test_a_suspended_diploma_can_be_reinstated_and_a_revoked_one_cannot(desk: Desk) -> None:
    assert desk.issue() == 0
    code = credentials(desk)[0].staged.code
    options = ["--on", "01/09/2026", "--by", "A"]
    for decision in ("1/QĐ", "3/QĐ"):  # twice: the second round is another act
        assert desk.sogoc("suspend", code, "--decision", decision, *options) == 0
        assert desk.sogoc("verify", code) == 1
        assert desk.sogoc("reinstate", code, "--decision", f"{decision}-2", *options) == 0
        assert desk.sogoc("verify", code) == 0
    revoke = ["revoke", code, "--ground", "fraud", "--decision", "5/QĐ", *options]
    assert desk.sogoc(*revoke) == 0
    assert desk.sogoc("reinstate", code, "--decision", "6/QĐ", *options) == 1


def test_the_registry_stops_a_diploma_while_the_chain_is_silent(desk: Desk) -> None:
    assert desk.issue() == 0
    found = credentials(desk)[0]
    from datetime import date  # noqa: PLC0415

    cause = Withdrawal("fraud", "7/QĐ", date(2026, 9, 1))
    with desk.system() as system:
        revoking = Revoking(system.desk, system.batches, system.ledger, patience=0.0)
        chain.provider.close(system.web3)
        with pytest.raises(UnavailableError):
            revoking.change(found.staged.code, Lane.REVOKED, cause, "A")
    assert desk.sogoc("verify", found.staged.code) == 1
    with desk.system() as system:  # the same command completes it on chain
        system.revoking.change(found.staged.code, Lane.REVOKED, cause, "A")
        root = found.batch.root
        assert system.ledger.lane(1001, root, found.staged.index) is Lane.REVOKED


def test_two_orders_of_a_school_at_once_both_come_through(desk: Desk) -> None:
    codes: list[int] = []
    kinds = [("--type", "thpt-diploma"), ("--type", "transcript")]
    threads = [
        threading.Thread(target=lambda k=kind: codes.append(desk.issue(*k))) for kind in kinds
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [0, 0]
    assert desk.written() == (2 * PUPILS, 2, 2 * PUPILS)
    assert all(desk.sogoc("verify", issued.staged.code) == 0 for issued in credentials(desk))


def test_a_store_restored_from_an_old_copy_refuses_to_issue(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(desk.data / "store.sqlite", desk.data / "old.sqlite")
    assert desk.issue() == 0
    for path in desk.data.glob("store.sqlite*"):
        path.unlink()
    shutil.copy(desk.data / "old.sqlite", desk.data / "store.sqlite")
    capsys.readouterr()
    assert desk.issue("--type", "transcript") == 1
    assert "store" in capsys.readouterr().err.lower()


def test_the_audit_log_is_whole_and_an_edit_is_found(desk: Desk) -> None:
    assert desk.issue() == 0
    assert desk.sogoc("audit", "verify") == 0
    from sqlalchemy import update  # noqa: PLC0415

    from store.tables import AUDIT  # noqa: PLC0415

    with desk.system() as system, system.store_database.writing() as connection:
        connection.execute(update(AUDIT).values(actor="somebody else"))
    assert desk.sogoc("audit", "verify") == 1


def test_nothing_personal_is_kept_of_the_columns_that_intake_drops(desk: Desk) -> None:
    assert desk.issue() == 0
    sheet = load_workbook(desk.classes).worksheets[0]
    phone, father = str(sheet["H5"].value), str(sheet["Q5"].value)
    for path in desk.data.glob("*.sqlite*"):
        content = path.read_bytes()
        assert phone.encode() not in content
        assert father.encode() not in content
    assert SCHOOL


def test_what_is_issued_names_the_holders_keys_of_then(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """A pupil who changes the key while an order is under way makes no other order of it."""
    first, later, pupil = key_from(1).public, key_from(2).public, sample.pupils()[0].code
    with desk.system() as system:
        account = Accounts(system.store_database).enter(Identity("test", "1"), pupil)
        system.holder_keys.add(pupil, account, first)
    assert desk.issue() == 0
    with desk.system() as system:
        system.holder_keys.add(pupil, account, later)
    assert desk.issue() == 0
    assert desk.written() == (PUPILS, 1, PUPILS)
    with desk.system() as system:
        (batch,) = system.batches.of_school(1001)
        bound = {
            issued.staged.pupil: credential_of(sdjwt.parse(sd_jwt_of(issued))).holder_key
            for issued in system.batches.issued(batch.id)
        }
    assert bound.pop(pupil) == first
    assert set(bound.values()) == {None}
