"""Numbers and bytes as JSON-RPC writes them: one strict reading, for both ends of the wire.

Execution API specification: quantities are ``0x`` with hexadecimal digits, data is ``0x`` with two
digits a byte. Whatever else stands there raises ValueError.
"""


def to_hex(value: int | bytes) -> str:
    """A quantity (int) or data (bytes)."""
    return hex(value) if isinstance(value, int) else "0x" + value.hex()


def to_word(value: int) -> str:
    """A number as data of 32 bytes, as storage slots and topics are written."""
    return "0x" + value.to_bytes(32, "big").hex()


def as_int(value: object, bits: int = 256) -> int:
    """A quantity of at most so many bits."""
    if not isinstance(value, str) or not value.startswith("0x") or len(value) > 66:
        raise ValueError("not a quantity")
    found = int(value[2:], 16)
    if found < 0 or found.bit_length() > bits:
        raise ValueError("quantity out of range")
    return found


def as_bytes(value: object, length: int | None = None) -> bytes:
    """Data, of exactly `length` bytes if given."""
    if not isinstance(value, str) or not value.startswith("0x"):
        raise ValueError("not hexadecimal data")
    found = bytes.fromhex(value[2:])
    if length is not None and len(found) != length:
        raise ValueError("data of the wrong length")
    return found
