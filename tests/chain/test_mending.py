"""What becomes of transactions that are not mined: on anvil, which makes a block when told to."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest

from chain import defaults
from chain.fees import Fees
from chain.provider import close, connect
from chain.sender import Sender
from chain.wallet import Wallet, call_of, fees_of, hash_of
from credential.chainkeys import ChainKey
from credential.errors import ConflictError, RefusedError, UnavailableError
from credential.records import Call, Receipt, Transaction
from tests.chain.middleman import Middleman, Reply
from tests.chain.world import Net, Outbox, private_key, rpc

pytestmark = pytest.mark.anvil
GWEI = 10**9
NAMES = itertools.count()


@dataclass
class Desk:
    """An account that nobody used before, its outbox, and the chain's clock and prices."""

    net: Net
    key: ChainKey = field(default_factory=lambda: private_key(f"mending {next(NAMES)}"))
    outbox: Outbox = field(default_factory=Outbox)

    def __post_init__(self) -> None:
        self.sender = Sender(self.net.web3, self.net.chain_id, self.key)
        self.wallet = Wallet(self.key, self.net.chain_id)
        rpc(self.net.web3, "anvil_setBalance", "0x" + self.sender.sender.hex(), hex(10**24))
        rpc(self.net.web3, "anvil_dropAllTransactions")
        self.price(GWEI)

    def price(self, base_fee: int) -> None:
        rpc(self.net.web3, "anvil_setNextBlockBaseFeePerGas", hex(base_fee))
        rpc(self.net.web3, "evm_mine")

    def pass_over(self, blocks: int = defaults.STUCK_BLOCKS, seconds: int = 12) -> None:
        """Blocks without room for anything of ours, so many seconds apart."""
        rpc(self.net.web3, "evm_setBlockGasLimit", hex(30_000))
        for _ in range(blocks):
            rpc(self.net.web3, "evm_increaseTime", seconds)
            rpc(self.net.web3, "evm_mine")
        rpc(self.net.web3, "evm_setBlockGasLimit", hex(30_000_000))

    def record(self, purpose: str = "idle", call: Call | None = None) -> Transaction:
        return self.outbox.record(
            purpose,
            self.sender.sender,
            self.sender.nonce(),
            lambda nonce: self.sender.sign(purpose, call or self.distinct(purpose), nonce),
        )

    def distinct(self, purpose: str) -> Call:
        """A call that is no filler, to an address without code."""
        return Call(b"\x0c" * 20, purpose.encode(), 50_000)

    def newest(self, transaction: Transaction) -> Transaction:
        return self.outbox.stored[transaction.purpose]

    def waits(self, transaction: Transaction) -> bool:
        found = rpc(self.net.web3, "eth_getTransactionByHash", "0x" + transaction.hash.hex())
        return found is not None and found["blockNumber"] is None

    def outcome(self, transaction: Transaction) -> Receipt | None:
        return self.sender.receipt(self.newest(transaction))

    def succeeded(self, transaction: Transaction) -> bool:
        receipt = self.outcome(transaction)
        return receipt is not None and receipt.succeeded


@pytest.fixture
def node(manual: Net) -> Iterator[Middleman]:
    """A node between ours and the desk, of which a test decides how it misbehaves."""
    server = Middleman(manual.web3)
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def desk(manual: Net) -> Desk:
    return Desk(manual)


@pytest.fixture
def through(desk: Desk, node: Middleman) -> Iterator[Sender]:
    """The desk's account over that node."""
    web3 = connect(node.url)
    yield Sender(web3, desk.net.chain_id, desk.key)
    close(web3)


def test_a_stuck_one_is_replaced_for_a_tenth_more_and_mined_once(desk: Desk) -> None:
    first = desk.record()
    desk.sender.flush(desk.outbox)
    desk.pass_over()
    desk.sender.flush(desk.outbox)
    second = desk.newest(first)
    old, new = fees_of(first.raw), fees_of(second.raw)
    assert second.replaced == (first.raw,)
    assert new.tip * 10 >= old.tip * 11
    assert new.most * 10 >= old.most * 11
    assert call_of(second.raw) == call_of(first.raw)
    desk.price(GWEI)
    assert desk.succeeded(first)
    assert desk.sender.nonce() == 1


