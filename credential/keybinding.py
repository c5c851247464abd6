"""Key binding: proof that whoever shows an SD-JWT has the holder's key (RFC 9901 §4.3).

A key binding JWT follows the last ``~``. It is signed by the key that the issuer named in ``cnf``,
says for whom (`audience`) and in answer to what (`nonce`) it was made, when, and over which
selection. What times and nonces are right is the caller's to say: nothing here has a clock.
"""

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from credential.errors import FormatError
from credential.jose import canonical, decode, load
from credential.keys import SIGNATURE, PublicKey, Signer, b64url
from credential.text import check_text

TYP: Final = "kb+jwt"
MAX_AGE: Final = 300  # seconds that a proof counts unless the verifier says otherwise
_AHEAD = 60  # seconds that the holder's clock may be ahead
_END_OF_TIME = 253_402_300_799  # 9999-12-31
_CLAIMS = {"aud": str, "iat": int, "nonce": str, "sd_hash": str}


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a verifier demands: a proof for that `audience`, in answer to that `nonce`.

    It was made at most `max_age` seconds before `at` (seconds since 1970).
    """

    audience: str
    nonce: str
    at: int
    max_age: int = MAX_AGE


@dataclass(frozen=True, slots=True)
class KeyBinding:
    """A key binding JWT that is well formed, not yet verified.

    `made` is in seconds since 1970, `sd_hash` the digest that it names, `selection` that of the
    SD-JWT before it.
    """

    audience: str
    nonce: str
    made: int
    sd_hash: str
    selection: str
    alg: str
    to_sign: bytes
    signature: bytes

    def fault(self, key: PublicKey, expected: Expectation | None) -> str:
        """Why it is no proof that the holder shows this here and now; "" if it is one.

        ``forged`` (another key's) and ``selection`` (of other disclosures) are all that can be
        told where nothing is expected. Otherwise there are also ``audience``, ``nonce``, ``age``.
        """
        if key.alg != self.alg or not key.verify(self.signature, self.to_sign):
            return "forged"
        if self.sd_hash != self.selection:
            return "selection"
        if expected is None:
            return ""
        if self.audience != expected.audience:
            return "audience"
        if self.nonce != expected.nonce:
            return "nonce"
        age = expected.at - self.made
        return "" if -_AHEAD <= age <= expected.max_age else "age"


def bind(sd_jwt: str, key: Signer, audience: str, nonce: str, now: int) -> str:
    """The SD-JWT (which ends in ``~``) with a proof by the holder's `key` made at `now`.

    Raises FormatError ``text.*`` for an audience or nonce that cannot be signed.
    """
    for text in (audience, nonce):
        check_text(text)
    claims = {"aud": audience, "iat": now, "nonce": nonce, "sd_hash": digest(sd_jwt)}
    header = {"alg": key.public.alg, "typ": TYP}
    to_sign = ".".join(b64url(canonical(part)) for part in (header, claims))
    return f"{sd_jwt}{to_sign}.{b64url(key.sign(to_sign.encode()))}"


def parse(text: str, sd_jwt: str) -> KeyBinding:
    """The key binding JWT `text` that followed `sd_jwt`. Raises FormatError and ValueError."""
    head, body, signature = text.split(".")
    header, claims, raw = load(head), load(body), decode(signature)
    sound = _has(header, {"alg": str, "typ": str}) and _has(claims, _CLAIMS)
    if not sound or header["typ"] != TYP or header["alg"] not in ("ES256", "EdDSA"):
        raise FormatError("sdjwt.malformed")
    if not 0 <= claims["iat"] <= _END_OF_TIME or len(raw) != SIGNATURE:
        raise FormatError("sdjwt.malformed")
    for name in ("aud", "nonce", "sd_hash"):
        check_text(claims[name])
    return KeyBinding(
        audience=claims["aud"],
        nonce=claims["nonce"],
        made=claims["iat"],
        sd_hash=claims["sd_hash"],
        selection=digest(sd_jwt),
        alg=header["alg"],
        to_sign=f"{head}.{body}".encode(),
        signature=raw,
    )


def digest(sd_jwt: str) -> str:
    """SHA-256 of a selection in base64url, as ``sd_hash`` (RFC 9901 §4.3.1)."""
    return b64url(hashlib.sha256(sd_jwt.encode()).digest())


def _has(value: Any, members: dict[str, type]) -> bool:
    return (
        type(value) is dict
        and value.keys() == members.keys()
        and all(type(value[name]) is kind for name, kind in members.items())
    )
