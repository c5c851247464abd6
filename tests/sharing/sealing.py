"""The format of shares, written anew in Python: what a browser makes, another implementation opens.

`docs/decisions/0021` says what it is; `web/static/share/sealing.js` is what the pages use.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from credential.jose import decode
from credential.keys import b64url

STEP = 16_384
ROUNDS = 600_000


@cache
def slow(pin: str, salt: bytes) -> bytes:
    """What makes trying PINs dear."""
    return hashlib.pbkdf2_hmac("sha256", pin.encode(), salt, ROUNDS)


@dataclass(frozen=True)
class Link:
    """What stands after ``/s#``: the share's id and its key."""

    id: bytes = field(default_factory=lambda: os.urandom(16))
    key: bytes = field(default_factory=lambda: os.urandom(32))

    @classmethod
    def read(cls, address: str) -> "Link":
        id_, key = address.partition("#")[2].split(".")
        return cls(decode(id_), decode(key))

    @property
    def fragment(self) -> str:
        return f"{b64url(self.id)}.{b64url(self.key)}"

    @property
    def capability(self) -> bytes:
        return self._derived(self.key, "capability")

    def proof(self, pin: str) -> bytes:
        return self._derived(self._secret(pin), "proof")

    def seal(self, shown: Sequence[str], to: str = "", pin: str = "") -> bytes:
        text = json.dumps({"shown": list(shown), "to": to}, ensure_ascii=False).encode()
        text += b" " * (-len(text) % STEP)
        nonce = os.urandom(12)
        return nonce + AESGCM(self._content_key(pin)).encrypt(nonce, text, self.id)

    def open(self, content: bytes, pin: str = "") -> dict[str, object]:
        found = AESGCM(self._content_key(pin)).decrypt(content[:12], content[12:], self.id)
        opened: dict[str, object] = json.loads(found)
        return opened

    def _content_key(self, pin: str) -> bytes:
        return self._derived(self._secret(pin), "content")

    def _secret(self, pin: str) -> bytes:
        if not pin:
            return self.key
        return self.key + slow(pin, self.id)

    def _derived(self, secret: bytes, what: str) -> bytes:
        return HKDF(SHA256(), 32, self.id, f"sogoc share {what}".encode()).derive(secret)