def test_a_stuck_one_is_replaced_again_and_again(desk: Desk) -> None:
    first = desk.record()
    for _ in range(3):
        desk.sender.flush(desk.outbox)
        desk.sender.flush(desk.outbox)
        desk.pass_over()
    assert len(desk.newest(first).replaced) == 2
    desk.price(GWEI)
    assert desk.succeeded(first)


PATIENT = {
    "it is too young in blocks": lambda desk: desk.pass_over(defaults.STUCK_BLOCKS - 1),
    "it is too young in seconds": lambda desk: desk.pass_over(20, seconds=1),
}


@pytest.mark.parametrize("reason", PATIENT)
def test_one_is_not_replaced_while(desk: Desk, reason: str) -> None:
    first = desk.record()
    desk.sender.flush(desk.outbox)
    PATIENT[reason](desk)
    desk.sender.flush(desk.outbox)
    assert desk.newest(first) == first


def test_of_a_queue_only_the_first_is_stuck(desk: Desk) -> None:
    queue = [desk.record(f"idle {number}") for number in range(3)]
    desk.sender.flush(desk.outbox)
    desk.pass_over()
    desk.sender.flush(desk.outbox)
    assert [len(desk.newest(each).replaced) for each in queue] == [1, 0, 0]
    desk.price(GWEI)
    assert all(desk.succeeded(each) for each in queue)


def test_a_queue_that_is_priced_out_is_replaced_as_a_whole(desk: Desk) -> None:
    queue = [desk.record(f"idle {number}") for number in range(3)]
    desk.sender.flush(desk.outbox)
    desk.price(50 * GWEI)
    desk.sender.flush(desk.outbox)
    assert all(fees_of(desk.newest(each).raw).most >= 50 * GWEI for each in queue)
    desk.price(50 * GWEI)
    assert all(desk.succeeded(each) for each in queue)
    assert desk.sender.nonce() == len(queue)


def test_a_dropped_one_is_sent_again_as_it_was(desk: Desk) -> None:
    first = desk.record()
    desk.sender.flush(desk.outbox)
    rpc(desk.net.web3, "anvil_dropTransaction", "0x" + first.hash.hex())
    assert not desk.waits(first)
    desk.sender.flush(desk.outbox)
    assert desk.waits(first)
    assert desk.newest(first) == first
    desk.price(GWEI)
    assert desk.succeeded(first)


def test_one_that_was_dropped_and_became_too_cheap_is_sent_for_more(desk: Desk) -> None:
    first = desk.record()
    desk.price(50 * GWEI)
    desk.sender.flush(desk.outbox)
    assert desk.newest(first).replaced == (first.raw,)
    desk.price(50 * GWEI)
    assert desk.succeeded(first)


def test_the_original_may_be_mined_instead_of_its_replacement(desk: Desk) -> None:
    first = desk.record()
    desk.sender.flush(desk.outbox)
    desk.pass_over()
    desk.sender.flush(desk.outbox)
    second = desk.newest(first)
    rpc(desk.net.web3, "anvil_dropTransaction", "0x" + second.hash.hex())
    desk.price(GWEI)
    desk.sender.broadcast(first)  # as another node would, that never heard of the replacement
    desk.price(GWEI)
    assert desk.succeeded(first)
    with pytest.raises(ConflictError, match=r"ledger\.nonce_taken"):
        desk.sender.broadcast(second)
    stored = dict(desk.outbox.stored)
    assert desk.sender.perform(desk.outbox, "idle", desk.distinct("idle")) == second
    assert desk.outbox.stored == stored, "nothing is made anew"


def unfit(desk: Desk, purpose: str) -> Transaction:
    """A recorded transaction that no block has room for."""
    return desk.record(purpose, replace(desk.distinct(purpose), gas=10**9))


