"""Keys that act on the chain: secp256k1, which sign 32-byte digests and nothing else.

What the digests stand for (a transaction, a relayed act) and how a signature is written for the
chain, `chain.wallet` decides.
"""

from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256K1,
    EllipticCurvePrivateKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

# Any hash of 32 bytes is signed as it is; RFC 6979 makes the same digest give the same signature.
_ECDSA = ECDSA(Prehashed(SHA256()), deterministic_signing=True)


class ChainKey(Protocol):
    """Whoever holds a chain key: a file, an HSM, a USB token."""

    @property
    def point(self) -> bytes:
        """The public half as an uncompressed point (65 bytes, SEC 1 §2.3.3)."""
        ...

    def sign(self, digest: bytes) -> bytes:
        """The signature of 32 bytes: r and s, 32 bytes each; s may be the high one."""
        ...


class SoftwareChainKey:
    """A `ChainKey` whose private key is in this process's memory."""

    def __init__(self, private: EllipticCurvePrivateKey) -> None:
        self._private = private
        public = private.public_key()
        self._point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @classmethod
    def of(cls, secret: bytes) -> "SoftwareChainKey":
        """The key of a 32-byte secret."""
        return cls(derive_private_key(int.from_bytes(secret, "big"), SECP256K1()))

    @property
    def point(self) -> bytes:
        """The public half as an uncompressed point."""
        return self._point

    def sign(self, digest: bytes) -> bytes:
        """The signature of 32 bytes."""
        r, s = decode_dss_signature(self._private.sign(digest, _ECDSA))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
