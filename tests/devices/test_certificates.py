"""Certificates in tokens: recorded with the batch, shown, refused when they must not be used."""

from collections.abc import Callable
from datetime import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from credential.errors import ConfigError, RefusedError
from issuer.certificates import check, roots_of, shown
from issuer.keystore import personal_name
from tests.devices.authority import NOW, YEAR, Authority, put
from tests.devices.conftest import TOKEN
from tests.devices.softhsm import Tray
from tests.issuer.conftest import PUPILS, Desk

SCHOOL = "Trường THPT Mẫu"


def public_of(desk: Desk, name: str) -> ec.EllipticCurvePublicKey:
    with desk.system() as system:
        point = system.keystore.public(name)
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)


@pytest.mark.softhsm
def test_who_sealed_and_who_approved_is_recorded_with_the_batch_and_shown(
    sealed: Desk, tray: Tray, capsys: pytest.CaptureFixture[str]
) -> None:
    root = Authority.root("Root CA")
    between = root.below("Chuyên dùng G2")
    seal = between.issue(SCHOOL, public_of(sealed, "1001.sign"))
    put(tray, TOKEN, "1001.sign", seal, between.certificate)
    (sealed.data / "roots.pem").write_bytes(root.pem)
    with (sealed.data / "sogoc.toml").open("a") as settings:
        settings.write(f'certificate_roots = "{sealed.data / "roots.pem"}"\n')
    tray.token("Hiệu trưởng An")
    own = ["key", "personal", "79001001", "Hiệu trưởng", "--by", "A", "--token", "Hiệu trưởng An"]
    assert sealed.sogoc(*own) == 0
    assert sealed.sogoc(*own) == 0, "repeating changes nothing"
    head = between.issue("Trần Văn Mẫu", public_of(sealed, personal_name(1001, "Hiệu trưởng")))
    put(tray, "Hiệu trưởng An", "sogoc", head, between.certificate)
    assert sealed.issue() == 0
    capsys.readouterr()
    assert sealed.sogoc("status", "1001-0000") == 0
    said = capsys.readouterr().out
    assert f"CN={SCHOOL}" in said
    assert "CN=Trần Văn Mẫu" in said
    assert "CN=Chuyên dùng G2" in said
    assert "whether it was revoked was not checked" in said
    assert sealed.sogoc("record", "check", "1001-0000") == 0
    assert [sealed.sogoc("verify", code) for code in sealed.codes()] == [0] * PUPILS
    with sealed.system() as system:
        batch = system.batches.numbered(1001, 0)
        assert batch is not None
        stored = [each.public_bytes(Encoding.DER) for each in (seal, between.certificate)]
        assert list(system.batches.certificates(batch.id, "school")) == stored
        approver = system.batches.certificates(batch.id, "approver")
        assert approver[0] == head.public_bytes(Encoding.DER)
    assert sealed.sogoc("audit", "verify") == 0


@pytest.mark.softhsm
def test_an_expired_seal_enters_nothing(
    sealed: Desk, tray: Tray, capsys: pytest.CaptureFixture[str]
) -> None:
    old = Authority.root("Root CA").issue(SCHOOL, public_of(sealed, "1001.sign"), NOW - 3 * YEAR)
    put(tray, TOKEN, "1001.sign", old)
    assert sealed.issue() == 1
    assert "renewed" in capsys.readouterr().err
    assert sealed.written() == (0, 0, 0)


ROOT, OTHER = Authority.root("Root"), Authority.root("Other")
BETWEEN = ROOT.below("Between")
KEY = ec.generate_private_key(ec.SECP256R1())
POINT = KEY.public_key()
LEAF = BETWEEN.issue("Leaf", POINT)
FALSE = Authority("Leaf", KEY, LEAF).issue("Below a leaf", POINT)  # a leaf that issues

Chain = tuple[x509.Certificate, ...]
CASES: dict[str, tuple[Chain, Authority | None, datetime, str | None]] = {
    "no trust list": ((LEAF,), None, NOW, None),
    "leads to a root": ((LEAF, BETWEEN.certificate), ROOT, NOW, None),
    "with the root in it": ((LEAF, BETWEEN.certificate, ROOT.certificate), ROOT, NOW, None),
    "directly below": ((ROOT.issue("Leaf", POINT),), ROOT, NOW, None),
    "leads elsewhere": ((LEAF, BETWEEN.certificate), OTHER, NOW, "certificate.untrusted"),
    "one is missing": ((LEAF,), ROOT, NOW, "certificate.untrusted"),
    "issued by a leaf": (
        (FALSE, LEAF, BETWEEN.certificate), ROOT, NOW, "certificate.untrusted",
    ),
    "not yet valid": ((LEAF,), None, NOW - 2 * YEAR, "certificate.not_valid"),
    "no longer valid": ((LEAF,), None, NOW + 2 * YEAR, "certificate.not_valid"),
    "of another key": (
        (ROOT.issue("Leaf", OTHER.key.public_key()),), None, NOW, "certificate.other_key",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("chain", "root", "at", "code"), CASES.values(), ids=CASES)
def test_a_chain_is_checked(
    chain: Chain, root: Authority | None, at: datetime, code: str | None
) -> None:
    der = [each.public_bytes(Encoding.DER) for each in chain]
    point = POINT.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    roots = [root.certificate] if root else []
    if code is None:
        check(der, point, at, roots)
        return
    with pytest.raises(RefusedError) as refused:
        check(der, point, at, roots)
    assert refused.value.code == code


@pytest.mark.parametrize("read", [shown, roots_of], ids=["a certificate", "a trust list"])
def test_what_is_no_certificate_is_named(read: Callable[[bytes], object]) -> None:
    with pytest.raises(ConfigError, match=r"certificate\."):
        read(b"nothing")
