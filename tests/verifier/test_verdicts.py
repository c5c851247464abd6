"""The closed verdict: what each source says, and what must follow.

Each case bends a good world in one way. The table is the specification.
"""

from base64 import urlsafe_b64decode
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from credential import qrlink, qrtoken
from credential.facts import ChainTrust, Evidence, Match, Withdrawal
from credential.keys import SoftwareKey
from credential.model import Deployment, KeyRole, Lane, Place
from tests.simulator import ANCHORED, HOLDERS, SCHOOL, SEQ, World, diploma, transcript
from verifier.verdict import Check, Outcome, Step, Verdict, conclude
from verifier.verify import Answer, Verifier

CHOSEN = ChainTrust(0, 0, proven=True, chosen=True)

Bend = Callable[[World], object]


def verify(world: World, thing: str, deployment: Deployment | None = None) -> Answer:
    verifier = Verifier(deployment or world.deployment, world, world, world)
    try:
        return verifier.verify(thing)
    finally:
        verifier.close()


def change_key(world: World, **changes: object) -> None:
    world.keys[:] = [replace(world.signing, **changes)]  # type: ignore[arg-type]


def change_anchor_key(world: World, **changes: object) -> None:
    assert world.anchor is not None
    key = replace(world.anchor.key, **changes)  # type: ignore[arg-type]
    world.anchor = replace(world.anchor, key=key)


def change_school(world: World, **changes: object) -> None:
    assert world.school is not None
    world.school = replace(world.school, **changes)  # type: ignore[arg-type]


def lie(world: World, answer: Evidence | None) -> None:
    world.evidence = lambda *_: answer  # type: ignore[method-assign]


def truth(world: World, leaf: int = 1) -> Evidence:
    found = World.evidence(world, SCHOOL, SEQ, leaf)
    assert found is not None
    return found


def withdraw(world: World, lane: Lane) -> None:
    cause = Withdrawal("issuer_error", "77/QĐ-THPTM1", date(2026, 9, 1))
    world.withdrawn[diploma(0, "").register_no] = (lane, cause)


