"""Anchoring: exactly once, by the right key, in its window, directly or relayed."""

from collections.abc import Callable

import pytest
from eth_abi.abi import encode
from eth_hash.auto import keccak

from chain import typed
from chain.wallet import signed
from chain.writer import LedgerWriter
from credential.errors import ConflictError, RefusedError
from credential.model import Deployment
from tests.chain.world import (
    ANCHOR_KEY,
    GUARDIAN,
    OTHER_SCHOOL,
    OWNER,
    RELAYER,
    REVOKE_KEY,
    SCHOOL,
    TYPES,
    LedgerUnderTest,
    key_id,
    private_key,
    root_of,
)


def test_a_batch_is_anchored_directly_and_its_slot_says_how(ledger: LedgerUnderTest) -> None:
    root = root_of("first")
    ledger.send(ANCHOR_KEY, "anchorDirect", SCHOOL, 0, root, 120)
    reader = ledger.reader()
    ledger.net.finalise()
    anchor = reader.facts(SCHOOL, b"", root, 0).anchor
    assert anchor is not None
    assert (anchor.seq, anchor.size) == (0, 120)
    assert anchor.key.key_id == key_id(ANCHOR_KEY)


def test_the_second_batch_of_a_school_has_the_next_number(ledger: LedgerUnderTest) -> None:
    for seq in range(3):
        ledger.send(ANCHOR_KEY, "anchorDirect", SCHOOL, seq, root_of(f"batch {seq}"), 1)
    assert ledger.writer().next_seq(SCHOOL) == 3


def test_the_head_of_a_school_commits_to_its_whole_history(ledger: LedgerUnderTest) -> None:
    deployment = ledger.deployment
    origin = encode(
        ["uint256", "address", "uint32"], [deployment.chain_id, deployment.contract, SCHOOL]
    )
    head = keccak(origin)
    assert ledger.view("heads", SCHOOL) == head
    for seq, size in enumerate((5, 300)):
        root = root_of(f"batch {seq}")
        ledger.send(ANCHOR_KEY, "anchorDirect", SCHOOL, seq, root, size)
        anchored = ledger.writer().anchored(SCHOOL, root)
        assert anchored is not None
        types = ["bytes32", "uint32", "bytes32", "uint24", "uint40"]
        head = keccak(encode(types, [head, seq, root, size, anchored.time]))
    assert ledger.view("heads", SCHOOL) == head


def test_a_relayed_batch_bears_the_schools_key_and_not_the_relayers(
    ledger: LedgerUnderTest,
) -> None:
    root = root_of("relayed")
    ledger.send_call(RELAYER, ledger.writer().anchor_call(SCHOOL, 0, root, 9))
    ledger.net.finalise()
    anchor = ledger.reader().facts(SCHOOL, b"", root, 0).anchor
    assert anchor is not None
    assert anchor.key.key_id == key_id(ANCHOR_KEY)


def test_two_schools_may_anchor_the_same_root(ledger: LedgerUnderTest) -> None:
    other_key = GUARDIAN
    ledger.send(OWNER, "setSchool", OTHER_SCHOOL, 0, 0, TYPES)
    ledger.send(OWNER, "addKey", OTHER_SCHOOL, key_id(other_key), 0, 0, 1, b"")
    root = ledger.anchored()
    ledger.send(other_key, "anchorDirect", OTHER_SCHOOL, 0, root, 300)
    assert ledger.writer().anchored(OTHER_SCHOOL, root) is not None


