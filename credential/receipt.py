"""The receipt of a verification: who found what about which document, when and as of which block.

A JWT of its own type (RFC 7519, compact JWS of RFC 7515, ES256) signed by a deployment that
verifies. It is a statement about a verification, never about a credential as it stands today.

The file holds the token and, beside it, its claims for people and programs to read. Only the token
counts; a file whose readable copy says anything else is a forgery. Token and file have one
spelling each (RFC 8785), so there is no second reading of either.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from credential import jose, receipt_claims
from credential.errors import FormatError
from credential.keys import SIGNATURE, PublicKey, b64url

TYP: Final = "verification-receipt+jwt"
OPERATOR: Final = 0
"""The number under which the ledger lists keys of those who verify. It is no school's and is
accredited for no credential type, so that its keys can sign no credential."""
MAX_BYTES: Final = 65_536  # of a file; one of two artefacts takes 8 kB
_ALG = "ES256"
_KID = 32  # bytes of a JWK thumbprint
_LOOK = re.compile(r'\s*\{\s*"(jwt|receipt)"\s*:', re.ASCII)


@dataclass(frozen=True)
class Receipt:
    """A parsed receipt: well formed, not yet judged.

    `claims` are what was signed (`credential.receipt_claims`), `copied` says whether the readable
    copy beside the token is the same, `text` is the file.
    """

    kid: bytes
    claims: Mapping[str, Any]
    signature: bytes
    signed: bytes
    copied: bool
    text: str

    def verify(self, key: PublicKey) -> bool:
        """Whether `key` signed it: one of the only algorithm that receipts have."""
        mine = key.alg == _ALG and key.kid == self.kid
        return mine and key.verify(self.signature, self.signed)


def looks_like_receipt(text: str) -> bool:
    """Whether a text begins as receipts do, well formed or not."""
    return _LOOK.match(text) is not None


def signing_input(kid: bytes, claims: Mapping[str, Any]) -> bytes:
    """What the key with that id (32 bytes) signs. Raises FormatError ``receipt.malformed``."""
    receipt_claims.check(claims)
    head = jose.canonical({"alg": _ALG, "kid": b64url(kid), "typ": TYP})
    return f"{b64url(head)}.{b64url(jose.canonical(claims))}".encode()


def assemble(claims: Mapping[str, Any], signed: bytes, signature: bytes) -> str:
    """The file. Raises FormatError ``receipt.too_long``."""
    token = f"{signed.decode()}.{b64url(signature)}"
    data = jose.canonical({"jwt": token, "receipt": dict(claims)})
    if len(data) > MAX_BYTES:
        raise FormatError("receipt.too_long", limit=MAX_BYTES)
    return data.decode()


def parse(text: str) -> Receipt:
    """Read a file strictly. Raises FormatError ``receipt.too_long`` and ``receipt.malformed``."""
    text = text.strip()
    if len(text) > MAX_BYTES:
        raise FormatError("receipt.too_long", limit=MAX_BYTES)
    try:
        return _parsed(text)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError,
            FormatError) as error:  # fmt: skip
        raise FormatError("receipt.malformed") from error


def _parsed(text: str) -> Receipt:
    data = text.encode()
    found = orjson.loads(data)
    if found.keys() != {"jwt", "receipt"} or jose.canonical(found) != data:
        raise FormatError("receipt.malformed")
    head, body, end = found["jwt"].split(".")
    members, claims, signature = jose.load(head), jose.load(body), jose.decode(end)
    kid = jose.decode(members["kid"])
    well_formed = members == {"alg": _ALG, "kid": members["kid"], "typ": TYP}
    if not well_formed or len(kid) != _KID or len(signature) != SIGNATURE:
        raise FormatError("receipt.malformed")
    receipt_claims.check(claims)
    return Receipt(
        kid=kid,
        claims=claims,
        signature=signature,
        signed=f"{head}.{body}".encode(),
        # By their bytes: for Python 1 and true are equal.
        copied=jose.canonical(found["receipt"]) == jose.canonical(claims),
        text=text,
    )
