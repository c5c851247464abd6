"""What a school states under its signing key beside its credentials: a JWT of a type of its own.

Compact JWS (RFC 7515) over JSON in its one spelling (RFC 8785). `typ` says what kind of statement
it is, so that none can be taken for another, nor for a credential (RFC 8725, section 3.11).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from credential import jose
from credential.errors import FormatError
from credential.keys import SIGNATURE, PublicKey, Signer, b64url

MAX_BYTES = 16_384
_KID = 32  # bytes of a JWK thumbprint
_ALGORITHMS = ("ES256", "EdDSA")


@dataclass(frozen=True, slots=True)
class Statement:
    """A parsed statement: well spelt, not yet judged. `text` is the compact JWS."""

    kid: bytes
    alg: str
    claims: Mapping[str, Any]
    signature: bytes
    text: str

    def verify(self, key: PublicKey) -> bool:
        """Whether `key` signed it, with the key's own algorithm."""
        signed = self.text.rpartition(".")[0].encode()
        mine = key.alg == self.alg and key.kid == self.kid
        return mine and key.verify(self.signature, signed)


def sign(typ: str, claims: Mapping[str, Any], signer: Signer) -> str:
    """The statement signed. Raises FormatError ``statement.too_long``."""
    key = signer.public
    head = jose.canonical({"alg": key.alg, "kid": b64url(key.kid), "typ": typ})
    to_sign = f"{b64url(head)}.{b64url(jose.canonical(dict(claims)))}"
    text = f"{to_sign}.{b64url(signer.sign(to_sign.encode()))}"
    if len(text) > MAX_BYTES:
        raise FormatError("statement.too_long", limit=MAX_BYTES)
    return text


def parse(text: str, typ: str) -> Statement:
    """Read a statement of that type strictly.

    Raises FormatError ``statement.too_long`` and ``statement.malformed``.
    """
    if len(text) > MAX_BYTES:
        raise FormatError("statement.too_long", limit=MAX_BYTES)
    try:
        head, body, end = text.split(".")
        members, claims, signature = jose.load(head), jose.load(body), jose.decode(end)
        kid = jose.decode(members["kid"])
        well_formed = members == {"alg": members["alg"], "kid": members["kid"], "typ": typ}
        if not well_formed or members["alg"] not in _ALGORITHMS or type(claims) is not dict:
            raise FormatError("statement.malformed")
        if len(kid) != _KID or len(signature) != SIGNATURE:
            raise FormatError("statement.malformed")
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise FormatError("statement.malformed") from error
    return Statement(kid, members["alg"], claims, signature, text)
