"""Who may read the outcomes of a list: whoever has its secret, and nobody else.

The secret makes an X25519 key; the store keeps its public half alone, to which each outcome is
sealed (HPKE, RFC 9180). So a worker can go on with a list after a restart, and a copy of the
database tells nobody what came of it.
"""

import base64
import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from credential.errors import UnavailableError

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_PURPOSE = b"sogoc list outcome 1"


def new_secret() -> str:
    """A secret for a list that nobody's key stands for: 256 random bits."""
    return secrets.token_urlsafe(32)


def client_secret(key: str, number: str) -> str:
    """The secret of a client's list: made of its API key, so that it can be told again."""
    made = hmac.digest(key.encode(), f"list {number}".encode(), "sha256")
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def seal_of(secret: str) -> bytes:
    """The public key to which outcomes are sealed for whoever has that secret."""
    return _private(secret).public_key().public_bytes_raw()


def sealed(seal: bytes, number: str, outcome: bytes) -> bytes:
    """An outcome of the list of that number for the holder of its secret."""
    public = X25519PublicKey.from_public_bytes(seal)
    return bytes(_SUITE.encrypt(outcome, public, info=_PURPOSE + number.encode()))


class Opener:
    """Opens the outcomes of one list."""

    def __init__(self, secret: str, number: str) -> None:
        self._private, self._info = _private(secret), _PURPOSE + number.encode()

    def open(self, outcome: bytes) -> bytes:
        """What was sealed. Raises UnavailableError ``store`` for what no worker of ours wrote."""
        try:
            return bytes(_SUITE.decrypt(outcome, self._private, info=self._info))
        except (InvalidTag, ValueError) as error:
            raise UnavailableError("store", "damaged") from error


def _private(secret: str) -> X25519PrivateKey:
    digest = hashlib.sha256(b"sogoc list secret 1" + secret.encode("utf-8", "surrogatepass"))
    return X25519PrivateKey.from_private_bytes(digest.digest())