REFUSED_BATCHES: dict[str, tuple[str, Callable[[LedgerUnderTest], object]]] = {
    "a number that was used": (
        "ledger.seq_not_next",
        lambda at: at.send(ANCHOR_KEY, "anchorDirect", SCHOOL, 0, root_of("new"), 1),
    ),
    "a number that is not due yet": (
        "ledger.seq_not_next",
        lambda at: at.send(ANCHOR_KEY, "anchorDirect", SCHOOL, 2, root_of("new"), 1),
    ),
    "a root that the school anchored before": (
        "ledger.already_anchored",
        lambda at: at.send(ANCHOR_KEY, "anchorDirect", SCHOOL, 1, root_of("batch"), 1),
    ),
    "an empty batch": (
        "ledger.size_invalid",
        lambda at: at.send(ANCHOR_KEY, "anchorDirect", SCHOOL, 1, root_of("new"), 0),
    ),
    "an empty root": (
        "ledger.root_invalid",
        lambda at: at.send(ANCHOR_KEY, "anchorDirect", SCHOOL, 1, bytes(32), 1),
    ),
    "an account that is nobody's key": (
        "ledger.key_unknown",
        lambda at: at.send(RELAYER, "anchorDirect", SCHOOL, 1, root_of("new"), 1),
    ),
    "the department itself": (
        "ledger.key_unknown",
        lambda at: at.send(OWNER, "anchorDirect", SCHOOL, 1, root_of("new"), 1),
    ),
    "a key that may only revoke": (
        "ledger.key_lacks_role",
        lambda at: at.send(REVOKE_KEY, "anchorDirect", SCHOOL, 1, root_of("new"), 1),
    ),
    "another school's number": (
        "ledger.key_of_other_school",
        lambda at: at.send(ANCHOR_KEY, "anchorDirect", OTHER_SCHOOL, 0, root_of("new"), 1),
    ),
}


@pytest.mark.parametrize("case", REFUSED_BATCHES)
def test_a_batch_is_refused_for(ledger: LedgerUnderTest, case: str) -> None:
    ledger.anchored()
    code, attempt = REFUSED_BATCHES[case]
    with pytest.raises(RefusedError) as caught:
        attempt(ledger)
    assert caught.value.code == code


def _retired(at: LedgerUnderTest) -> None:
    at.send(OWNER, "retireKey", key_id(ANCHOR_KEY))


def _compromised(at: LedgerUnderTest) -> None:
    at.send(OWNER, "markCompromised", key_id(ANCHOR_KEY), at.net.node.block("latest").time)


def _suspended(at: LedgerUnderTest) -> None:
    at.send(OWNER, "suspendSchool", SCHOOL)


def _ended(at: LedgerUnderTest) -> None:
    at.send(OWNER, "setSchool", SCHOOL, 0, at.net.node.block("latest").time + 20, TYPES)
    at.net.sleep(25)


def _paused(at: LedgerUnderTest) -> None:
    at.send(OWNER, "pause")


def _replaced(at: LedgerUnderTest) -> None:
    at.send(OWNER, "retire", b"\x11" * 20)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param(_retired, "ledger.key_inactive", id="its key is retired"),
        pytest.param(_compromised, "ledger.key_inactive", id="its key is compromised"),
        pytest.param(_suspended, "ledger.school_inactive", id="the school is suspended"),
        pytest.param(_ended, "ledger.school_inactive", id="the accreditation has ended"),
        pytest.param(_paused, "ledger.anchoring_paused", id="anchoring is paused"),
        pytest.param(_replaced, "ledger.ledger_retired", id="the contract is retired"),
    ],
)
@pytest.mark.parametrize("way", ["direct", "relayed"])
def test_nothing_is_anchored_once(
    ledger: LedgerUnderTest, change: Callable[[LedgerUnderTest], None], code: str, way: str
) -> None:
    signed = ledger.writer().anchor_call(SCHOOL, 0, root_of("new"), 1)
    direct = ledger.call("anchorDirect", SCHOOL, 0, root_of("new"), 1)
    change(ledger)
    with pytest.raises(RefusedError) as caught:
        ledger.send_call(*((ANCHOR_KEY, direct) if way == "direct" else (RELAYER, signed)))
    assert caught.value.code == code


@pytest.mark.parametrize("end", [False, True], ids=["not begun", "ended"])
def test_a_key_anchors_only_in_its_window(ledger: LedgerUnderTest, end: bool) -> None:
    now = ledger.net.node.block("latest").time
    window = (0, now + 30) if end else (now + 100_000, 0)
    ledger.send(OWNER, "addKey", SCHOOL, key_id(GUARDIAN), *window, 1, b"")
    if end:
        ledger.net.sleep(40)
    with pytest.raises(RefusedError, match=r"ledger\.key_inactive"):
        ledger.send(GUARDIAN, "anchorDirect", SCHOOL, 0, root_of("new"), 1)


