"""The states of a digital school record: each follows an act, none is skipped, signatures hold."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import update

from credential import manifest
from credential.approval import Approval, RecordState
from credential.keys import SoftwareKey
from credential.model import CredentialType, Deployment
from credential.records import Batch, BatchState
from store.record_tables import APPROVALS, PERSONAL_KEYS
from store.tables import CREDENTIALS
from tests.issuer.conftest import SCHOOL, Desk
from tests.issuer.test_crashes import killed

S = RecordState
BATCH = Batch(
    1, "a" * 64, 1001, CredentialType.TRANSCRIPT, 0, 6, BatchState.FINAL, bytes(32), "ES256",
    bytes(32), 9, 1_780_000_400,
)  # fmt: skip
WHOLE = Approval("A", "B", None, 1, 2, bytes(32), "x", 3)
REACHED = {
    "all": (WHOLE, BATCH, [S.COMPLETE, S.VERIFIED, S.PERSONALLY_SIGNED, S.SEALED]),
    "not anchored yet": (
        WHOLE, replace(BATCH, final_time=None), [S.COMPLETE, S.VERIFIED, S.PERSONALLY_SIGNED],
    ),
    "anchored, but not personally signed": (
        replace(WHOLE, signed_at=None), BATCH, [S.COMPLETE, S.VERIFIED],
    ),
    "approved by nobody": (replace(WHOLE, approved_at=None), BATCH, [S.COMPLETE]),
}  # fmt: skip


@pytest.mark.parametrize("case", REACHED)
def test_no_state_is_reached_without_the_one_before(case: str) -> None:
    approval, batch, states = REACHED[case]
    assert list(approval.states(batch)) == states


@pytest.fixture
def signing(desk: Desk) -> Desk:
    """A desk whose approver has a key of their own."""
    assert desk.sogoc("key", "personal", SCHOOL, "Hiệu trưởng", "--by", "Quản trị") == 0
    return desk


def test_the_approver_signs_the_batch_and_anyone_can_check_it(
    signing: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert signing.sogoc("key", "personal", SCHOOL, "hiệu trưởng", "--by", "Quản trị") == 1
    assert "listed as that of Hiệu trưởng" in capsys.readouterr().err
    assert signing.issue("--type", "transcript") == 0
    assert "no key of their own" not in capsys.readouterr().out
    assert signing.sogoc("status") == 0
    said = capsys.readouterr().out
    for word in ("complete: Văn thư", "verified: Hiệu trưởng", "personally signed: Hiệu trưởng",
                 "sealed by the school"):  # fmt: skip
        assert word in said
    assert signing.sogoc("record", "check", "1001-0000") == 0
    assert "Hiệu trưởng under batch 1001-0000 is right: 6 credentials" in capsys.readouterr().out


SPOILT = {
    "a credential was changed": (
        update(CREDENTIALS).where(CREDENTIALS.c.position == 3).values(sd_payload=b"{}"),
        "NOT right",
    ),
    "the signature was changed": (update(APPROVALS).values(signature="e30..AA"), "NOT right"),
    "the signature is gone": (update(APPROVALS).values(signature=None), "no personal signature"),
    "another key is named": (update(APPROVALS).values(kid=bytes(32)), "not in the list"),
    "the key is said to be another's": (
        update(PERSONAL_KEYS).values(name="Người khác"), "is that of Người khác",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SPOILT)
def test_what_was_changed_behind_the_signature_is_found(
    signing: Desk, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    change, word = SPOILT[case]
    assert signing.issue("--type", "transcript") == 0
    with signing.system() as system, system.store_database.writing() as connection:
        connection.execute(change)
    capsys.readouterr()
    assert signing.sogoc("record", "check", "1001-0000") == 1
    assert word in capsys.readouterr().out


def test_without_a_personal_key_it_is_issued_and_said_unless_the_settings_demand_one(
    desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as demanding:
        demanding.setenv("SOGOC_PERSONAL_SIGNATURE", "true")
        assert desk.issue("--type", "transcript") == 1
        assert "Hiệu trưởng has no key of their own" in capsys.readouterr().err
        assert desk.written() == (0, 0, 0)
    assert desk.issue("--type", "transcript") == 0
    assert "the record stays “verified”" in capsys.readouterr().out
    assert desk.sogoc("status", "1001-0000") == 0
    said = capsys.readouterr().out
    assert "not personally signed: Hiệu trưởng" in said
    assert "sealed" not in said
    assert desk.sogoc("record", "check", "1001-0000") == 1


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_around_the_personal_signature_it_is_signed_once(signing: Desk, when: str) -> None:
    arguments = signing.issue_arguments("--type", "transcript")
    assert killed(signing, (when, "store.countersign", 1), arguments) == -9
    with signing.system() as system:
        before = system.batches.approval(1)
    assert before is not None
    assert (before.signature is None) == (when == "before")
    assert signing.sogoc("resume") == 0
    assert signing.sogoc("record", "check", "1001-0000") == 0
    with signing.system() as system:
        after = system.batches.approval(1)
    assert after is not None
    assert when == "before" or after.signature == before.signature


def test_a_manifest_is_signed_in_one_spelling_by_one_key() -> None:
    first, second = (SoftwareKey(ec.generate_private_key(ec.SECP256R1())) for _ in range(2))
    deployment, kind = Deployment(31337, bytes(20)), CredentialType.TRANSCRIPT
    text = manifest.manifest(deployment, kind, 1001, 0, [bytes(32), b"\1" * 32])
    made = manifest.sign(text, first)
    assert manifest.is_signed(made, text, first.public)
    header, _, signature = made.partition("..")
    for wrong in (
        "", "..", made + "=", made + "A", f"{header}.{signature}", f"{header}..{signature[:-2]}",
        f"e30..{signature}", made.replace("..", "....") , manifest.sign(text, second),
    ):  # fmt: skip
        assert not manifest.is_signed(wrong, text, first.public), wrong
    other = [
        manifest.manifest(deployment, kind, 1001, 0, [b"\1" * 32, bytes(32)]),
        manifest.manifest(deployment, kind, 1001, 1, [bytes(32), b"\1" * 32]),
        manifest.manifest(Deployment(1, bytes(20)), kind, 1001, 0, [bytes(32), b"\1" * 32]),
    ]
    assert not any(manifest.is_signed(made, one, first.public) for one in other)