def test_one_that_no_node_takes_is_filled_and_what_follows_goes_on(desk: Desk) -> None:
    gap, later = unfit(desk, "gap"), desk.record("later")
    desk.sender.flush(desk.outbox)
    desk.price(GWEI)
    assert desk.succeeded(later)
    receipt = desk.outcome(gap)
    assert receipt is not None
    assert not receipt.succeeded, "a filler is mined, but it is not what was meant"
    assert desk.sender.nonce() == 2


def test_what_a_filler_took_the_place_of_is_done_with_another_nonce(desk: Desk) -> None:
    unfit(desk, "act")
    desk.sender.flush(desk.outbox)
    desk.net.finalise()
    rpc(desk.net.web3, "evm_setAutomine", True)
    try:
        made = desk.sender.perform(desk.outbox, "act", desk.distinct("act"))
    finally:
        rpc(desk.net.web3, "evm_setAutomine", False)
    assert (made.purpose, made.nonce) == ("act#1", 1)


def test_nonces_that_nothing_was_recorded_for_are_filled(desk: Desk) -> None:
    later = desk.outbox.record(
        "later", desk.sender.sender, 2,
        lambda nonce: desk.sender.sign("later", desk.distinct("later"), nonce),
    )  # fmt: skip
    desk.sender.flush(desk.outbox)
    desk.price(GWEI)
    assert desk.succeeded(later)
    assert sorted(each.nonce for each in desk.outbox.stored.values()) == [0, 1, 2]


def test_a_gap_too_wide_is_left_to_people(desk: Desk) -> None:
    far = defaults.GAP_LIMIT + 1
    desk.outbox.record(
        "far", desk.sender.sender, far,
        lambda nonce: desk.sender.sign("far", desk.distinct("far"), nonce),
    )  # fmt: skip
    with pytest.raises(ConflictError, match=r"ledger\.nonce_gap"):
        desk.sender.flush(desk.outbox)
    assert list(desk.outbox.stored) == ["far"]


# --- the cap ---


def test_no_transaction_is_signed_above_the_cap(desk: Desk) -> None:
    thrifty = Sender(desk.net.web3, desk.net.chain_id, desk.key, fee_cap=20 * GWEI)
    assert fees_of(thrifty.sign("idle", desk.wallet.idle, 0).raw).most <= 20 * GWEI
    desk.price(20 * GWEI)
    with pytest.raises(RefusedError, match=r"ledger\.fee_cap"):
        thrifty.sign("idle", desk.wallet.idle, 0)


def test_a_stuck_one_at_the_cap_says_so_stays_offered_and_is_mined_later(desk: Desk) -> None:
    desk.sender = Sender(desk.net.web3, desk.net.chain_id, desk.key, fee_cap=4 * GWEI)
    first = desk.record()
    desk.sender.flush(desk.outbox)
    desk.pass_over()
    with pytest.raises(RefusedError, match=r"ledger\.fee_cap"):
        desk.sender.flush(desk.outbox)
    assert desk.newest(first) == first
    assert desk.waits(first)
    desk.price(GWEI)
    assert desk.succeeded(first)


def test_a_lying_node_cannot_make_anyone_pay_more_than_the_cap(
    node: Middleman, desk: Desk, through: Sender
) -> None:
    node.spoil("eth_maxPriorityFeePerGas", lambda answer: answer.update(result=hex(10**18)))
    with pytest.raises(RefusedError, match=r"ledger\.fee_cap"):
        through.sign("a", desk.wallet.idle, 0)


# --- outcomes that were no outcomes ---


def test_a_receipt_that_a_reorganisation_took_away_is_pending_again(desk: Desk) -> None:
    first = desk.record()
    desk.sender.flush(desk.outbox)
    desk.price(GWEI)
    desk.price(GWEI)
    assert desk.succeeded(first)
    rpc(desk.net.web3, "anvil_reorg", 2, [])
    assert desk.outcome(first) is None
    desk.sender.flush(desk.outbox)
    desk.price(GWEI)
    assert desk.succeeded(first)
    assert desk.sender.nonce() == 1