STOPPED = {
    "no source says anything against it": (lambda w: None, "VALID", "valid"),
    # 2 signature
    "the chain lists no such key": (lambda w: w.keys.clear(), "INVALID", "forged"),
    "one endpoint that must prove it shows no such key": (
        lambda w: (w.keys.clear(), setattr(w, "all_keys", False)), "UNDETERMINED", "chain",
    ),
    "one endpoint that must prove it shows no such key, and the batch holds something else": (
        lambda w: (
            w.keys.clear(), setattr(w, "all_keys", False), swap_leaves(w),
        ),
        "INVALID", "forged",
    ),
    "the key belongs to another school": (
        lambda w: change_key(w, school=1002), "INVALID", "forged",
    ),
    "the key may anchor but not sign": (
        lambda w: change_key(w, roles=KeyRole.ANCHOR), "INVALID", "forged",
    ),
    "the key began after the anchor": (
        lambda w: change_key(w, valid_from=ANCHORED + 1), "INVALID", "forged",
    ),
    "the key ended before the anchor": (
        lambda w: change_key(w, valid_until=ANCHORED), "INVALID", "forged",
    ),
    "the key ended after the anchor": (
        lambda w: change_key(w, valid_until=ANCHORED + 1), "VALID", "valid",
    ),
    "the key was compromised before the anchor": (
        lambda w: change_key(w, compromised_since=ANCHORED), "INVALID", "forged",
    ),
    "the key was compromised after the anchor": (
        lambda w: change_key(w, compromised_since=ANCHORED + 1), "VALID", "valid",
    ),
    "the chain's key id is not the key's thumbprint": (
        lambda w: change_key(w, public_key=other_key()), "INVALID", "forged",
    ),
    "the chain's key is no key": (
        lambda w: change_key(w, public_key=b"\4" + bytes(64)), "INVALID", "forged",
    ),
    # 3 inclusion
    "the store is silent": (lambda w: w.silent.add("store"), "UNDETERMINED", "store"),
    "the store denies a batch that the chain counts": (
        lambda w: lie(w, None), "UNDETERMINED", "store",
    ),
    "the store's path leads nowhere": (
        lambda w: lie(w, replace(truth(w), path=())), "UNDETERMINED", "store",
    ),
    "the store's path is of another leaf": (
        lambda w: lie(w, replace(truth(w), leaf=truth(w, 3).leaf)), "UNDETERMINED", "store",
    ),
    "the store lies about the size": (
        lambda w: lie(w, replace(truth(w), size=4)), "UNDETERMINED", "store",
    ),
    # 4 anchor
    "the batch was never anchored": (
        lambda w: (lie(w, None), setattr(w, "next_seq", SEQ)), "INVALID", "not_anchored",
    ),
    "the batch is anchored but not final": (
        lambda w: setattr(w, "pending", True), "UNDETERMINED", "not_final",
    ),
    "the anchoring key was compromised before": (
        lambda w: change_anchor_key(w, compromised_since=1), "INVALID", "forged",
    ),
    "the anchoring key was compromised later": (
        lambda w: change_anchor_key(w, compromised_since=ANCHORED + 1), "VALID", "valid",
    ),
    "the anchoring key is another school's": (
        lambda w: change_anchor_key(w, school=1002), "INVALID", "forged",
    ),
    "the root is anchored under another number": (
        lambda w: setattr(w, "anchor", replace(w.anchor, seq=SEQ - 1)), "UNDETERMINED", "store",
    ),
    "a block that somebody chose has not reached the batch": (
        lambda w: (lie(w, None), setattr(w, "next_seq", SEQ), setattr(w, "trust", CHOSEN)),
        "UNDETERMINED", "store",
    ),
    "the chain is silent": (lambda w: w.silent.add("chain"), "UNDETERMINED", "chain"),
    # 5 accreditation
    "the chain knows no such school": (
        lambda w: setattr(w, "school", None), "INVALID", "not_accredited",
    ),
    "the school may not issue this type": (
        lambda w: change_school(w, types=0b100), "INVALID", "not_accredited",
    ),
    "the school may not issue this type yet, by a block that somebody chose": (
        lambda w: (
            lie(w, None), change_school(w, types=0b100), setattr(w, "trust", CHOSEN),
        ),
        "UNDETERMINED", "store",
    ),
    "the school was accredited after the anchor": (
        lambda w: change_school(w, valid_from=ANCHORED + 1), "INVALID", "not_accredited",
    ),
    "the school was suspended before the anchor": (
        lambda w: change_school(w, suspended_since=ANCHORED), "INVALID", "not_accredited",
    ),
    "the school closed after the anchor": (
        lambda w: change_school(w, valid_until=ANCHORED + 1), "VALID", "valid",
    ),
    # 6 status
    "its lane is suspended": (
        lambda w: w.lanes.update({0: Lane.SUSPENDED}), "INVALID", "suspended",
    ),
    "its lane is superseded": (
        lambda w: w.lanes.update({0: Lane.SUPERSEDED}), "INVALID", "superseded",
    ),
    "its lane is revoked": (lambda w: w.lanes.update({0: Lane.REVOKED}), "INVALID", "revoked"),
    "its neighbour's lane is revoked": (
        lambda w: w.lanes.update({1: Lane.REVOKED}), "VALID", "valid",
    ),
    # 7 registry
    "the registry is silent": (lambda w: w.silent.add("registry"), "UNDETERMINED", "registry"),
    "the registry holds no such award": (
        lambda w: w.registry.clear(), "INVALID", "registry_disagrees",
    ),
    "the registry holds another name": (
        lambda w: w.registry.update({diploma(0, "").register_no: diploma(0, "Lê Văn Khác")}),
        "INVALID", "registry_disagrees",
    ),
    "the registry spells the name another way": (
        lambda w: setattr(w, "answer", replace(w.answer, fields={"name": Match.SPELLING})),
        "VALID", "valid",
    ),
    "the registry says revoked, the chain does not yet": (
        lambda w: withdraw(w, Lane.REVOKED), "INVALID", "revoked",
    ),
    "the registry says revoked and the chain is silent": (
        lambda w: (withdraw(w, Lane.REVOKED), w.silent.add("chain")), "UNDETERMINED", "chain",
    ),
    "the registry says suspended": (
        lambda w: withdraw(w, Lane.SUSPENDED), "INVALID", "suspended",
    ),
    "the signer held no office that day": (
        lambda w: setattr(w, "answer", replace(w.answer, signer_in_office=False)),
        "INVALID", "not_accredited",
    ),
    "the school could not award this type that day": (
        lambda w: setattr(w, "answer", replace(w.answer, entitled=False)),
        "INVALID", "not_accredited",
    ),
    "every source is silent": (
        lambda w: w.silent.update({"chain", "store", "registry"}), "UNDETERMINED", "chain",
    ),
}  # fmt: skip


