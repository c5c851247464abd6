"""Sending: fees, refusals of nodes, receipts, and acts that are recorded before they are sent."""

import time

import pytest

from chain import acts
from chain.deploy import deploy
from chain.fees import Fees
from chain.governor import Governor
from chain.sender import Sender
from chain.wallet import Wallet, address_of
from credential.chainkeys import ChainKey
from credential.errors import ConflictError, RefusedError
from credential.model import Lane
from credential.records import Call, Receipt, Transaction
from tests.chain.world import (
    ANCHOR_KEY,
    GUARDIAN,
    OTHER_SCHOOL,
    OWNER,
    RELAYER,
    SCHOOL,
    TYPES,
    LedgerUnderTest,
    Net,
    Outbox,
    key_id,
    private_key,
    root_of,
)


def sender_of(net: Net, key: ChainKey = RELAYER) -> Sender:
    return Sender(net.web3, net.chain_id, key)


def mined(sender: Sender, transaction: Transaction) -> Receipt:
    """The outcome of a broadcast transaction, awaited."""
    while (receipt := sender.receipt(transaction)) is None:
        time.sleep(0.01)
    return receipt


def idle(sender: Sender) -> Call:
    """A call that does nothing."""
    return Call(sender.sender, b"", 21_000)


def test_the_same_transaction_may_be_broadcast_twice(net: Net) -> None:
    sender = sender_of(net)
    transaction = sender.sign("idle", idle(sender), sender.nonce())
    sender.broadcast(transaction)
    sender.broadcast(transaction)
    assert mined(sender, transaction).succeeded


def test_a_receipt_is_final_once_its_block_is(net: Net) -> None:
    sender = sender_of(net)
    transaction = sender.sign("idle", idle(sender), sender.nonce())
    assert sender.receipt(transaction) is None
    sender.broadcast(transaction)
    receipt = mined(sender, transaction)
    assert receipt.final is (net.name == "embedded")
    assert receipt.time == net.node.block(receipt.block).time
    net.finalise()
    settled = sender.receipt(transaction)
    assert settled is not None
    assert settled.final


def test_a_nonce_that_another_transaction_used_is_a_conflict(net: Net) -> None:
    sender = sender_of(net)
    nonce = sender.nonce()
    first = sender.sign("idle", idle(sender), nonce)
    sender.broadcast(first)
    mined(sender, first)
    other = sender.sign("other", Call(sender.sender, b"", 30_000), nonce)
    with pytest.raises(ConflictError, match=r"ledger\.nonce_taken"):
        sender.broadcast(other)


def test_transactions_may_arrive_out_of_order(net: Net) -> None:
    sender = sender_of(net)
    nonce = sender.nonce()
    first, second = (sender.sign(f"idle {n}", idle(sender), nonce + n) for n in range(2))
    sender.broadcast(second)
    assert sender.receipt(second) is None
    sender.broadcast(second)
    sender.broadcast(first)
    assert mined(sender, second).succeeded
    assert sender.nonce() == nonce + 2


def test_an_account_without_funds_is_told_so(net: Net) -> None:
    sender = sender_of(net, private_key("poor"))
    with pytest.raises(RefusedError, match=r"ledger\.funds_missing"):
        sender.broadcast(sender.sign("idle", idle(sender), 0))


def test_a_transaction_for_another_chain_is_refused(net: Net) -> None:
    elsewhere = Sender(net.web3, net.chain_id + 1, RELAYER)
    transaction = elsewhere.sign("idle", idle(elsewhere), sender_of(net).nonce())
    with pytest.raises(RefusedError, match=r"ledger\.wrong_chain"):
        elsewhere.broadcast(transaction)
    assert elsewhere.receipt(transaction) is None


# --- transactions that were recorded but never sent ---


def lost(sender: Sender, outbox: Outbox, purpose: str = "lost") -> Transaction:
    """A transaction whose process was killed between recording and broadcasting it."""
    return outbox.record(
        purpose,
        sender.sender,
        sender.nonce(),
        lambda nonce: sender.sign(purpose, idle(sender), nonce),
    )


