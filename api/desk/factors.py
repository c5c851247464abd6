"""Second factors: time-based codes, and one-time recovery codes for a phone that was lost.

RFC 6238 with SHA-1, 30 seconds and 6 digits, which every app can. A code is taken in its own step
of time and in the one before and after, once. Guessing is slowed down at the entrance
(`api.site.limits`).
"""

import hashlib
import hmac
import re
import secrets
from base64 import b32encode, b64decode, b64encode
from dataclasses import dataclass
from typing import Final

import pyotp

from api.desk.sealing import Sealing
from credential.errors import ConfigError, RefusedError
from store.factors import Factors

STEP: Final = 30  # seconds
CODES: Final = 10
"""Recovery codes at a time."""
_SECRET = 20  # bytes (RFC 4226 §4, R6)
_RECOVERY = 15  # bytes: 24 letters and digits, 120 bits (OWASP ASVS 5, V6.5.2)
_AROUND = (0, -1, 1)  # steps that a clock may differ by
_CODE = re.compile(r"[0-9]{6}", re.ASCII)
_ISSUER = "Sổ Gốc"


@dataclass(frozen=True, slots=True)
class Offer:
    """A new secret to be taken over by somebody's app; `sealed` comes back with its first code."""

    secret: str
    uri: str
    sealed: str


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """Sets up and checks second factors. All methods block, and raise UnavailableError."""

    factors: Factors
    sealing: Sealing

    def offer(self, account: int, login: str) -> Offer:
        """A fresh secret; nothing is kept until its first code comes back."""
        raw = secrets.token_bytes(_SECRET)
        secret = b32encode(raw).decode()
        uri = pyotp.TOTP(secret, name=login, issuer=_ISSUER).provisioning_uri()
        return Offer(secret, uri, b64encode(self.sealing.seal(raw, account)).decode())

    def enrol(self, account: int, sealed: str, code: str, actor: str) -> list[str]:
        """Take an offer up, shown a code of it; the recovery codes, which cannot be read again.

        Raises RefusedError ``staff.code_wrong``.
        """
        try:
            kept = b64decode(sealed, validate=True)
            secret = self.sealing.open(kept, account)
        except (ValueError, ConfigError):  # not what this account was offered
            raise RefusedError("staff.code_wrong") from None
        step = self._step(secret, _plain(code))
        if step is None:
            raise RefusedError("staff.code_wrong")
        recovery = [b32encode(secrets.token_bytes(_RECOVERY)).decode() for _ in range(CODES)]
        self.factors.enrol(account, kept, step, [_digest(each) for each in recovery], actor)
        return [_grouped(each) for each in recovery]

    def check(self, account: int, code: str, actor: str) -> str:
        """Use a code up; ``totp`` or ``recovery``, as what it was.

        Raises RefusedError ``staff.code_wrong``, also for one that was used before.
        """
        kept, plain = self.factors.sealed(account), _plain(code)
        if kept is not None and _CODE.fullmatch(plain):
            step = self._step(self.sealing.open(kept, account), plain)
            if step is not None and self.factors.use(account, step):
                return "totp"
        elif kept is not None and self.factors.recover(account, _digest(plain), actor):
            return "recovery"
        raise RefusedError("staff.code_wrong")

    def _step(self, secret: bytes, code: str) -> int | None:
        """The step of time whose code it is, of those that are taken now."""
        totp, now = pyotp.TOTP(b32encode(secret).decode()), self.factors.clock() // STEP
        fitting = [
            now + away for away in _AROUND
            if hmac.compare_digest(totp.generate_otp(now + away).encode(), code.encode())
        ]  # fmt: skip
        return fitting[0] if fitting else None


def _plain(code: str) -> str:
    return re.sub(r"[\s-]", "", code).upper()


def _grouped(code: str) -> str:
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4)).lower()


def _digest(code: str) -> bytes:
    return hashlib.sha256(code.encode()).digest()
