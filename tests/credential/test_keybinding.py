"""Key binding: whoever shows a credential proves to have the holder's key, here and now."""

import pytest

from credential import keybinding, sdjwt
from credential.errors import FormatError
from credential.keybinding import Expectation
from credential.keys import SoftwareKey
from credential.selecting import present
from tests.credential.issued import EDWARDS, PHONE, SCHOOL, bound, issue, transcript

AUDIENCE, NONCE, MADE = "https://truong.example", "n-4711", 1_790_000_000
EXPECTED = Expectation(AUDIENCE, NONCE, MADE + 60)
WHOLE = issue(bound(transcript()))
CHOSEN = present(WHOLE, ["name", "CN/physics"])
SHOWN = keybinding.bind(CHOSEN, PHONE, AUDIENCE, NONCE, MADE)


def fault(text: str, expected: Expectation | None = EXPECTED) -> str:
    found = sdjwt.parse(text)
    assert found.holder_key is not None
    assert found.binding is not None
    return found.binding.fault(found.holder_key, expected)


@pytest.mark.parametrize("key", [PHONE, EDWARDS], ids=["ES256", "EdDSA"])
def test_a_proof_by_the_holders_key_is_taken(key: SoftwareKey) -> None:
    chosen = present(issue(bound(transcript(), key)), ["name"])
    text = keybinding.bind(chosen, key, AUDIENCE, NONCE, MADE)
    found = sdjwt.parse(text)
    assert (found.holder_key, found.text) == (key.public, chosen)
    assert fault(text) == ""
    assert fault(text, None) == ""


PROOF = SHOWN.rpartition("~")[2]
REPLAYS: dict[str, tuple[str, Expectation | None, str]] = {
    "to another audience": (
        SHOWN, Expectation("https://khac.example", NONCE, MADE), "audience",
    ),
    "with another nonce": (SHOWN, Expectation(AUDIENCE, "n-4712", MADE), "nonce"),
    "too old": (SHOWN, Expectation(AUDIENCE, NONCE, MADE + 301), "age"),
    "just old enough": (SHOWN, Expectation(AUDIENCE, NONCE, MADE + 300), ""),
    "older than that verifier takes": (
        SHOWN, Expectation(AUDIENCE, NONCE, MADE + 11, max_age=10), "age",
    ),
    "from the future": (SHOWN, Expectation(AUDIENCE, NONCE, MADE - 61), "age"),
    "by a clock a little ahead": (SHOWN, Expectation(AUDIENCE, NONCE, MADE - 60), ""),
    "with more than was chosen": (WHOLE + PROOF, EXPECTED, "selection"),
    "with another selection": (present(WHOLE, ["name"]) + PROOF, EXPECTED, "selection"),
    "with another selection, and nothing expected": (
        present(WHOLE, ["name"]) + PROOF, None, "selection",
    ),
    "of another credential of the same holder": (
        present(issue(bound(transcript())), ["name", "CN/physics"]) + PROOF, EXPECTED, "selection",
    ),
    "signed by another key": (
        keybinding.bind(CHOSEN, SCHOOL, AUDIENCE, NONCE, MADE), EXPECTED, "forged",
    ),
    "signed by another key, and nothing expected": (
        keybinding.bind(CHOSEN, SCHOOL, AUDIENCE, NONCE, MADE), None, "forged",
    ),
    "signed by a key of another kind": (
        keybinding.bind(CHOSEN, EDWARDS, AUDIENCE, NONCE, MADE), EXPECTED, "forged",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected", "found"), REPLAYS.values(), ids=REPLAYS.keys())
def test_a_presentation_replayed(text: str, expected: Expectation | None, found: str) -> None:
    assert fault(text, expected) == found


def test_every_single_bit_change_of_a_proof_is_caught() -> None:
    start = len(CHOSEN)
    for bit in range(start * 8, len(SHOWN) * 8):
        changed = bytearray(SHOWN.encode())
        changed[bit // 8] ^= 1 << bit % 8
        try:
            found = sdjwt.parse(changed.decode())
        except (FormatError, UnicodeDecodeError):
            continue
        proven = (
            found.binding is not None
            and found.holder_key is not None
            and found.binding.fault(found.holder_key, EXPECTED) == ""
        )
        assert not (proven and found.committed), f"bit {bit - start * 8} went unnoticed"


def test_a_key_that_the_issuer_did_not_name_cannot_be_put_in() -> None:
    """`cnf` is in what the school signed."""
    stolen = issue(transcript())
    head, body, rest = WHOLE.split("~")[0].split(".")
    swapped = ".".join([head, body, stolen.split("~")[0].split(".")[2]])
    assert not sdjwt.parse(WHOLE.replace(f"{head}.{body}.{rest}", swapped)).verify(SCHOOL.public)


@pytest.mark.parametrize("bad", ["", " x", "x\u202ey", "x" * 201])
def test_what_cannot_be_signed_is_refused(bad: str) -> None:
    for audience, nonce in ((bad, NONCE), (AUDIENCE, bad)):
        with pytest.raises(FormatError, match=r"text\."):
            keybinding.bind(CHOSEN, PHONE, audience, nonce, MADE)
