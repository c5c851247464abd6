"""What is offered per gas, in wei: at first and for a replacement, under a cap."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain import fees
from chain.fees import Fees, Market
from credential.errors import RefusedError

ASKED = {
    "room for a rising base fee": (Market(9, 9, 100, 7), 1000, Fees(407, 7)),
    "a chain without fees": (Market(9, 9, 0, 0), 1000, Fees(0, 0)),
    "the room is cut at the cap": (Market(9, 9, 300, 7), 1000, Fees(1000, 7)),
    "the cap is just enough": (Market(9, 9, 993, 7), 1000, Fees(1000, 7)),
}
REPLACED = {
    "a tenth more": (Fees(1000, 100), Market(9, 9, 10, 1), 2000, Fees(1100, 110)),
    "rounded up": (Fees(1001, 3), Market(9, 9, 10, 1), 2000, Fees(1102, 4)),
    "no less than a new one": (Fees(1000, 100), Market(9, 9, 400, 300), 2000, Fees(1900, 300)),
    "exactly the cap": (Fees(1000, 100), Market(9, 9, 10, 1), 1100, Fees(1100, 110)),
}
TOO_DEAR = {
    "the base fee": lambda: fees.first(Market(9, 9, 1001, 0), 1000),
    "base fee and tip": lambda: fees.first(Market(9, 9, 994, 7), 1000),
    "a tenth more": lambda: fees.raised(Fees(1000, 100), Market(9, 9, 10, 1), 1099),
}


@pytest.mark.parametrize("case", ASKED)
def test_a_new_one_offers(case: str) -> None:
    market, cap, offer = ASKED[case]
    assert fees.first(market, cap) == offer


@pytest.mark.parametrize("case", REPLACED)
def test_a_replacement_offers(case: str) -> None:
    old, market, cap, offer = REPLACED[case]
    assert fees.raised(old, market, cap) == offer


@pytest.mark.parametrize("case", TOO_DEAR)
def test_above_the_cap_is(case: str) -> None:
    with pytest.raises(RefusedError, match=r"ledger\.fee_cap"):
        TOO_DEAR[case]()


wei = st.integers(0, 10**13)


@given(wei, wei, wei, wei, wei)
def test_no_replacement_is_refused_as_too_cheap_or_above_the_cap(
    base_fee: int, tip: int, most: int, old_tip: int, cap: int
) -> None:
    old = Fees(max(most, old_tip), old_tip)
    try:
        new = fees.raised(old, Market(9, 9, base_fee, tip), cap)
    except RefusedError:
        return
    assert new.tip * 100 >= old.tip * 110
    assert new.most * 100 >= old.most * 110
    assert base_fee + tip <= new.most <= cap
    assert new.tip <= new.most