def test_a_nonce_that_somebody_else_used_is_given_up_once_that_is_final(desk: Desk) -> None:
    first = desk.record()
    foreign = desk.wallet.sign("foreign", desk.wallet.idle, 0, Fees(9 * GWEI, GWEI), 0)
    desk.sender.broadcast(foreign)
    desk.price(GWEI)
    desk.sender.flush(desk.outbox)
    assert desk.outcome(first) is None, "it may yet be taken back"
    desk.net.finalise()
    receipt = desk.outcome(first)
    assert receipt is not None
    assert (receipt.succeeded, receipt.final) == (False, True)


def test_a_nonce_that_is_counted_before_its_receipt_is_shown_has_not_failed(
    desk: Desk, node: Middleman, through: Sender
) -> None:
    first, hidden = desk.record(), [2]
    desk.sender.flush(desk.outbox)
    desk.net.finalise()

    def hide(answer: dict[str, object]) -> None:
        hidden[0] -= 1
        if hidden[0] >= 0:
            answer["result"] = None

    node.spoil("eth_getTransactionReceipt", hide)
    assert through.finish(desk.outbox, first, desk.distinct("idle"), wait=10.0) == first


def test_a_creation_that_failed_is_refused_and_no_silence_of_the_chain(desk: Desk) -> None:
    creation = Call(b"", b"\xfe", 100_000)
    first = desk.record("create", creation)
    desk.sender.flush(desk.outbox)
    desk.price(GWEI)
    with pytest.raises(RefusedError, match=r"ledger\.refused"):
        desk.sender.finish(desk.outbox, first, creation, wait=10.0)


def test_a_contract_is_not_created_twice_because_a_node_forgot_the_first(desk: Desk) -> None:
    creation = Call(b"", b"\x00", 100_000)
    desk.record("create", creation)
    foreign = desk.wallet.sign("foreign", desk.wallet.idle, 0, Fees(9 * GWEI, GWEI), 0)
    desk.sender.broadcast(foreign)
    desk.net.finalise()
    with pytest.raises(ConflictError, match=r"ledger\.nonce_taken"):
        desk.sender.perform(desk.outbox, "create", creation)
    assert list(desk.outbox.stored) == ["create"]


# --- writes that failed, and that failed but happened ---


def test_a_send_whose_answer_was_lost_is_sent_once(
    desk: Desk, node: Middleman, through: Sender
) -> None:
    first = desk.record()

    def lose(body: bytes) -> Reply:
        answers = node.answers(body)
        return (
            (500, b"") if b"eth_sendRawTransaction" in body else (200, json.dumps(answers).encode())
        )

    node.reply = lose
    with pytest.raises(UnavailableError):
        through.flush(desk.outbox)
    assert desk.waits(first), "it happened"
    node.reply = node.honest
    through.flush(desk.outbox)
    desk.price(GWEI)
    assert desk.succeeded(first)
    assert desk.sender.nonce() == 1


@pytest.mark.parametrize("stored", [True, False], ids=["failed but happened", "failed"])
def test_a_replacement_that_could_not_be_stored_is_never_broadcast(
    desk: Desk, stored: bool
) -> None:
    first = desk.record()
    desk.sender.flush(desk.outbox)
    desk.pass_over()
    outbox = Unwilling(desk.outbox.stored, stored)
    with pytest.raises(UnavailableError):
        desk.sender.flush(outbox)
    second = desk.newest(first)
    assert (second != first) is stored
    assert not desk.waits(second) or not stored
    desk.sender.flush(desk.outbox)
    desk.price(GWEI)
    assert desk.succeeded(first)
    assert len(desk.newest(first).replaced) == 1
    assert hash_of(desk.newest(first).replaced[0]) == first.hash


@dataclass
class Unwilling(Outbox):
    """Its `replace` fails, with or without having done it."""

    happens: bool = False

    def replace(self, old: Transaction, new: Transaction) -> Transaction:
        if self.happens:
            super().replace(old, new)
        raise UnavailableError("store", "the answer was lost")
