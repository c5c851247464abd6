"""Receipts: what they say of a verification, and what is said of them.

Each case bends a good receipt, or the world in which it is judged, in one way.
"""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from credential import jose, receipt, receipt_claims
from credential.errors import FormatError, RefusedError
from credential.facts import Block, LedgerKey, Withdrawal
from credential.keys import SoftwareKey
from credential.model import Deployment, KeyRole, Lane
from credential.receipt import OPERATOR
from tests.simulator import HOLDERS, NOW, SCHOOL, World
from verifier.auditing import Auditor, changes
from verifier.receipting import Site, claims_of
from verifier.verdict import Outcome
from verifier.verify import Verifier

KEY, OTHER = (SoftwareKey(ec.derive_private_key(n, ec.SECP256R1())) for n in (21, 22))
SIGNED = NOW + 60  # seconds


class Office(World):
    """A world with a verifier's key on its ledger, and a past."""

    def __post_init__(self) -> None:
        super().__post_init__()
        raw = KEY.public.raw
        self.operator = LedgerKey(KEY.public.kid, OPERATOR, NOW - 9, 0, 0, KeyRole.SIGN, raw)
        self.keys.append(self.operator)
        self.blocks: dict[int, Block] = {self.block.number: self.block}
        self.stalled: threading.Event | None = None

    def past(self, number: int) -> Block | None:
        self._ask("chain")
        if self.stalled:
            self.stalled.wait()
        return self.blocks.get(number)

    def change_key(self, **changes: object) -> None:
        self.keys[-1] = replace(self.operator, **changes)  # type: ignore[arg-type]


@pytest.fixture
def world() -> Office:
    return Office()


@pytest.fixture
def verifier(world: Office) -> Iterator[Verifier]:
    found = Verifier(world.deployment, world, world, world)
    yield found
    found.close()


def given(world: Office, verifier: Verifier, thing: str = "", key: SoftwareKey = KEY) -> str:
    """A receipt for a thing, the first diploma's code unless told otherwise."""
    site = Site(world.deployment, "https://xacminh.example", "sogoc 0", specimen=False)
    claims = claims_of(verifier.verify(thing or world.link(0)), site, SIGNED)
    return signed(claims, key)


def signed(claims: dict[str, object], key: SoftwareKey = KEY) -> str:
    to_sign = receipt.signing_input(key.public.kid, claims)
    return receipt.assemble(claims, to_sign, key.sign(to_sign))


def judged(world: Office, text: str, deployment: Deployment | None = None) -> tuple[str, str]:
    auditor = Auditor(deployment or world.deployment, world, limit=0.5)
    try:
        found = auditor.judge(receipt.parse(text))
    finally:
        auditor.close()
    return found.standing.value, found.reason.removeprefix("receipt.")


def test_it_says_what_was_found_and_no_more_of_a_person_than_it_takes_to_file_it(
    world: Office, verifier: Verifier
) -> None:
    text = given(world, verifier)
    claims = receipt.parse(text).claims
    (artefact,) = claims["artefacts"]
    assert (claims["verdict"], claims["reason"], claims["iat"]) == ("VALID", "valid", SIGNED)
    assert claims["iss"] == f"urn:sogoc:3107:{bytes(range(20)).hex()}:0"
    assert (artefact["name"], artefact["serial"]) == (HOLDERS[0], "T01000000")
    assert (artefact["school"], artefact["register_no"]) == (SCHOOL, "B26/1001/00000")
    assert artefact["as_of"]["block"] == 500
    assert [check["step"] for check in artefact["checks"]] == list(range(1, 9))
    assert not {"birth_date", "birth_place", "sex", "ethnicity", "results"} & set(artefact)
    assert "2008" not in text


def test_the_readable_part_is_the_signed_one(world: Office, verifier: Verifier) -> None:
    found = json.loads(given(world, verifier))
    assert jose.canonical(found["receipt"]) == jose.decode(found["jwt"].split(".")[1])