def test_one_that_was_never_sent_holds_up_none_that_follows(net: Net) -> None:
    sender, outbox = sender_of(net), Outbox()
    gaps = [lost(sender, outbox, f"lost {number}") for number in range(2)]
    made = sender.perform(outbox, "later", idle(sender), wait=5.0)
    assert made.nonce == gaps[-1].nonce + 1
    for gap in gaps:
        receipt = sender.receipt(gap)
        assert receipt is not None
        assert receipt.succeeded


def test_an_act_of_the_department_is_not_held_up_either(bare: LedgerUnderTest) -> None:
    lost(sender_of(bare.net, OWNER), bare.outbox)
    assert bare.governor().perform(acts.set_school(SCHOOL, TYPES)).mined == 1


def test_a_deployment_is_not_held_up_either(net: Net) -> None:
    outbox = Outbox()
    lost(sender_of(net, OWNER), outbox)
    assert deploy(net.web3, net.chain_id, OWNER, outbox)


def test_flushing_repeats_nothing_that_the_chain_has(net: Net) -> None:
    sender, outbox = sender_of(net), Outbox()
    first, second, third = (lost(sender, outbox, f"idle {number}") for number in range(3))
    sender.broadcast(first)
    mined(sender, first)
    sender.broadcast(third)  # known to the chain, but it has to wait for the second
    sender.flush(outbox)
    sender.flush(outbox)
    assert mined(sender, third).succeeded
    assert sender.nonce() == second.nonce + 2
    assert outbox.pending(sender.sender, sender.nonce()) == []


def test_flushing_goes_on_after_a_nonce_that_was_used_meanwhile(net: Net) -> None:
    sender, outbox = sender_of(net), Outbox()
    stored = [lost(sender, outbox, f"idle {number}") for number in range(2)]
    other = sender.sign("other", Call(sender.sender, b"", 30_000), stored[0].nonce)
    sender.broadcast(other)
    mined(sender, other)
    with_both = Outbox(outbox.stored)
    with_both.pending = lambda account, nonce: stored  # type: ignore[method-assign,assignment]
    sender.flush(with_both)  # which were read before the other was mined
    assert mined(sender, stored[1]).succeeded


def test_one_that_offers_too_little_is_replaced_before_it_is_waited_for(net: Net) -> None:
    sender, outbox = sender_of(net), Outbox()
    wallet = Wallet(RELAYER, net.chain_id)
    poor = outbox.record(
        "poor", sender.sender, sender.nonce(),
        lambda nonce: wallet.sign("poor", wallet.idle, nonce, Fees(1, 1), 0),
    )  # fmt: skip
    sender.flush(outbox)
    better = outbox.stored["poor"]
    assert better.replaced == (poor.raw,)
    assert mined(sender, better).succeeded


def test_flushing_says_what_the_chain_does_not_take(net: Net) -> None:
    sender, outbox = sender_of(net, private_key("poor")), Outbox()
    lost(sender, outbox)
    with pytest.raises(RefusedError, match=r"ledger\.funds_missing"):
        sender.flush(outbox)


# --- the writer's reads ---


def test_a_batch_is_anchored_since_its_block(ledger: LedgerUnderTest) -> None:
    writer, root = ledger.writer(), root_of("batch")
    assert writer.anchored(SCHOOL, root) is None
    mined = ledger.send_call(RELAYER, writer.anchor_call(SCHOOL, 0, root, 1))
    receipt = writer.anchored(SCHOOL, root)
    assert receipt is not None
    assert (receipt.succeeded, receipt.block) == (True, mined.block)
    assert receipt.time == ledger.net.node.block(mined.block).time
    ledger.net.finalise()
    receipt = writer.anchored(SCHOOL, root)
    assert receipt is not None
    assert receipt.final


def test_the_writer_reads_number_and_lane_at_the_head(ledger: LedgerUnderTest) -> None:
    writer, root = ledger.writer(), ledger.anchored()
    assert (writer.next_seq(SCHOOL), writer.next_seq(OTHER_SCHOOL)) == (1, 0)
    ledger.send(OWNER, "suspend", SCHOOL, root, 130)
    assert [writer.lane(SCHOOL, root, index) for index in (129, 130)] == [
        Lane.ACTIVE,
        Lane.SUSPENDED,
    ]


# --- recorded acts ---


