"""Secrets of staff at rest: sealed with a key that is not in the database.

AES-256-GCM, a random nonce before the ciphertext; whose secret it is, is bound to it, so that
whoever can write to the database cannot give one person's second factor to another. The key is a
file: who has it and the database can make codes. Without it second factors are set up anew.
"""

import hmac
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from credential.errors import ConfigError

_NONCE, _KEY = 12, 32  # bytes


class Sealing:
    """Seals and opens with the key of a file, which is made on first use.

    Raises ConfigError ``settings.staff_key`` for a file that cannot be read or made.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def seal(self, secret: bytes, account: int) -> bytes:
        """The secret as it is kept for that account."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher().encrypt(nonce, secret, _bound(account))

    def open(self, sealed: bytes, account: int) -> bytes:
        """The secret. Raises ConfigError also for one that another key, or account, sealed."""
        try:
            return self._cipher().decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound(account))
        except (InvalidTag, ValueError) as error:
            raise ConfigError("settings.staff_key", path=str(self._path)) from error

    def mark(self, text: str) -> bytes:
        """A digest of a text that only who has the key can make (16 bytes)."""
        try:
            key = bytes.fromhex(_kept(self._path))
        except (OSError, ValueError) as error:
            raise ConfigError("settings.staff_key", path=str(self._path)) from error
        own = hmac.digest(key, b"sogoc tries", "sha256")
        return hmac.digest(own, text.encode("utf-8", "replace"), "sha256")[:16]

    def _cipher(self) -> AESGCM:
        try:
            return AESGCM(bytes.fromhex(_kept(self._path)))
        except (OSError, ValueError) as error:
            raise ConfigError("settings.staff_key", path=str(self._path)) from error


def _kept(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(os.urandom(_KEY).hex() + "\n")
        try:
            os.link(draft, path)  # whole, or another process was first and its key is the one
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip()


def _bound(account: int) -> bytes:
    return b"sogoc staff %d" % account