def swap_leaves(world: World) -> None:
    """The batch holds the second credential where the artefact says to be."""
    other = World(deployment=world.deployment)
    world.levels = other.levels


def other_key() -> bytes:
    return SoftwareKey(ec.generate_private_key(ec.SECP256R1())).public.raw


@pytest.mark.parametrize(("bend", "verdict", "reason"), STOPPED.values(), ids=STOPPED)
@pytest.mark.parametrize("artefact", ["qr", "sd-jwt"])
def test_verdict(artefact: str, bend: Bend, verdict: str, reason: str) -> None:
    world = World()
    if artefact == "sd-jwt":
        world.keys[:] = [world.signing]
    thing = world.link(0) if artefact == "qr" else world.sd_jwt(0)
    bend(world)
    if artefact == "sd-jwt" and "evidence" in vars(world):
        bend_leaf(world)
    found = verify(world, thing)
    assert (found.conclusion.verdict.value, found.conclusion.reason) == (verdict, reason)
    checks = found.reports[0].checks
    assert [check.step for check in checks] == list(Step)


def bend_leaf(world: World) -> None:
    """The same lie about the SD-JWT's leaf: leaves 0 and 1 are the same credential's."""
    told = world.evidence(SCHOOL, SEQ, 0)
    if told is not None and told.leaf == truth(world).leaf:
        lie(world, replace(told, leaf=truth(world, 0).leaf))


def test_a_changed_name_is_forged() -> None:
    world = World()
    raw = world.qr_bytes(0)
    changed = raw.replace("Khánh".encode(), "Khônh".encode())
    assert verify(world, "".join(qrlink.encode(changed, "https://x.example"))).conclusion == (
        conclude([Check(Step.SIGNATURE, Outcome.FAILED, "", "forged")])
    )


def test_a_changed_mark_is_forged() -> None:
    world = World([transcript(0, HOLDERS[0])])
    better = World([replace_marks()])
    mixed = world.sd_jwt(0).split("~")[0] + "~" + better.rows[0].disclosures
    answer = verify(world, mixed)
    assert (answer.conclusion.verdict, answer.conclusion.reason) == (Verdict.INVALID, "forged")
    assert answer.reports[0].checks[1].code == "signature.disclosure_altered"


def replace_marks() -> object:
    return transcript(30, HOLDERS[0])


def test_a_genuinely_signed_token_that_was_never_in_the_batch_is_forged() -> None:
    """Who steals the signing key alone can sign, but the batch holds something else there."""
    world = World()
    public = world.key.public
    claims = qrtoken.payload(diploma(77, "Kẻ Gian"), Place(SEQ, 0), world.deployment)
    signature = world.key.sign(qrtoken.to_sign(claims, public.kid, public.alg, world.deployment))
    raw = qrtoken.assemble(claims, public.kid, public.alg, signature)
    answer = verify(world, "".join(qrlink.encode(raw, "https://x.example")))
    assert (answer.conclusion.verdict, answer.conclusion.reason) == (Verdict.INVALID, "forged")
    assert answer.reports[0].checks[2].code == "inclusion.other_content"


