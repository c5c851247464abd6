"""Status lanes: who may move which, what never reopens, and that nothing else moves."""

from collections.abc import Callable

import pytest

from credential.errors import RefusedError
from credential.model import Lane
from tests.chain.world import (
    ANCHOR_KEY,
    OWNER,
    RELAYER,
    REVOKE_KEY,
    SCHOOL,
    LedgerUnderTest,
    key_id,
    root_of,
)

ALL_LANES = 2**256 - 1
Change = Callable[[LedgerUnderTest, bytes, int], object]


def lane(at: LedgerUnderTest, root: bytes, index: int) -> Lane:
    """As the contract's view says; the writer's own reading must agree."""
    shown = Lane(int.from_bytes(at.view("laneOf", SCHOOL, root, index), "big"))
    assert at.writer().lane(SCHOOL, root, index) is shown
    return shown


def suspend(at: LedgerUnderTest, root: bytes, index: int) -> None:
    at.send(ANCHOR_KEY, "suspend", SCHOOL, root, index)


def reinstate(at: LedgerUnderTest, root: bytes, index: int) -> None:
    at.send(ANCHOR_KEY, "reinstate", SCHOOL, root, index)


def revoke(at: LedgerUnderTest, root: bytes, index: int) -> None:
    at.send(REVOKE_KEY, "revoke", SCHOOL, root, index)


def supersede(at: LedgerUnderTest, root: bytes, index: int) -> None:
    at.send(REVOKE_KEY, "supersede", SCHOOL, root, index, root, 299)


@pytest.mark.parametrize("index", [0, 127, 128, 299])
def test_a_change_moves_its_own_lane_and_no_other(ledger: LedgerUnderTest, index: int) -> None:
    root = ledger.anchored()
    revoke(ledger, root, index)
    neighbours = [other for other in (0, 1, 126, 127, 128, 129, 298, 299) if other != index]
    assert lane(ledger, root, index) is Lane.REVOKED
    assert {ledger.writer().lane(SCHOOL, root, other) for other in neighbours} == {Lane.ACTIVE}


def test_a_suspension_is_lifted_and_set_again(ledger: LedgerUnderTest) -> None:
    root = ledger.anchored()
    for change, expected in ((suspend, 1), (reinstate, 0), (suspend, 1)):
        change(ledger, root, 5)
        assert lane(ledger, root, 5) == expected


def test_a_suspended_credential_may_be_revoked(ledger: LedgerUnderTest) -> None:
    root = ledger.anchored()
    suspend(ledger, root, 5)
    revoke(ledger, root, 5)
    assert lane(ledger, root, 5) is Lane.REVOKED


@pytest.mark.parametrize("end", [revoke, supersede])
@pytest.mark.parametrize("change", [suspend, reinstate, revoke, supersede])
def test_what_is_terminal_never_reopens(
    ledger: LedgerUnderTest, end: Change, change: Change
) -> None:
    root = ledger.anchored()
    end(ledger, root, 7)
    with pytest.raises(RefusedError, match=r"ledger\.lane_terminal"):
        change(ledger, root, 7)


def test_128_are_revoked_at_once_and_terminal_ones_stay_as_they_are(
    ledger: LedgerUnderTest,
) -> None:
    root = ledger.anchored()
    supersede(ledger, root, 130)
    suspend(ledger, root, 131)
    ledger.send(REVOKE_KEY, "revokeWord", SCHOOL, root, 1, ALL_LANES)
    writer = ledger.writer()
    lanes = {index: writer.lane(SCHOOL, root, index) for index in (127, 128, 130, 131, 255, 256)}
    assert lanes == {127: 0, 128: 3, 130: 2, 131: 3, 255: 3, 256: 0}


Attempt = Callable[[LedgerUnderTest, bytes], object]

