"""Seals of a test authority, papers, and pyHanko's own validator to judge them."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from credential.model import CredentialType
from issuer.keystore import Keystore
from issuer.pades.keyfolder import SealFolder
from issuer.pades.keys import Certified, of_signer
from issuer.pades.sealing import Seal
from issuer.paper.document import VIETNAM, Paper, default_template
from issuer.paper.samples import papers
from tests.devices.authority import Authority
from tests.devices.conftest import tray
from tests.issuer.conftest import desk, template

__all__ = ["desk", "template", "tray"]

URL = "https://sogoc.example"
NAME = "Trường THPT Ỷ Lan"
ROOT = Authority.root("Gốc thử nghiệm")
BETWEEN = ROOT.below("CA thử nghiệm G2")
P256, RSA = ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)
DIPLOMA, TRANSCRIPT = (
    papers(kind, URL)[0] for kind in (CredentialType.THPT_DIPLOMA, CredentialType.TRANSCRIPT)
)


def chain_of(key: Any, name: str = NAME) -> list[Any]:
    return [BETWEEN.issue(name, key.public_key()), BETWEEN.certificate]


def as_file(key: Any, password: bytes = b"mat khau") -> bytes:
    """A PKCS#12 file as an authority gives it."""
    own, above = chain_of(key)
    return pkcs12.serialize_key_and_certificates(
        b"seal", key, own, [above], BestAvailableEncryption(password)
    )


def folder_in(path: Path, devices: Callable[[], Any] = lambda: None) -> SealFolder:
    return SealFolder(path, lambda: "passphrase", devices)


def of_file(path: Path, key: Any) -> Certified:
    made = folder_in(path)
    made.take("1.seal", as_file(key), "mat khau")
    found = made.find("1.seal")
    assert found is not None
    return found[0]


def own_key(path: Path) -> Certified:
    """The key that signs credentials, with a certificate in its file."""
    keys = Keystore(path, lambda: "passphrase", lambda: None)  # type: ignore[arg-type,return-value]
    keys.make_signer("1.sign")
    signer = keys.signer("1.sign")
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), signer.public.raw)
    keys.certify("1.sign", [BETWEEN.issue(NAME, public), BETWEEN.certificate])
    return of_signer(keys.signer("1.sign"), keys.certificates("1.sign"))


def seal(key: Certified, **more: Any) -> Seal:
    return Seal(key, datetime(2026, 7, 5, 14, 30, 5, tzinfo=VIETNAM), **more)


@pytest.fixture(scope="session")
def sealing(tmp_path_factory: pytest.TempPathFactory) -> Seal:
    """A seal in a file on P-256."""
    return seal(of_file(tmp_path_factory.mktemp("keys"), P256))


def judged(pdf: bytes, *roots: Authority) -> Any:
    """What pyHanko's validator says of the only signature, under these roots."""
    trusted = [asn1.Certificate.load(each.certificate.public_bytes(Encoding.DER)) for each in roots]
    context = ValidationContext(trust_roots=trusted, allow_fetching=False)
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    return validate_pdf_signature(signature, context, context)


def on_default(paper: Paper) -> Paper:
    return replace(paper, template=default_template(paper.credential.type))