def test_deploying_twice_gives_the_same_contract(net: Net) -> None:
    outbox = Outbox()
    first = deploy(net.web3, net.chain_id, OWNER, outbox)
    assert deploy(net.web3, net.chain_id, OWNER, outbox) == first
    assert list(outbox.stored) == ["deploy:ledger"]


def test_an_act_that_was_recorded_but_never_sent_is_sent_by_asking_again(
    bare: LedgerUnderTest,
) -> None:
    governor = bare.governor()
    stored = dict(bare.outbox.stored)
    sender = governor._sender
    broadcast = sender.broadcast
    sender.broadcast = _crash  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        governor.perform(acts.set_school(SCHOOL, TYPES))
    assert len(bare.outbox.stored) == len(stored) + 1
    sender.broadcast = broadcast  # type: ignore[method-assign]
    assert bare.governor().perform(acts.set_school(SCHOOL, TYPES)).mined == 1
    assert len(bare.outbox.stored) == len(stored) + 1


def _crash(transaction: object) -> None:
    raise KeyboardInterrupt


def test_acts_of_the_department_are_idempotent(bare: LedgerUnderTest) -> None:
    anchor_id, guardian = key_id(ANCHOR_KEY), address_of(GUARDIAN)
    given = {
        "accredit": acts.set_school(SCHOOL, TYPES),
        "another type": acts.set_school(SCHOOL, TYPES | 4),
        "an end": acts.set_school(SCHOOL, TYPES, valid_until=2**38),
        "chain key": acts.add_chain_key(SCHOOL, address_of(ANCHOR_KEY), 3),
        "suspend": acts.suspend_school(SCHOOL),
        "reinstate": acts.reinstate_school(SCHOOL),
        "suspend again": acts.suspend_school(SCHOOL),
        "compromised": acts.mark_compromised(anchor_id, 100),
        "compromised before": acts.mark_compromised(anchor_id, 90),
        "retire": acts.retire_key(anchor_id),
        "guardian": acts.set_guardian(guardian),
        "no guardian": acts.set_guardian(bytes(20)),
        "guardian again": acts.set_guardian(guardian),
        "pause": acts.pause(),
        "unpause": acts.unpause(),
        "pause again": acts.pause(),
        "offer": acts.offer_ownership(guardian),
        "retire the contract": acts.retire(b"\x22" * 20),
    }
    governor = bare.governor()
    sent = {name: [governor.perform(act).mined for _ in "ab"] for name, act in given.items()}
    assert sent == {name: [1, 0] for name in given}
    assert governor.perform(acts.mark_compromised(anchor_id, 95)).standing == 1


def test_ownership_is_accepted_once(bare: LedgerUnderTest) -> None:
    bare.governor().perform(acts.offer_ownership(address_of(RELAYER)))
    successor = Governor(bare.net.web3, bare.deployment, RELAYER, bare.outbox)
    accept = acts.accept_ownership(address_of(RELAYER))
    assert [successor.perform(accept).mined for _ in "ab"] == [1, 0]
    assert successor.perform(acts.set_school(SCHOOL, TYPES)).mined == 1


def test_only_the_owner_governs(bare: LedgerUnderTest) -> None:
    governor = Governor(bare.net.web3, bare.deployment, RELAYER, bare.outbox)
    before = len(bare.outbox.stored)
    with pytest.raises(RefusedError, match=r"govern\.not_owner"):
        governor.perform(acts.set_school(SCHOOL, TYPES))
    assert len(bare.outbox.stored) == before


def test_a_transaction_that_failed_is_left_behind(ledger: LedgerUnderTest) -> None:
    outbox, root = Outbox(), root_of("batch")
    sender = sender_of(ledger.net, ANCHOR_KEY)
    call = ledger.call("anchorDirect", SCHOOL, 0, root, 1)
    failed = outbox.record(
        "anchor",
        sender.sender,
        sender.nonce(),
        lambda nonce: sender.sign(
            "anchor", Call(ledger.deployment.contract, call.data, 60_000), nonce
        ),
    )
    sender.broadcast(failed)
    assert not mined(sender, failed).succeeded
    ledger.net.finalise()  # before that it may yet be taken back
    made = sender.perform(outbox, "anchor", call)
    assert list(outbox.stored) == ["anchor", "anchor#1"]
    assert made == outbox.stored["anchor#1"]
    assert sender.perform(outbox, "anchor", call) == made
