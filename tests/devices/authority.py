"""A certification authority for tests, and certificates put into tokens beside their keys."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pkcs11
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from pkcs11 import Attribute, CertificateType, ObjectClass

from tests.devices.softhsm import PIN, Tray

NOW = datetime.now(UTC).replace(microsecond=0)
YEAR = timedelta(days=365)


def named(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


@dataclass
class Authority:
    """A root or what it issued to, which may issue in its turn."""

    name: str
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def root(cls, name: str) -> "Authority":
        key = ec.generate_private_key(ec.SECP384R1())
        return cls(name, key, _certificate(name, key.public_key(), name, key, ca=True))

    def below(self, name: str) -> "Authority":
        key = ec.generate_private_key(ec.SECP384R1())
        return Authority(name, key, self.issue(name, key.public_key(), ca=True))

    def issue(
        self, name: str, key: Any, since: datetime = NOW - YEAR, *, ca: bool = False
    ) -> x509.Certificate:
        return _certificate(name, key, self.name, self.key, since, ca=ca)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)


def _certificate(
    name: str, key: Any, issuer: str, by: Any, since: datetime = NOW - YEAR, *, ca: bool
) -> x509.Certificate:
    made = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(since + 2 * YEAR)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False
        )
    )
    usage = x509.KeyUsage(
        digital_signature=not ca, content_commitment=not ca, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=ca, crl_sign=ca,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    return made.add_extension(usage, critical=True).sign(by, SHA256())


def put(tray: Tray, token: str, label: str, *chain: x509.Certificate) -> None:
    """Put certificates into a token, the first as that of the key with the label."""
    with pkcs11.lib(tray.module).get_token(token_label=token).open(rw=True, user_pin=PIN) as held:
        wanted = {Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.LABEL: label}
        (key,) = held.get_objects(wanted)
        for place, each in enumerate(chain):
            fields = {
                Attribute.CLASS: ObjectClass.CERTIFICATE,
                Attribute.CERTIFICATE_TYPE: CertificateType.X_509,
                Attribute.TOKEN: True,
                Attribute.LABEL: f"{label} {place}",
                Attribute.SUBJECT: each.subject.public_bytes(),
                Attribute.VALUE: each.public_bytes(Encoding.DER),
            }
            held.create_object(fields | ({} if place else {Attribute.ID: key[Attribute.ID]}))
    tray.look()