def _deployed_elsewhere(at: Deployment) -> Deployment:
    return Deployment(at.chain_id, bytes(19) + b"\x01")


def _on_another_chain(at: Deployment) -> Deployment:
    return Deployment(at.chain_id + 1, at.contract)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(_on_another_chain, id="another chain"),
        pytest.param(_deployed_elsewhere, id="another contract"),
    ],
)
def test_a_signature_for_somewhere_else_is_nobodys_here(
    ledger: LedgerUnderTest, other: Callable[[Deployment], Deployment]
) -> None:
    message = {"school": SCHOOL, "seq": 0, "root": root_of("x"), "size": 1, "deadline": 2**39}
    digest = typed.digest(other(ledger.deployment), "Anchor", message)
    call = ledger.call("anchor", *message.values(), _signature(digest))
    with pytest.raises(RefusedError, match=r"ledger\.key_unknown"):
        ledger.send_call(RELAYER, call)


def test_a_relayed_batch_cannot_be_sent_again(ledger: LedgerUnderTest) -> None:
    call = ledger.writer().anchor_call(SCHOOL, 0, root_of("once"), 1)
    ledger.send_call(RELAYER, call)
    with pytest.raises(ConflictError, match=r"ledger\.already_anchored"):
        ledger.send_call(RELAYER, call)


def test_a_relayed_batch_cannot_be_changed_by_the_relayer(ledger: LedgerUnderTest) -> None:
    message = {"school": SCHOOL, "seq": 0, "root": root_of("x"), "size": 1, "deadline": 2**39}
    digest = typed.digest(ledger.deployment, "Anchor", message)
    for field, value in (("root", root_of("y")), ("size", 2), ("deadline", 2**39 + 1)):
        call = ledger.call("anchor", *{**message, field: value}.values(), _signature(digest))
        with pytest.raises(RefusedError, match=r"ledger\.key_unknown"):
            ledger.send_call(RELAYER, call)


def test_a_signature_dies_at_its_deadline(ledger: LedgerUnderTest) -> None:
    message = {"school": SCHOOL, "seq": 0, "root": root_of("x"), "size": 1, "deadline": 1}
    digest = typed.digest(ledger.deployment, "Anchor", message)
    with pytest.raises(RefusedError, match=r"ledger\.deadline_passed"):
        ledger.send_call(RELAYER, ledger.call("anchor", *message.values(), _signature(digest)))


def test_the_other_form_of_a_signature_is_refused(ledger: LedgerUnderTest) -> None:
    message = {"school": SCHOOL, "seq": 0, "root": root_of("x"), "size": 1, "deadline": 2**39}
    good = _signature(typed.digest(ledger.deployment, "Anchor", message))
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    high_s = (order - int.from_bytes(good[32:64], "big")).to_bytes(32, "big")
    forms = {"high s": good[:32] + high_s + bytes([55 - good[64]]), "short": good[:64]}
    for signature in forms.values():
        with pytest.raises(RefusedError, match=r"ledger\.signature_invalid"):
            ledger.send_call(RELAYER, ledger.call("anchor", *message.values(), signature))


def test_a_number_ahead_is_signed_because_its_predecessor_may_be_on_the_way(
    ledger: LedgerUnderTest,
) -> None:
    writer: LedgerWriter = ledger.writer()
    second = writer.anchor_call(SCHOOL, 1, root_of("second"), 1)
    ledger.send_call(RELAYER, writer.anchor_call(SCHOOL, 0, root_of("first"), 1))
    ledger.send_call(RELAYER, second)
    assert writer.next_seq(SCHOOL) == 2
    with pytest.raises(ConflictError, match=r"ledger\.seq_not_next"):
        writer.anchor_call(SCHOOL, 1, root_of("third"), 1)


def test_a_key_of_nobody_cannot_sign_for_a_school(ledger: LedgerUnderTest) -> None:
    writer = ledger.writer(anchor=private_key("stranger"))
    with pytest.raises(RefusedError, match=r"ledger\.key_unknown"):
        writer.anchor_call(SCHOOL, 0, root_of("x"), 1)


def _signature(digest: bytes) -> bytes:
    return signed(ANCHOR_KEY, digest)
