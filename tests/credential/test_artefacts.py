"""Properties of the two artefacts: round trips, every single-bit change is caught, sizes."""

import hashlib
import os
from dataclasses import replace
from datetime import date

import orjson
import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from credential import qrlink, qrtoken, sdjwt, sdjwt_issuing
from credential.dates import PartialDate
from credential.errors import FormatError
from credential.keys import PublicKey, SoftwareKey
from credential.model import (
    TERMS,
    CourseResult,
    Credential,
    CredentialType,
    Decision,
    Deployment,
    Holder,
    Place,
    Signer,
    TermOutcome,
    Transcript,
)
from issuer.delivery import credential_of

DEPLOYMENT = Deployment(3107, bytes(range(20)))
ES256 = SoftwareKey(ec.generate_private_key(ec.SECP256R1()))
EDDSA = SoftwareKey(Ed25519PrivateKey.generate())

words = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyÁẢẠỀỮỘỲ", min_size=1, max_size=12)
texts = st.lists(words, min_size=1, max_size=4).map(" ".join)
days = st.dates(date(1950, 1, 1), date(2099, 12, 31))
births = st.one_of(
    days.map(PartialDate.from_date),
    st.integers(1930, 2020).map(PartialDate),
    st.builds(PartialDate, st.integers(1930, 2020), st.integers(1, 12)),
)
holders = st.builds(
    Holder, texts, births, st.none() | texts, st.none() | st.sampled_from(["Nam", "Nữ"]), st.none()
)
terms = st.sampled_from(TERMS)
marks = st.integers(0, 100)
results = st.one_of(
    st.builds(CourseResult, texts, texts, terms, mark=marks),
    st.builds(CourseResult, texts, texts, terms, rating=st.sampled_from(["Đ", "CĐ"])),
    st.builds(
        CourseResult, texts, texts, terms, mark=st.none() | marks,
        rating=st.sampled_from(["T", "H", "C"]),
    ),
    st.builds(
        CourseResult, texts, texts, terms, mark=st.none() | marks,
        letter=st.sampled_from(["A", "B+"]), points=st.none() | st.integers(0, 400),
    ),
)  # fmt: skip
outcomes = st.builds(
    TermOutcome, terms, st.none() | texts, st.none() | texts, st.none() | st.integers(0, 99)
)
transcripts = st.builds(
    Transcript,
    st.integers(1, 12),
    texts,
    texts,
    st.lists(results, max_size=45, unique_by=lambda row: (row.term, row.subject)).map(tuple),
    st.lists(outcomes, max_size=3, unique_by=lambda one: one.term).map(tuple),
    st.none() | texts,
    st.none() | texts,
    st.none() | texts,
)
places = st.builds(Place, st.integers(0, 2**32 - 1), st.integers(0, 2**24 - 1))
credentials = st.builds(
    Credential,
    type=st.just(CredentialType.THPT_DIPLOMA),
    school=st.integers(0, 2**31 - 1),
    school_name=texts,
    holder=holders,
    register_no=texts,
    year=st.integers(1990, 2099),
    issued=days,
    signer=st.builds(Signer, texts, texts),
    serial=st.none() | texts,
    decision=st.none() | st.builds(Decision, texts, days),
    classification=st.none() | texts,
    supersedes=st.none() | places,
    holder_key=st.sampled_from([None, ES256.public, EDDSA.public]),
)
credentials |= st.builds(
    lambda diploma, results: replace(diploma, type=CredentialType.TRANSCRIPT, transcript=results),
    credentials,
    transcripts,
)

TYPICAL = Credential(
    type=CredentialType.THPT_DIPLOMA,
    school=1001,
    school_name="Trường THPT Mẫu Số Một",
    holder=Holder("Nguyễn Thị Hoàng Ngọc Khánh", PartialDate(2008, 2, 7)),
    register_no="B26/0001/00042",
    year=2026,
    issued=date(2026, 6, 20),
    signer=Signer("Trần Văn Mẫu", "Hiệu trưởng"),
    serial="T01000042",
    classification="Giỏi",
)


def issue_token(credential: Credential, place: Place, key: SoftwareKey = ES256) -> bytes:
    claims = qrtoken.payload(credential, place, DEPLOYMENT)
    kid, alg = key.public.kid, key.public.alg
    to_sign = qrtoken.to_sign(claims, kid, alg, DEPLOYMENT)
    return qrtoken.assemble(claims, kid, alg, key.sign(to_sign))


def issue_sdjwt(credential: Credential, place: Place, key: SoftwareKey = ES256) -> str:
    salts = os.urandom(sdjwt_issuing.salt_bytes(credential))
    payload, shown = sdjwt_issuing.prepare(credential, place, DEPLOYMENT, 1_781_913_600, salts)
    header = sdjwt_issuing.header(key.public.kid, key.public.alg)
    to_sign = sdjwt_issuing.signing_input(header, payload)
    return f"{sdjwt_issuing.assemble(to_sign, key.sign(to_sign))}~{shown}"


@given(credentials, places, st.sampled_from([ES256, EDDSA]))
def test_a_token_says_what_was_put_into_it(
    credential: Credential, place: Place, key: SoftwareKey
) -> None:
    raw = issue_token(credential, place, key)
    prefix, digits = qrlink.encode(raw, "https://sogoc.example")
    token = qrtoken.parse(qrlink.decode(prefix + digits))
    assert token.verify(key.public, DEPLOYMENT)
    claims = token.claims
    assert (claims.name, claims.birth) == (credential.holder.name, credential.holder.birth)
    assert (claims.school, claims.place, claims.type) == (credential.school, place, credential.type)
    assert (claims.serial, claims.register_no) == (credential.serial, credential.register_no)
    assert (claims.issued, claims.year) == (credential.issued, credential.year)
    assert claims.classification == credential.classification


