"""What a transaction offers to pay (EIP-1559), in wei per gas: at first, and when it is replaced.

Pure arithmetic over what the chain's head asks for. Nodes take a replacement only if it raises both
numbers by a tenth (geth's and reth's price bump), so it is never less here, rounded up.
"""

from dataclasses import dataclass

from chain import defaults
from credential.errors import RefusedError


@dataclass(frozen=True, slots=True)
class Market:
    """The head of the chain: number, time and base fee, and the tip that a node suggests."""

    block: int
    time: int
    base_fee: int
    tip: int


@dataclass(frozen=True, slots=True)
class Fees:
    """The most that is paid per gas, and how much of it may go to the block's producer."""

    most: int
    tip: int


def first(market: Market, cap: int) -> Fees:
    """What a new transaction offers: room for a rising base fee, but never more than `cap`.

    Raises RefusedError ``ledger.fee_cap`` when not even the next block could be paid.
    """
    needed = market.base_fee + market.tip
    _check(needed, cap)
    return Fees(min(market.base_fee * defaults.BASE_FEE_ROOM + market.tip, cap), market.tip)


def raised(old: Fees, market: Market, cap: int) -> Fees:
    """What a replacement offers: a tenth more than before, and no less than a new one would.

    Raises RefusedError ``ledger.fee_cap``.
    """
    now = first(market, cap)
    tip = max(_tenth_more(old.tip), now.tip)
    most = max(_tenth_more(old.most), now.most)
    _check(most, cap)
    return Fees(most, tip)


def _tenth_more(wei: int) -> int:
    return -(-wei * (100 + defaults.BUMP_PERCENT) // 100)


def _check(wei: int, cap: int) -> None:
    if wei > cap:
        raise RefusedError("ledger.fee_cap", needed=wei, cap=cap)
