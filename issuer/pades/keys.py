"""Keys that have a certificate: what makes the signature in a PDF, in files and in tokens.

The curve P-256 and RSA, always with SHA-256. A school's own signing key serves if it has a
certificate; where an authority gave a seal of its own (many tokens hold RSA alone), that one does.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from asn1crypto import x509
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from credential.keys import Signer

Algorithm = Literal["sha256_ecdsa", "sha256_rsa"]
"""What CMS calls how a signature was made."""


class CertifiedKey(Protocol):
    """A key and its certificates (DER), its own first."""

    @property
    def chain(self) -> Sequence[bytes]:
        """The certificate of the key and those above it."""
        ...

    @property
    def algorithm(self) -> Algorithm:
        """How it signs."""
        ...

    def sign(self, data: bytes) -> bytes:
        """The signature of data as CMS has it. Raises ConfigError ``device.*``."""
        ...


@dataclass(frozen=True, slots=True)
class Certified:
    """A `CertifiedKey` made of its parts."""

    chain: Sequence[bytes]
    algorithm: Algorithm
    signing: Callable[[bytes], bytes]

    def sign(self, data: bytes) -> bytes:
        """The signature of data as CMS has it."""
        return self.signing(data)


def of_signer(signer: Signer, chain: Sequence[bytes]) -> Certified:
    """A P-256 key that signs credentials, as one that signs papers."""

    def sign(data: bytes) -> bytes:
        made = signer.sign(data)
        return encode_dss_signature(
            int.from_bytes(made[:32], "big"), int.from_bytes(made[32:], "big")
        )

    return Certified(chain, "sha256_ecdsa", sign)


@dataclass(frozen=True, slots=True)
class Appearance:
    """What is seen of a signature: who signed as the certificate names them, and when."""

    name: str
    at: datetime


def holder(chain: Sequence[bytes]) -> str:
    """Who holds a certificate (DER): its common name, or else all of the subject."""
    subject = x509.Certificate.load(chain[0]).subject
    name = subject.native.get("common_name")
    return name if isinstance(name, str) else str(subject.human_friendly)
