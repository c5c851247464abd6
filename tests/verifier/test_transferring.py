"""A transfer bundle's verdict: its seal, what it names, and each credential in it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credential import bundle, sdjwt, statement, transfer
from credential.dates import PartialDate
from credential.errors import FormatError
from credential.facts import LedgerSchool, Withdrawal
from credential.keys import Signer, SoftwareKey
from credential.model import Credential, CredentialType, Deployment, Holder, Lane
from credential.selecting import outline, present
from credential.transfer import Sealed, TransferBundle
from tests.simulator import NOW, SCHOOL, World, diploma, transcript
from verifier.transferring import TransferJudgement, judge
from verifier.verify import Verifier

NAME = "Nguyễn Thị Ngọc Khánh"
WHY = Withdrawal("fraud", "9/QĐ", diploma(0, NAME).issued)


def record(name: str = NAME) -> Credential:
    return replace(transcript(0, name), type=CredentialType.TRANSFER, register_no="C26/1001/00000")


def world(*credentials: Credential) -> World:
    found = World(list(credentials) or [record(), diploma(1, NAME)])
    found.school = LedgerSchool(1, 0, 0, 0b1110)
    return found


def claims_of(at: World, texts: list[str], **more: object) -> dict[str, Any]:
    return {
        "iss": at.deployment.issuer(SCHOOL),
        "iat": NOW,
        "id": "CT00000001",
        "pupil": "7900000001",
        "from": {"school": SCHOOL, "name": "Trường THPT Mẫu Số Một"},
        "to": {"school": 1002, "name": "Trường B"},
        "reason": "residence",
        "requested": "2026-01-12",
        "credentials": list(map(transfer.digest, texts)),
    } | more


def sealed(at: World, texts: list[str]) -> list[Sealed]:
    return [
        Sealed(text, bundle.encode(bundle.Bundle(at.deployment, (text,), (), (), b"", ())))
        for text in texts
    ]


def made(
    at: World, signer: Signer | None = None, texts: list[str] | None = None, **more: object
) -> TransferBundle:
    held = texts or [at.sd_jwt(index) for index in range(len(at.credentials))]
    seal = statement.sign(transfer.SEAL_TYP, claims_of(at, held, **more), signer or at.key)
    return transfer.parse(transfer.assemble(seal, sealed(at, held)))


def judged(at: World, found: TransferBundle) -> TransferJudgement:
    verifier = Verifier(at.deployment, at, at, at)
    try:
        return judge(
            found,
            at.deployment,
            lambda school, kid: at.facts(school, kid, None, 0),
            lambda one: verifier.verify_texts([one.sd_jwt]),
        )
    finally:
        verifier.close()


def outcome(at: World, found: TransferBundle) -> tuple[str, list[str]]:
    said = judged(at, found)
    bad = [each.code for each in said.findings if each.outcome.value != "passed"]
    return said.verdict.value, bad


def test_a_genuine_one_is_valid_with_a_verdict_for_each() -> None:
    said = judged(world(), made(world_ := world()))  # another world's key is another school's
    assert said.verdict.value != "VALID"
    said = judged(world_, made(world_))
    assert said.verdict.value == "VALID"
    assert [answer.conclusion.verdict.value for answer in said.answers] == ["VALID", "VALID"]
    assert {each.code for each in said.findings} == {
        "transfer.contents_ok", "transfer.one_person", "transfer.seal_ok",
    }  # fmt: skip


# the case, how the world is bent before judging, verdict, findings that did not pass
BENT: dict[str, tuple[Callable[[World], object], str, list[str]]] = {
    "the key was lost before": (
        lambda w: w.keys.__setitem__(0, replace(w.signing, compromised_since=NOW - 5)),
        "INVALID", ["transfer.seal_key_lost"],
    ),
    "the key was lost later": (
        lambda w: w.keys.__setitem__(0, replace(w.signing, compromised_since=NOW + 5)),
        "UNDETERMINED", ["transfer.seal_key_lost_later"],
    ),
    "the key ended before": (
        lambda w: w.keys.__setitem__(0, replace(w.signing, valid_until=NOW - 5)),
        "INVALID", ["transfer.seal_key_window"],
    ),
    "the key may not sign": (
        lambda w: w.keys.__setitem__(0, replace(w.signing, roles=1)),
        "INVALID", ["transfer.seal_wrong"],
    ),
    "the key is nowhere": (lambda w: w.keys.clear(), "INVALID", ["transfer.seal_wrong"]),
    "an endpoint may hide the key": (
        lambda w: (w.keys.clear(), setattr(w, "all_keys", False)),
        "UNDETERMINED", ["transfer.seal_no_chain"],
    ),
    "the chain is silent": (
        lambda w: w.silent.add("chain"), "UNDETERMINED", ["transfer.seal_no_chain"],
    ),
    "the register is silent": (lambda w: w.silent.add("registry"), "UNDETERMINED", []),
    "the store is silent": (lambda w: w.silent.add("store"), "UNDETERMINED", []),
    "the diploma was revoked": (
        lambda w: w.withdrawn.__setitem__("B26/1001/00001", (Lane.REVOKED, WHY)), "INVALID", [],
    ),
    "the record was revoked on chain": (
        lambda w: w.lanes.__setitem__(0, Lane.REVOKED), "INVALID", [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BENT)
def test_what_is_not_valid(case: str) -> None:
    bend, verdict, findings = BENT[case]
    at = world()
    found = made(at)
    bend(at)
    assert outcome(at, found) == (verdict, findings)


def test_a_seal_of_another_key_is_wrong() -> None:
    at = world()
    thief = SoftwareKey(ec.generate_private_key(ec.SECP256R1()))
    assert outcome(at, made(at, thief)) == ("INVALID", ["transfer.seal_wrong"])


def test_a_seal_of_another_deployment_is_not_judged() -> None:
    at = world()
    foreign = Deployment(1, bytes(20)).issuer(SCHOOL)
    assert outcome(at, made(at, iss=foreign)) == ("UNDETERMINED", ["transfer.seal_foreign"])


def test_the_record_must_be_the_senders_and_first() -> None:
    at = world()
    texts = [at.sd_jwt(1), at.sd_jwt(0)]
    assert outcome(at, made(at, texts=texts)) == ("INVALID", ["transfer.no_record"])
    other = world(transcript(0, NAME))
    assert outcome(other, made(other)) == ("INVALID", ["transfer.no_record"])


PEOPLE = {
    "another name": (Holder("Trần Gia Bảo", PartialDate(2008, 2, 7)), "UNDETERMINED"),
    "another birth date": (Holder(NAME, PartialDate(2008, 2, 8)), "UNDETERMINED"),
    "the same, spelt otherwise": (Holder(NAME.upper(), PartialDate(2008, 2, 7)), "VALID"),
}


@pytest.mark.parametrize("case", PEOPLE)
def test_all_must_be_one_persons(case: str) -> None:
    holder, verdict = PEOPLE[case]
    at = world(record(), replace(diploma(1, NAME), holder=holder))
    assert judged(at, made(at)).verdict.value == verdict


def hide(*names: str) -> Callable[[World, int], str]:
    """A selection of a credential without these fields or groups."""

    def without(at: World, index: int) -> str:
        text = at.sd_jwt(index)
        choices = outline(sdjwt.parse(text))
        kept = [each for each in choices if not {each.path, each.group} & set(names)]
        return present(text, [each.path for each in kept if not each.is_group])

    return without


# what each credential of the bundle, the record first, is made into; whole is the usual one
Shown = Callable[[World, int], str]
IN_PART: dict[str, list[Shown]] = {
    "all hide name and birth date": [hide("name", "birth_date")] * 2,
    "one hides the name": [World.sd_jwt, hide("name")],
    "all hide the birth date": [hide("birth_date")] * 2,
    "the record hides a term": [hide("HK1"), World.sd_jwt],
    "a QR code in a diploma's place": [World.sd_jwt, World.link],
}


@pytest.mark.parametrize("case", IN_PART)
def test_what_hides_anything_is_in_no_bundle(case: str) -> None:
    at = world()
    found = made(at, texts=[shown(at, index) for index, shown in enumerate(IN_PART[case])])
    assert outcome(at, found) == ("INVALID", ["transfer.not_whole"])


def test_a_school_may_seal_with_an_ed25519_key() -> None:
    at = world()
    key = SoftwareKey(Ed25519PrivateKey.generate())
    found = made(at, key)
    at.keys.append(replace(at.signing, key_id=key.public.kid, public_key=key.public.raw))
    assert outcome(at, found) == ("VALID", [])


# --- the file ---


def test_a_file_has_one_spelling_and_comes_back_as_it_was() -> None:
    found = made(world())
    again = transfer.parse(found.text + "\n")
    assert again == found
    assert again.whole


Spoil = Callable[[str], str]
SPOILT: dict[str, Spoil] = {
    "nothing": lambda _: "",
    "a space": lambda text: text.replace('":', '": ', 1),
    "another version": lambda text: text.replace("sogoc-transfer-1", "sogoc-transfer-2"),
    "a member more": lambda text: text.replace('{"credentials"', '{"a":1,"credentials"'),
    "cut off": lambda text: text[:-1],
    "a list": lambda text: f"[{text}]",
    "no credentials": lambda text: '{"credentials":[],"seal":' + text.rpartition('"seal":')[2],
    "evidence of another": lambda text: text.replace('"evidence":"', '"evidence":"AA', 1),
    "a letter of a credential": lambda text: text.replace('"sd_jwt":"e', '"sd_jwt":"f', 1),
    "a letter of the seal": lambda text: text.replace('"seal":"e', '"seal":"f'),
    "deep": lambda text: "[" * 100_000 + text,
    "too long": lambda text: text.replace('"seal":"', '"seal":"' + "x" * 1_000_000),
}


@pytest.mark.parametrize("case", SPOILT)
def test_any_other_file_is_refused(case: str) -> None:
    with pytest.raises(FormatError) as caught:
        transfer.parse(SPOILT[case](made(world()).text))
    assert caught.value.code in ("transfer.malformed", "transfer.too_long")


CLAIMS: dict[str, dict[str, Any]] = {
    "another school signs": {"from": {"school": 1002, "name": "B"}},
    "no sender's number": {"from": {"name": "A"}},
    "a school's number as text": {"to": {"school": "1002", "name": "B"}},
    "a reason of one's own": {"reason": "because"},
    "a day that is none": {"requested": "2026-02-30"},
    "a name that is none": {"id": "CT1"},
    "a digest too short": {"credentials": ["ab"]},
    "a time of true": {"iat": True},
    "a pupil not NFC": {"pupil": "e\u0301"},
    "more than is known": {"marks": 10},
}


@pytest.mark.parametrize("case", CLAIMS)
def test_claims_that_no_seal_has(case: str) -> None:
    with pytest.raises(FormatError):
        made(world(), **CLAIMS[case])


def test_more_credentials_than_a_bundle_holds() -> None:
    at = world()
    texts = [at.sd_jwt(0)] * (transfer.MAX_CREDENTIALS + 1)
    with pytest.raises(FormatError):
        made(at, texts=texts)


def test_a_receipts_signature_is_no_seal() -> None:
    at = world()
    found = made(at)
    with pytest.raises(FormatError) as caught:
        statement.parse(found.seal.text, transfer.ACCEPTANCE_TYP)
    assert caught.value.code == "statement.malformed"