REFUSED_CHANGES: dict[str, tuple[str, Attempt]] = {
    "a stranger revokes": (
        "ledger.key_unknown",
        lambda at, root: at.send(RELAYER, "revoke", SCHOOL, root, 1),
    ),
    "the anchor key revokes": (
        "ledger.key_lacks_role",
        lambda at, root: at.send(ANCHOR_KEY, "revoke", SCHOOL, root, 1),
    ),
    "the anchor key revokes a word": (
        "ledger.key_lacks_role",
        lambda at, root: at.send(ANCHOR_KEY, "revokeWord", SCHOOL, root, 0, 3),
    ),
    "the anchor key supersedes": (
        "ledger.key_lacks_role",
        lambda at, root: at.send(ANCHOR_KEY, "supersede", SCHOOL, root, 1, root, 2),
    ),
    "the revoke key suspends": (
        "ledger.key_lacks_role",
        lambda at, root: at.send(REVOKE_KEY, "suspend", SCHOOL, root, 1),
    ),
    "the index is beyond the batch": (
        "ledger.index_out_of_range",
        lambda at, root: at.send(OWNER, "revoke", SCHOOL, root, 300),
    ),
    "the batch is not anchored": (
        "ledger.not_anchored",
        lambda at, root: at.send(OWNER, "revoke", SCHOOL, root_of("none"), 0),
    ),
    "an active lane is reinstated": (
        "ledger.lane_unchanged",
        lambda at, root: at.send(OWNER, "reinstate", SCHOOL, root, 1),
    ),
    "a mask has half a lane": (
        "ledger.mask_invalid",
        lambda at, root: at.send(OWNER, "revokeWord", SCHOOL, root, 0, 0b0111),
    ),
    "a mask is empty": (
        "ledger.mask_invalid",
        lambda at, root: at.send(OWNER, "revokeWord", SCHOOL, root, 0, 0),
    ),
    "a mask reaches beyond the batch": (
        "ledger.index_out_of_range",
        lambda at, root: at.send(OWNER, "revokeWord", SCHOOL, root, 2, 3 << 2 * 44),
    ),
    "a word is far beyond any batch": (
        "ledger.mask_invalid",
        lambda at, root: at.send(OWNER, "revokeWord", SCHOOL, root, 2**31, 3),
    ),
    "a credential succeeds itself": (
        "ledger.successor_invalid",
        lambda at, root: at.send(OWNER, "supersede", SCHOOL, root, 1, root, 1),
    ),
    "the successor is not anchored": (
        "ledger.not_anchored",
        lambda at, root: at.send(OWNER, "supersede", SCHOOL, root, 1, root_of("none"), 1),
    ),
}


@pytest.mark.parametrize("case", REFUSED_CHANGES)
def test_it_is_refused_when(ledger: LedgerUnderTest, case: str) -> None:
    root = ledger.anchored()
    code, attempt = REFUSED_CHANGES[case]
    with pytest.raises(RefusedError) as caught:
        attempt(ledger, root)
    assert caught.value.code == code


def test_the_last_lane_of_a_batch_can_be_revoked_by_mask(ledger: LedgerUnderTest) -> None:
    root = ledger.anchored()
    ledger.send(OWNER, "revokeWord", SCHOOL, root, 2, 3 << 2 * 43)
    assert lane(ledger, root, 299) is Lane.REVOKED


def test_neither_pause_nor_retirement_nor_suspension_blocks_a_revocation(
    ledger: LedgerUnderTest,
) -> None:
    root = ledger.anchored()
    ledger.send(OWNER, "pause")
    ledger.send(OWNER, "suspendSchool", SCHOOL)
    ledger.send(OWNER, "retire", b"\x11" * 20)
    revoke(ledger, root, 1)
    suspend(ledger, root, 2)
    ledger.send(OWNER, "revoke", SCHOOL, root, 3)
    assert [lane(ledger, root, index) for index in (1, 2, 3)] == [3, 1, 3]