@pytest.mark.parametrize("thing", ["link", "sd_jwt"])
def test_receipts_of_either_artefact_are_genuine(
    thing: str, world: Office, verifier: Verifier
) -> None:
    text = given(world, verifier, getattr(world, thing)(1))
    assert judged(world, text) == ("genuine", "signature_ok")


def revoke(world: Office) -> None:
    world.lanes[0] = Lane.REVOKED


def revoke_in_the_register(world: Office) -> None:
    on = world.credentials[0].issued
    unprintable = Withdrawal("fraud", "99/\u200bQĐ", on)
    world.withdrawn[world.credentials[0].register_no] = (Lane.REVOKED, unprintable)


FOUND: dict[str, tuple[Callable[[Office], object], str, str]] = {
    "revoked": (revoke, "INVALID", "revoked"),
    "a decision that nobody can print": (revoke_in_the_register, "INVALID", "revoked"),
    "the chain is silent": (lambda w: w.silent.add("chain"), "UNDETERMINED", "chain"),
    "the store is silent": (lambda w: w.silent.add("store"), "UNDETERMINED", "store"),
    "the register is silent": (lambda w: w.silent.add("registry"), "UNDETERMINED", "registry"),
    "not final yet": (lambda w: setattr(w, "pending", True), "UNDETERMINED", "not_final"),
}  # fmt: skip


@pytest.mark.parametrize("case", FOUND)
def test_whatever_was_found_has_a_genuine_receipt(
    case: str, world: Office, verifier: Verifier
) -> None:
    bend, verdict, reason = FOUND[case]
    bend(world)
    text = given(world, verifier)
    claims = receipt.parse(text).claims
    assert (claims["verdict"], claims["reason"]) == (verdict, reason)
    world.silent.clear()
    assert judged(world, text) == ("genuine", "signature_ok")


WORLDS: dict[str, tuple[Callable[[Office], object], str, str]] = {
    "no such key": (lambda w: w.keys.pop(), "forged", "key_unknown"),
    "a school's key": (lambda w: w.change_key(school=SCHOOL), "forged", "key_unknown"),
    "no signing key": (lambda w: w.change_key(roles=KeyRole.ANCHOR), "forged", "key_unknown"),
    "other bytes under that id": (lambda w: w.change_key(public_key=OTHER.public.raw),
                                  "forged", "signature_wrong"),
    "no point of the curve": (lambda w: w.change_key(public_key=b"\4" * 65),
                              "forged", "signature_wrong"),
    "listed later": (lambda w: w.change_key(valid_from=NOW + 1), "forged", "key_window"),
    "ended before": (lambda w: w.change_key(valid_until=NOW), "forged", "key_window"),
    "ended later": (lambda w: w.change_key(valid_until=NOW + 1), "genuine", "signature_ok"),
    "lost before": (lambda w: w.change_key(compromised_since=NOW), "forged", "key_lost"),
    "lost later": (lambda w: w.change_key(compromised_since=NOW + 1),
                   "undetermined", "key_lost_later"),
    "another block of that number": (
        lambda w: w.blocks.update({500: Block(500, b"\1" * 32, NOW)}), "forged", "block_other"),
    "another time of that block": (
        lambda w: w.blocks.update({500: Block(500, bytes(32), NOW + 1)}), "forged", "block_other"),
    "a block that is kept no longer": (lambda w: w.blocks.clear(), "genuine", "signature_ok"),
    "a chain that is behind": (lambda w: setattr(w, "block", Block(499, bytes(32), NOW - 12)),
                               "undetermined", "block_ahead"),
    "a silent chain": (lambda w: w.silent.add("chain"), "undetermined", "no_chain"),
    "another ledger": (lambda w: setattr(w, "deployment", Deployment(1, bytes(20))),
                       "undetermined", "foreign"),
}  # fmt: skip


