"""X.509 certificates of signing keys: what is checked before a key with a certificate signs.

Checked: the certificate is of that very key; it and those above it are valid now; where there is a
trust list, it leads to one of that list (RFC 5280, by cryptography's verifier). **Not** checked:
whether a certificate was revoked (no CRL and no OCSP is asked), and what it may be used for.
Verifiers do not rely on any of it: for them a key counts because the chain lists it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.verification import (
    ExtensionPolicy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from credential.errors import ConfigError, RefusedError

_DEEPEST = 5  # certificates between the key's and the root


@dataclass(frozen=True, slots=True)
class Shown:
    """What people read of a certificate: names as written in it (RFC 4514), serial number, days."""

    subject: str
    issuer: str
    serial: str
    since: datetime
    until: datetime


def shown(der: bytes) -> Shown:
    """What a certificate (DER) says. Raises ConfigError ``certificate.malformed``."""
    found = _read(der)
    return Shown(
        found.subject.rfc4514_string(),
        found.issuer.rfc4514_string(),
        f"{found.serial_number:x}",
        found.not_valid_before_utc,
        found.not_valid_after_utc,
    )


def roots_of(pem: bytes) -> list[x509.Certificate]:
    """The trust list of a PEM file. Raises ConfigError ``certificate.roots``."""
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise ConfigError("certificate.roots") from error


def check(
    chain: Sequence[bytes], point: bytes, at: datetime, roots: Sequence[x509.Certificate]
) -> None:
    """Refuse to sign with the key of that public half under this chain, the key's own first.

    `point` is an uncompressed point, or of an RSA key its SubjectPublicKeyInfo. Without roots
    nothing is said about who issued it. Raises RefusedError ``certificate.other_key``,
    ``certificate.not_valid`` and ``certificate.untrusted``.
    """
    path = [_read(der) for der in chain]
    key = path[0].public_key()
    if isinstance(key, EllipticCurvePublicKey):
        own = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    else:
        own = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if own != point:
        raise RefusedError("certificate.other_key", subject=shown(chain[0]).subject)
    for der in chain:
        found = shown(der)
        if not found.since <= at <= found.until:
            about = {"since": found.since.date(), "until": found.until.date()}
            raise RefusedError("certificate.not_valid", subject=found.subject, **about)
    if roots:
        _check_path(path, at, roots)


def _check_path(
    path: Sequence[x509.Certificate], at: datetime, roots: Sequence[x509.Certificate]
) -> None:
    # Of a seal's own certificate nothing but the path counts; those above must be fit to issue.
    policy = PolicyBuilder().store(Store(list(roots))).time(at).max_chain_depth(_DEEPEST)
    policy = policy.extension_policies(
        ca_policy=ExtensionPolicy.webpki_defaults_ca(), ee_policy=ExtensionPolicy.permit_all()
    )
    try:
        policy.build_client_verifier().verify(path[0], list(path[1:]))
    except VerificationError as error:
        subject = path[0].subject.rfc4514_string()
        raise RefusedError("certificate.untrusted", subject=subject, reason=str(error)) from error


def _read(der: bytes) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(der)
    except ValueError as error:
        raise ConfigError("certificate.malformed") from error