@given(credentials, places, st.sampled_from([ES256, EDDSA]))
@settings(max_examples=60)
def test_an_sd_jwt_says_what_was_put_into_it(
    credential: Credential, place: Place, key: SoftwareKey
) -> None:
    found = sdjwt.parse(issue_sdjwt(credential, place, key))
    assert found.verify(key.public)
    assert found.committed
    assert found.place == place
    assert not found.partial
    made = credential_of(found)
    if made.transcript:  # they come back by term
        by_term = sorted(made.transcript.results, key=lambda row: TERMS.index(row.term))
        assert list(made.transcript.results) == by_term
    assert in_order(made) == in_order(credential)


def in_order(credential: Credential) -> Credential:
    """The same with results and outcomes by term; an outcome that says nothing is none."""
    if credential.transcript is None:
        return credential
    told = credential.transcript
    results = sorted(told.results, key=lambda row: (TERMS.index(row.term), row.subject))
    said = [each for each in told.outcomes if each != TermOutcome(each.term)]
    outcomes = sorted(said, key=lambda one: TERMS.index(one.term))
    ordered = replace(told, results=tuple(results), outcomes=tuple(outcomes))
    return replace(credential, transcript=ordered)


@pytest.mark.parametrize("first", [0, 2, 3, 5, 6, 7, 0x84])
def test_a_point_has_one_spelling(first: int) -> None:
    """A key id does not cover the first byte: another one must not stand for the same key."""
    with pytest.raises(FormatError, match="malformed"):
        PublicKey(bytes([first]) + ES256.public.raw[1:])


@pytest.mark.parametrize("key", [ES256, EDDSA], ids=["ES256", "EdDSA"])
def test_every_single_bit_change_of_a_token_is_caught(key: SoftwareKey) -> None:
    raw = issue_token(TYPICAL, Place(3, 17), key)
    for bit in range(len(raw) * 8):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        try:
            token = qrtoken.parse(bytes(changed))
        except FormatError:
            continue
        assert not token.verify(key.public, DEPLOYMENT), f"bit {bit} went unnoticed"


@pytest.mark.parametrize("key", [ES256, EDDSA], ids=["ES256", "EdDSA"])
def test_every_single_bit_change_of_an_sd_jwt_is_caught(key: SoftwareKey) -> None:
    text = issue_sdjwt(TYPICAL, Place(3, 17), key).encode()
    for bit in range(len(text) * 8):
        changed = bytearray(text)
        changed[bit // 8] ^= 1 << bit % 8
        try:
            found = sdjwt.parse(changed.decode())
        except (FormatError, UnicodeDecodeError):
            continue
        assert not (found.verify(key.public) and found.committed), f"bit {bit} went unnoticed"


@given(st.binary(max_size=700))
def test_no_bytes_break_the_token_parser(data: bytes) -> None:
    for raw in (data, b"\xd2" + data):
        try:
            qrtoken.parse(raw)
        except FormatError as error:
            assert error.code == "qr.malformed"


@given(st.text(max_size=300))
def test_no_text_breaks_the_parsers(text: str) -> None:
    for parse in (sdjwt.parse, qrlink.decode):
        try:
            parse(text)
        except FormatError as error:
            assert error.code.split(".")[0] in ("sdjwt", "qr")


@given(st.binary(min_size=1, max_size=qrlink.MAX_TOKEN))
def test_a_link_holds_any_token_in_exactly_one_spelling(token: bytes) -> None:
    prefix, digits = qrlink.encode(token, "https://sogoc.example/")
    assert prefix == "HTTPS://SOGOC.EXAMPLE/V#"
    assert qrlink.decode(prefix + digits) == qrlink.decode(digits) == token


def test_equal_credentials_share_no_digest() -> None:
    first, second = (sdjwt.parse(issue_sdjwt(TYPICAL, Place(0, 0))) for _ in range(2))
    assert not set(first.body["_sd"]) & set(second.body["_sd"])


@given(credentials, places)
@settings(max_examples=50)
def test_our_json_is_canonical_by_rfc_8785(credential: Credential, place: Place) -> None:
    salts = os.urandom(sdjwt_issuing.salt_bytes(credential))
    payload, _ = sdjwt_issuing.prepare(credential, place, DEPLOYMENT, 0, salts)
    assert rfc8785.dumps(orjson.loads(payload)) == payload


def test_a_typical_token_has_at_most_220_bytes() -> None:
    assert len(issue_token(TYPICAL, Place(200, 500))) <= 220


def test_a_token_of_another_deployment_never_verifies() -> None:
    token = qrtoken.parse(issue_token(TYPICAL, Place(3, 17)))
    assert not token.verify(ES256.public, Deployment(1, DEPLOYMENT.contract))
    assert not token.verify(ES256.public, Deployment(3107, bytes(20)))


def test_a_transcript_token_names_its_sd_jwt() -> None:
    found = sdjwt.parse(issue_sdjwt(TYPICAL, Place(0, 0)))
    signing_input = found.jwt.rpartition(".")[0].encode()
    assert found.digest == hashlib.sha256(signing_input).digest()