def test_a_compromised_key_changes_nothing_any_more(ledger: LedgerUnderTest) -> None:
    root = ledger.anchored()
    ledger.send(OWNER, "markCompromised", key_id(REVOKE_KEY), 1)
    with pytest.raises(RefusedError, match=r"ledger\.key_inactive"):
        revoke(ledger, root, 1)


# --- relayed ---


def test_a_relayed_change_is_the_schools_and_costs_it_nothing(ledger: LedgerUnderTest) -> None:
    root = ledger.anchored()
    writer = ledger.writer()
    ledger.send_call(RELAYER, writer.status_call(SCHOOL, root, 0, Lane.SUSPENDED))
    ledger.send_call(RELAYER, writer.status_call(SCHOOL, root, 0, Lane.ACTIVE))
    ledger.send_call(RELAYER, writer.status_call(SCHOOL, root, 1, Lane.REVOKED))
    ledger.send_call(RELAYER, writer.revoke_word_call(SCHOOL, root, [2]))
    ledger.send_call(RELAYER, writer.supersede_call(SCHOOL, root, 3, root, 4))
    assert [lane(ledger, root, index) for index in range(5)] == [0, 3, 3, 2, 0]


def test_an_old_suspension_cannot_be_sent_again(ledger: LedgerUnderTest) -> None:
    root = ledger.anchored()
    writer = ledger.writer()
    old = writer.status_call(SCHOOL, root, 0, Lane.SUSPENDED)
    ledger.send_call(RELAYER, old)
    ledger.send_call(RELAYER, writer.status_call(SCHOOL, root, 0, Lane.ACTIVE))
    with pytest.raises(RefusedError, match=r"ledger\.key_unknown"):
        ledger.send_call(RELAYER, old)
    assert lane(ledger, root, 0) is Lane.ACTIVE


def test_many_revocations_may_be_signed_at_once(ledger: LedgerUnderTest) -> None:
    root = ledger.anchored()
    writer = ledger.writer()
    calls = [writer.status_call(SCHOOL, root, index, Lane.REVOKED) for index in range(3)]
    for call in reversed(calls):
        ledger.send_call(RELAYER, call)
    assert [lane(ledger, root, index) for index in range(3)] == [3, 3, 3]


def test_a_relayed_word_leaves_what_is_terminal_and_is_refused_when_all_is(
    ledger: LedgerUnderTest,
) -> None:
    root = ledger.anchored()
    writer, asked = ledger.writer(), [128, 130, 131, 255]
    supersede(ledger, root, 130)
    suspend(ledger, root, 131)
    ledger.send_call(RELAYER, writer.revoke_word_call(SCHOOL, root, asked))
    lanes = writer.lanes(SCHOOL, root, [255, 0, 128, 299, 130, 131, 129])
    assert lanes == [3, 0, 3, 0, 2, 3, 0], "of several words, in the order asked for"
    ledger.net.finalise()
    assert writer.lanes(SCHOOL, root, asked, final=True) == [3, 2, 3, 3]
    with pytest.raises(RefusedError, match=r"ledger\.lane_unchanged"):
        writer.revoke_word_call(SCHOOL, root, asked)
    assert writer.lanes(SCHOOL, root, []) == []


def test_superseding_needs_a_successor(ledger: LedgerUnderTest) -> None:
    root = ledger.anchored()
    with pytest.raises(RefusedError, match=r"ledger\.successor_missing"):
        ledger.writer().status_call(SCHOOL, root, 0, Lane.SUPERSEDED)
    call = ledger.call("setStatusFor", SCHOOL, root, 0, 2, 2**39, b"\x01" * 65)
    with pytest.raises(RefusedError, match=r"ledger\.lane_invalid"):
        ledger.send_call(RELAYER, call)


def test_the_wrong_key_signs_a_status_in_vain(ledger: LedgerUnderTest) -> None:
    root = ledger.anchored()
    writer = ledger.writer(revoke=ANCHOR_KEY)
    with pytest.raises(RefusedError, match=r"ledger\.key_lacks_role"):
        writer.status_call(SCHOOL, root, 0, Lane.REVOKED)