@pytest.mark.parametrize("case", WORLDS)
def test_a_good_receipt_in_a_world(case: str, world: Office, verifier: Verifier) -> None:
    bend, standing, reason = WORLDS[case]
    text = given(world, verifier)
    bend(world)
    assert judged(world, text) == (standing, reason)


def test_that_a_block_is_kept_no_longer_is_said(world: Office, verifier: Verifier) -> None:
    text = given(world, verifier)
    world.blocks.clear()
    found = Auditor(world.deployment, world).judge(receipt.parse(text))
    assert [each.code for each in found.findings] == [
        "receipt.signature_ok", "receipt.block_unknown",
    ]  # fmt: skip


def test_a_slow_chain_is_silent(world: Office, verifier: Verifier) -> None:
    text = given(world, verifier)
    world.stalled = threading.Event()
    try:
        assert judged(world, text) == ("undetermined", "no_chain")
    finally:
        world.stalled.set()


def test_a_defect_of_the_chain_is_silence(world: Office, verifier: Verifier) -> None:
    text = given(world, verifier)
    world.past = lambda _: 1 // 0  # type: ignore[method-assign]
    assert judged(world, text) == ("undetermined", "no_chain")


def test_another_readable_part_is_a_forgery_and_nobody_is_asked(
    world: Office, verifier: Verifier
) -> None:
    text = given(world, verifier).replace(HOLDERS[0], HOLDERS[1])
    world.asked.clear()
    assert judged(world, text) == ("forged", "copy_differs")
    assert world.asked == []


def test_one_of_another_key_is_forged(world: Office, verifier: Verifier) -> None:
    text = given(world, verifier, key=OTHER)
    world.past = lambda _: 1 // 0  # type: ignore[method-assign]
    assert judged(world, text) == ("forged", "key_unknown"), "the blocks it names are not asked for"


CHANGES: dict[str, tuple[Callable[[Office], object], list[tuple[int, str, str]] | None]] = {
    "nothing": (lambda _: None, []),
    "revoked since": (revoke, [(6, "status.ok", "status.revoked")]),
    "the register is silent now": (
        lambda w: w.silent.add("registry"), [(7, "registry.ok", "registry.no_registry")]),
}  # fmt: skip


@pytest.mark.parametrize("case", CHANGES)
def test_verifying_anew_names_what_changed(case: str, world: Office, verifier: Verifier) -> None:
    bend, expected = CHANGES[case]
    found = receipt.parse(given(world, verifier))
    bend(world)
    differing = changes(found, verifier.verify(world.link(0)))
    assert differing is not None
    assert [(each.now.step, each.before["code"], each.now.code) for each in differing] == expected


def test_another_document_is_not_compared(world: Office, verifier: Verifier) -> None:
    found = receipt.parse(given(world, verifier))
    assert changes(found, verifier.verify(world.link(1))) is None


def test_a_thing_with_too_many_codes_has_no_receipt(world: Office, verifier: Verifier) -> None:
    answer = verifier.verify_texts([world.link(0)] * (receipt_claims.MAX_ARTEFACTS + 1))
    site = Site(world.deployment, "https://xacminh.example", "sogoc 0", specimen=False)
    with pytest.raises(RefusedError, match=r"receipt\.too_many"):
        claims_of(answer, site, SIGNED)
    most = verifier.verify_texts([world.link(0)] * receipt_claims.MAX_ARTEFACTS)
    text = signed(claims_of(most, site, SIGNED))
    assert judged(world, text) == ("genuine", "signature_ok")


def test_claims_that_no_receipt_may_make_are_not_signed(world: Office, verifier: Verifier) -> None:
    claims = json.loads(given(world, verifier))["receipt"]
    claims["artefacts"][0]["checks"][5]["outcome"] = Outcome.FAILED.value
    with pytest.raises(FormatError, match=r"receipt\.malformed"):
        signed(claims)
