"""Claim codes: how they are spelled, what is forgiven, and that a slip of the hand is noticed."""

import hashlib

import pytest

from credential import claimcode, crockford, lookup
from credential.errors import FormatError

CODE = claimcode.encode(bytes(range(12)))


def test_a_code_is_spelled_in_one_way() -> None:
    assert "000G40R40M30E209185G"[:19] + CODE[19] == CODE
    assert crockford.grouped(CODE) == " ".join(CODE[at : at + 4] for at in range(0, 20, 4))
    assert claimcode.parse(CODE) == CODE
    assert claimcode.parse(f" {crockford.grouped(CODE).lower().replace('0', 'o')} ") == CODE
    assert claimcode.digest(CODE) == hashlib.sha256(CODE.encode()).digest()


def test_it_carries_95_random_bits() -> None:
    low, high = bytes(12), bytes([255]) * 12
    assert claimcode.encode(low)[:19] == "0" * 19
    assert claimcode.encode(high)[:19] == "Z" * 19
    for bit in range(95):
        changed = (1 << (95 - bit)).to_bytes(12, "big")
        assert claimcode.encode(changed)[:19] != "0" * 19, bit


def test_every_wrong_character_and_every_swap_is_noticed() -> None:
    for at in range(20):
        for char in crockford.ALPHABET:
            wrong = CODE[:at] + char + CODE[at + 1 :]
            if wrong != CODE:
                with pytest.raises(FormatError, match=r"claim_code\.check"):
                    claimcode.parse(wrong)
    for first in range(20):
        for second in range(first):
            swapped = list(CODE)
            swapped[first], swapped[second] = swapped[second], swapped[first]
            if "".join(swapped) != CODE:
                with pytest.raises(FormatError, match=r"claim_code\.check"):
                    claimcode.parse("".join(swapped))


@pytest.mark.parametrize("typed", ["", CODE[:19], CODE + "0", CODE[:19] + "U", "ế" * 20])
def test_what_is_none_is_told(typed: str) -> None:
    with pytest.raises(FormatError, match=r"claim_code\.malformed"):
        claimcode.parse(typed)


def test_neither_kind_of_code_is_taken_for_the_other() -> None:
    other = lookup.encode(bytes(range(10)))
    with pytest.raises(FormatError, match=r"claim_code\.malformed"):
        claimcode.parse(other)
    with pytest.raises(FormatError, match=r"code\.malformed"):
        lookup.parse(CODE)
    assert not lookup.looks_like_code(CODE)
