"""Signing keys: ES256 (P-256) by default, EdDSA (Ed25519) for formats that want it.

The algorithm follows from the key, never from what a document says. Signatures are 64 raw
bytes (RFC 7518 §3.4, RFC 8037 §3.1). A key's id is its RFC 7638 thumbprint; the QR token carries
the first `KID_PREFIX` bytes of it.
"""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from credential.errors import FormatError
from credential.jose import canonical, decode

KID_PREFIX = 8  # bytes
SIGNATURE = 64  # bytes
_UNCOMPRESSED = 4  # SEC 1 §2.3.3
_P256_POINT = 65
_ED25519 = 32
_ECDSA = ECDSA(SHA256())


def b64url(data: bytes) -> str:
    """Base64url without padding (RFC 7515 §2)."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


class Signer(Protocol):
    """Whoever holds a signing key: a file, an HSM, a USB token."""

    @property
    def public(self) -> "PublicKey":
        """The public half."""
        ...

    def sign(self, data: bytes) -> bytes:
        """The 64-byte signature of `data`."""
        ...


@dataclass(frozen=True)
class PublicKey:
    """A public key by its bytes: an uncompressed P-256 point (65) or an Ed25519 key (32).

    Raises FormatError ``key.malformed`` for anything else.
    """

    raw: bytes

    def __post_init__(self) -> None:
        point = len(self.raw) == _P256_POINT and self.raw[0] == _UNCOMPRESSED
        if not point and len(self.raw) != _ED25519:
            # The first byte of a point is not in its thumbprint: with another one, a listed key
            # would be one that verifies nothing.
            raise FormatError("key.malformed", length=len(self.raw))

    @property
    def alg(self) -> str:
        """The JOSE name of the only algorithm that this key may be used with."""
        return "ES256" if len(self.raw) == _P256_POINT else "EdDSA"

    @cached_property
    def kid(self) -> bytes:
        """RFC 7638 thumbprint, 32 bytes."""
        return hashlib.sha256(canonical(self.jwk)).digest()

    @property
    def jwk(self) -> dict[str, str]:
        """As a JSON Web Key with the members that its thumbprint covers (RFC 7517, RFC 8037)."""
        if self.alg == "ES256":
            x, y = b64url(self.raw[1:33]), b64url(self.raw[33:])
            return {"crv": "P-256", "kty": "EC", "x": x, "y": y}
        return {"crv": "Ed25519", "kty": "OKP", "x": b64url(self.raw)}

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, object]) -> "PublicKey":
        """Inverse of `jwk`. Raises FormatError ``key.malformed`` for any other form."""
        try:
            parts = [decode(str(jwk[name])) for name in ("x", "y") if name in jwk]
            point = len(parts) == len(("x", "y"))
            key = cls(bytes([_UNCOMPRESSED] if point else []) + b"".join(parts))
        except (ValueError, KeyError) as error:
            raise FormatError("key.malformed", length=0) from error
        if key.jwk != jwk:
            raise FormatError("key.malformed", length=len(key.raw))
        return key

    @cached_property
    def _key(self) -> EllipticCurvePublicKey | Ed25519PublicKey:
        try:
            if self.alg == "ES256":
                return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), self.raw)
            return Ed25519PublicKey.from_public_bytes(self.raw)
        except ValueError as error:
            raise FormatError("key.malformed", length=len(self.raw)) from error

    def check(self) -> None:
        """Raises FormatError ``key.malformed`` for a P-256 key that is no point of the curve."""
        _ = self._key

    def verify(self, signature: bytes, data: bytes) -> bool:
        """Whether these 64 bytes are this key's signature of `data`."""
        if len(signature) != SIGNATURE:
            return False
        try:
            if isinstance(self._key, Ed25519PublicKey):
                self._key.verify(signature, data)
            else:
                r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
                self._key.verify(encode_dss_signature(r, s), data, _ECDSA)
        except (InvalidSignature, ValueError):
            return False
        return True


class SoftwareKey:
    """A `Signer` whose private key is in this process's memory."""

    def __init__(self, private: EllipticCurvePrivateKey | Ed25519PrivateKey) -> None:
        self._private = private
        public = private.public_key()
        if isinstance(public, Ed25519PublicKey):
            raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
        else:
            raw = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self._public = PublicKey(raw)

    @property
    def public(self) -> PublicKey:
        """The public half."""
        return self._public

    def sign(self, data: bytes) -> bytes:
        """The 64-byte signature of `data`."""
        if isinstance(self._private, Ed25519PrivateKey):
            return self._private.sign(data)
        r, s = decode_dss_signature(self._private.sign(data, _ECDSA))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