def test_a_neighbours_place_is_forged() -> None:
    world = World()
    claims = qrtoken.payload(world.credentials[0], Place(SEQ, 1), world.deployment)
    public = world.key.public
    to_sign = qrtoken.to_sign(claims, public.kid, public.alg, world.deployment)
    raw = qrtoken.assemble(claims, public.kid, public.alg, world.key.sign(to_sign))
    answer = verify(world, "".join(qrlink.encode(raw, "https://x.example")))
    assert answer.conclusion.reason == "forged"


def test_another_deployments_token_says_so_and_asks_nobody() -> None:
    world = World()
    thing = world.link(0)
    answer = verify(world, thing, Deployment(1, bytes(20)))
    assert (answer.conclusion.verdict, answer.conclusion.reason) == (Verdict.INVALID, "foreign")
    assert world.asked == []


@pytest.mark.parametrize("spoil", [lambda raw: raw[:-64] + bytes(64), lambda raw: raw[:-1] + b"x"])
def test_nobody_can_put_guesses_to_the_registry(spoil: Callable[[bytes], bytes]) -> None:
    """What no listed key signed is never compared with the register of awards."""
    world = World()
    thing = "".join(qrlink.encode(spoil(world.qr_bytes(0)), "https://x.example"))
    report = verify(world, thing).reports[0]
    assert "registry" not in world.asked
    assert report.checks[6].code == "registry.not_asked"
    assert report.school_name == ""


@pytest.mark.parametrize("source", ["facts", "evidence", "match"])
def test_a_source_with_a_defect_is_silent_and_nothing_worse(source: str) -> None:
    world = World()

    def defective(*_: object) -> None:
        raise KeyError("a defect")

    setattr(world, source, defective)
    assert verify(world, world.link(0)).conclusion.verdict is Verdict.UNDETERMINED


def test_one_hidden_mark_is_told() -> None:
    world = World([transcript(0, HOLDERS[0])])
    full = world.sd_jwt(0)
    drop = next(at for at, part in enumerate(full.split("~")) if b'"mark"' in decoded(part))
    kept = "~".join(part for at, part in enumerate(full.split("~")) if at != drop)
    answer = verify(world, kept)
    assert answer.conclusion.verdict is Verdict.VALID
    assert answer.reports[0].partial


def decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4)) if "." not in part else b""


def test_a_look_up_code_finds_the_paper() -> None:
    world = World()
    code = world.rows[1].code
    typed = f"{code[:4]} {code[4:8]}-{code[8:12]} {code[12:]}".lower()
    answer = verify(world, typed)
    assert answer.conclusion.verdict is Verdict.VALID
    assert answer.reports[0].document["name"] == HOLDERS[1]


def test_the_school_shown_comes_from_the_registry() -> None:
    world = World([replace(diploma(0, HOLDERS[0]), school_name="Trường Giả Mạo")])
    report = verify(world, world.sd_jwt(0)).reports[0]
    assert report.school_name == "Trường THPT Mẫu Số Một"
    assert "school_name" not in report.document
    assert "Giả Mạo" not in repr(report)


@pytest.mark.parametrize("missing", list(Step))
def test_nothing_is_valid_with_a_step_missing(missing: Step) -> None:
    checks = [Check(step, Outcome.PASSED, "") for step in Step if step is not missing]
    assert conclude(checks).verdict is Verdict.UNDETERMINED


@pytest.mark.parametrize("unknown", list(Step))
def test_nothing_is_valid_with_a_step_unknown(unknown: Step) -> None:
    checks = [
        Check(step, Outcome.UNKNOWN if step is unknown else Outcome.PASSED, "") for step in Step
    ]
    assert conclude(checks).verdict is Verdict.UNDETERMINED


def test_no_checks_at_all_are_not_valid() -> None:
    assert conclude([]).verdict is Verdict.UNDETERMINED
