"""Reading base64url and JSON of a JWS in their one spelling (RFC 7515 §2, RFC 8785).

What has another spelling of the same content is refused, which leaves no room for duplicate keys,
NaN, odd white space, padding or stray bits.
"""

from binascii import a2b_base64, b2a_base64
from typing import Any

import orjson

# From base64url's alphabet to base64's; what only base64 has becomes what neither has.
_STANDARD = bytes.maketrans(b"-_+/", b"+/!!")


def decode(text: str) -> bytes:
    """Base64url without padding. Raises ValueError for any other spelling."""
    standard = text.encode("ascii").translate(_STANDARD)
    data = a2b_base64(standard + b"=" * (-len(standard) % 4))
    if b2a_base64(data, newline=False).rstrip(b"=") != standard:
        raise ValueError("another spelling of the same bytes")
    return data


def load(text: str) -> Any:
    """Base64url JSON. Raises ValueError, and TypeError for what JSON cannot hold."""
    data = decode(text)
    value = orjson.loads(data)
    if canonical(value) != data:
        raise ValueError("another spelling of the same value")
    return value


def canonical(value: Any) -> bytes:
    """RFC 8785 for ASCII keys, texts, integers and booleans. Raises TypeError for other values."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
