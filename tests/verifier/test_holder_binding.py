"""Step 8: whether whoever shows a credential has proven to be its holder, where that is asked."""

from dataclasses import replace

import pytest

from credential import keybinding
from credential.keybinding import Expectation
from credential.selecting import present
from tests.credential.issued import EDWARDS, PHONE, SCHOOL
from tests.simulator import HOLDERS, World, diploma, transcript
from verifier.verdict import Outcome, Verdict
from verifier.verify import Answer, Verifier

AUDIENCE, NONCE, MADE = "https://truong.example", "n-4711", 1_790_000_000
EXPECTED = Expectation(AUDIENCE, NONCE, MADE + 5)
WORLD = World(
    [
        replace(transcript(0, HOLDERS[0]), holder_key=PHONE.public),
        transcript(1, HOLDERS[1]),
        diploma(2, HOLDERS[2]),
        replace(diploma(3, HOLDERS[0]), holder_key=EDWARDS.public),
    ]
)
BOUND = WORLD.sd_jwt(0)
CHOSEN = present(BOUND, ["name", "CN"])
SHOWN = keybinding.bind(CHOSEN, PHONE, AUDIENCE, NONCE, MADE)
STOLEN = keybinding.bind(CHOSEN, SCHOOL, AUDIENCE, NONCE, MADE)
DIPLOMA = keybinding.bind(WORLD.sd_jwt(3), EDWARDS, AUDIENCE, NONCE, MADE)
PROOF = SHOWN.rpartition("~")[2]


def verify(thing: str, expected: Expectation | None) -> Answer:
    verifier = Verifier(WORLD.deployment, WORLD, WORLD, WORLD)
    try:
        return verifier.verify(thing, expected)
    finally:
        verifier.close()


UNASKED = {
    "a credential without a holder's key": (WORLD.sd_jwt(1), "terms.none"),
    "a diploma": (WORLD.sd_jwt(2), "terms.none"),
    "a QR code, which carries no key": (WORLD.link(0), "terms.none"),
    "bound, all of it, without a proof": (BOUND, "terms.holder_not_shown"),
    "bound, a selection, without a proof": (CHOSEN, "terms.holder_not_shown"),
    "a proof that nobody asked for": (SHOWN, "terms.holder_elsewhere"),
}


@pytest.mark.parametrize(("thing", "code"), UNASKED.values(), ids=UNASKED.keys())
def test_where_no_proof_is_asked_for_the_credential_stands_by_itself(thing: str, code: str) -> None:
    answer = verify(thing, None)
    assert answer.conclusion.verdict is Verdict.VALID
    assert answer.reports[0].checks[7].code == code


PROVEN = {"a selection": SHOWN, "a diploma by an Ed25519 key": DIPLOMA}


@pytest.mark.parametrize("thing", PROVEN.values(), ids=PROVEN.keys())
def test_a_proof_that_was_asked_for_is_taken(thing: str) -> None:
    answer = verify(thing, EXPECTED)
    assert answer.conclusion.verdict is Verdict.VALID
    assert answer.reports[0].checks[7].code == "terms.holder"


UNPROVEN: dict[str, tuple[str, Expectation | None, str]] = {
    "the proof was stripped": (CHOSEN, EXPECTED, "terms.holder_missing"),
    "the credential has no holder's key": (WORLD.sd_jwt(1), EXPECTED, "terms.not_bound"),
    "a QR code cannot prove it": (WORLD.link(0), EXPECTED, "terms.not_bound"),
    "shown to another audience": (
        SHOWN, replace(EXPECTED, audience="https://khac.example"), "terms.audience",
    ),
    "shown again with another nonce": (SHOWN, replace(EXPECTED, nonce="n-4712"), "terms.nonce"),
    "shown again too late": (SHOWN, replace(EXPECTED, at=MADE + 301), "terms.age"),
    "with more than the holder chose": (BOUND + PROOF, EXPECTED, "terms.selection"),
    "with more than the holder chose, unasked": (BOUND + PROOF, None, "terms.selection"),
    "by another key": (STOLEN, EXPECTED, "terms.forged"),
    "by another key, unasked": (STOLEN, None, "terms.forged"),
}  # fmt: skip


@pytest.mark.parametrize(("thing", "expected", "code"), UNPROVEN.values(), ids=UNPROVEN.keys())
def test_what_is_not_proven_is_not_valid(
    thing: str, expected: Expectation | None, code: str
) -> None:
    """The document itself is as good as before: seven steps pass, and the reason is its own."""
    answer = verify(thing, expected)
    assert (answer.conclusion.verdict, answer.conclusion.reason) == (
        Verdict.INVALID, "holder_unproven",
    )  # fmt: skip
    checks = answer.reports[0].checks
    assert checks[7].code == code
    assert all(check.outcome is Outcome.PASSED for check in checks[:7])


def test_a_proof_for_a_credential_that_is_bound_to_none_is_not_of_our_form() -> None:
    with pytest.raises(Exception, match=r"sdjwt\.malformed"):
        verify(WORLD.sd_jwt(1) + PROOF, None)


def test_a_forgery_is_told_before_a_missing_proof() -> None:
    _, name, *_ = CHOSEN.split("~")
    other = WORLD.sd_jwt(1).split("~")[1]
    answer = verify(CHOSEN.replace(name, other), EXPECTED)
    assert answer.conclusion.reason == "forged"
    assert "name" not in answer.reports[0].document
