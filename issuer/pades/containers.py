"""CMS containers (RFC 5652) with the attributes that PAdES baseline B-B asks for, many of a kind.

pyHanko makes a container once for each length of signature; what differs between two papers that
one key signs are 32 bytes of digest and the signature, both at known places. So a thousand papers
cost a thousand signatures, not a thousand times the encoding of certificates.
"""

import asyncio
import hashlib
from collections.abc import Coroutine
from functools import cached_property
from typing import Any

from asn1crypto import algos, cms, x509
from pyhanko.sign.signers import ExternalSigner
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from issuer.pades.keys import CertifiedKey

_DIGEST = hashlib.sha256(b"the digest of a paper").digest()  # stands where a digest will
_LONGEST = 72  # bytes of a P-256 signature: two integers in DER
_SPARE = 1024  # bytes more than the first time stamp had


class Containers:
    """The containers of one key. Use it as a context manager, from one thread."""

    def __init__(self, key: CertifiedKey, stamper: TimeStamper | None = None) -> None:
        self._key, self._stamper = key, stamper
        own, *above = [x509.Certificate.load(each) for each in key.chain]
        self._own, self._above = own, SimpleCertificateStore.from_certs(above)
        self._moulds: dict[int, tuple[bytes, bytes, bytes]] = {}
        self._loop = asyncio.Runner()

    def __enter__(self) -> "Containers":
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.close()

    @cached_property
    def room(self) -> int:
        """Bytes that a container takes at most. Asks the time-stamping authority once."""
        elliptic = self._key.algorithm == "sha256_ecdsa"
        longest = _LONGEST if elliptic else self._own.public_key.byte_size
        room = len(b"".join(self._mould(longest))) + len(_DIGEST) + longest
        if self._stamper is not None:
            room += len(self._run(self._stamper.async_dummy_response("sha256")).dump()) + _SPARE
        return room

    def make(self, digest: bytes) -> bytes:
        """The container for a PDF of that digest. Raises what key and stamper raise."""
        attributes = self._attributes_of(digest)
        signature = self._key.sign(attributes)
        if self._stamper is not None:
            return self._made(attributes, signature, self._stamper)
        before, between, after = self._mould(len(signature))
        return b"".join((before, digest, between, signature, after))

    def _mould(self, length: int) -> tuple[bytes, bytes, bytes]:
        """What stands before, between and behind digest and signature, if this is so long."""
        if length not in self._moulds:
            dummy = hashlib.shake_256(b"a signature").digest(length)
            before, rest = self._made(self._attributes, dummy, None).split(_DIGEST)
            between, after = rest.split(dummy)
            self._moulds[length] = before, between, after
        return self._moulds[length]

    def _attributes_of(self, digest: bytes) -> bytes:
        return self._attributes.replace(_DIGEST, digest)

    @cached_property
    def _attributes(self) -> bytes:
        """The signed attributes with `_DIGEST` where a paper's will stand."""
        made = self._run(self._signer(b"").signed_attrs(_DIGEST, "sha256", use_pades=True))
        encoded: bytes = made.dump()
        return encoded

    def _made(self, attributes: bytes, signature: bytes, stamper: TimeStamper | None) -> bytes:
        signed = cms.CMSAttributes.load(attributes)
        made = self._run(
            self._signer(signature).async_sign_prescribed_attributes(
                "sha256", signed, timestamper=stamper
            )
        )
        encoded: bytes = made.dump()
        return encoded

    def _signer(self, signature: bytes) -> ExternalSigner:
        mechanism = algos.SignedDigestAlgorithm({"algorithm": self._key.algorithm})
        return ExternalSigner(self._own, self._above, signature, mechanism)

    def _run(self, made: Coroutine[Any, Any, Any]) -> Any:
        return self._loop.run(made)
