"""What stands in a PKCS#11 token: keys, public halves, certificates.

Tokens differ in what they keep beside a private key: a public key object, a certificate, or both,
bound to it by CKA_ID. Nothing here logs in or signs.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pkcs11
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pkcs11 import Attribute, KeyType, ObjectClass

from issuer.devicekeys import DeviceKey

_POINT = 65  # bytes of an uncompressed point on a curve of 256 bits
_OCTET_STRING = b"\x04\x41"  # DER before it, which some tokens leave out
_ID = 16  # bytes


def tokens(library: Any, key: DeviceKey) -> list[Any]:
    """The tokens that a key may be in, of those that are there now."""
    try:
        found = list(library.get_tokens(token_label=key.token))
    except pkcs11.PKCS11Error:  # one was pulled out, and the module does not see why
        return []
    return [each for each in found if key.serial in ("", serial_of(each)) and _answers(each)]


def _answers(token: Any) -> bool:
    """Whether a session can be opened: some modules list what was pulled out long ago."""
    with suppress(pkcs11.PKCS11Error):
        token.open().close()
        return True
    return False


def serial_of(token: Any) -> str:
    """A token's serial number as people read it off the device."""
    return bytes(token.serial).decode("ascii", "replace").strip("\0 ")


def private_keys(session: Any, label: str) -> list[Any]:
    """The private keys of that label."""
    wanted = {Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.LABEL: label}
    return list(session.get_objects(wanted))


def generate(session: Any, label: str, curve: bytes) -> None:
    """Make a key pair that stays in the token; `curve` are its DER parameters."""
    parameters = session.create_domain_parameters(
        KeyType.EC, {Attribute.EC_PARAMS: curve}, local=True
    )
    secret = {Attribute.EXTRACTABLE: False, Attribute.SENSITIVE: True, Attribute.PRIVATE: True}
    parameters.generate_keypair(
        store=True, label=label, id=os.urandom(_ID), private_template=secret
    )


def point_of(session: Any, private: Any) -> bytes | None:
    """The public half of a private key, of a public key object or of a certificate."""
    key_id = private[Attribute.ID]
    wanted = {Attribute.CLASS: ObjectClass.PUBLIC_KEY, Attribute.ID: key_id}
    for each in session.get_objects(wanted):
        point = bytes(each[Attribute.EC_POINT])
        if len(point) == len(_OCTET_STRING) + _POINT:
            point = point.removeprefix(_OCTET_STRING)
        if len(point) == _POINT:
            return point
    wanted = {Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.ID: key_id}
    for each in session.get_objects(wanted):
        certificate = _parsed(each)
        if certificate is not None and (certified := _certified(certificate)):
            return certified
    return None


def rsa_public(private: Any) -> bytes:
    """The public half of an RSA key as SubjectPublicKeyInfo (DER)."""
    modulus = int.from_bytes(private[Attribute.MODULUS], "big")
    exponent = int.from_bytes(private[Attribute.PUBLIC_EXPONENT], "big")
    return _information(RSAPublicNumbers(exponent, modulus).public_key())


def chain(session: Any, point: bytes) -> tuple[bytes, ...]:
    """The certificate of a public key (DER), then those above it in the same token."""
    held = session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})
    known = [each for each in map(_parsed, held) if each is not None]
    found = [each for each in known if _certified(each) == point]
    if not found:
        return ()
    newest = max(found, key=lambda each: each.not_valid_after_utc)
    return tuple(each.public_bytes(Encoding.DER) for each in _upwards(newest, known))


def _upwards(
    certificate: x509.Certificate, known: Sequence[x509.Certificate]
) -> list[x509.Certificate]:
    path = [certificate]
    while above := [each for each in known if each not in path and _issued(each, path[-1])]:
        path.append(above[0])
    return path


def _issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    with suppress(Exception):
        certificate.verify_directly_issued_by(issuer)
        return True
    return False


def _parsed(item: Any) -> x509.Certificate | None:
    with suppress(ValueError, pkcs11.PKCS11Error):
        return x509.load_der_x509_certificate(bytes(item[Attribute.VALUE]))
    return None


def _certified(certificate: x509.Certificate) -> bytes | None:
    with suppress(Exception):
        public = certificate.public_key()
        if isinstance(public, EllipticCurvePublicKey):
            return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        if isinstance(public, RSAPublicKey):
            return _information(public)
    return None


def _information(public: RSAPublicKey) -> bytes:
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
