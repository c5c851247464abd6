"""How people write days, moments, addresses and keys: one reading for options and for files."""

from datetime import date, datetime

from web.messages import VIETNAM

_ADDRESS = 20  # bytes
_FORMS = ("%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y")


def day(text: str) -> date:
    """A day as dd/mm/yyyy or yyyy-mm-dd. Raises ValueError."""
    form = "%d/%m/%Y" if "/" in text else "%Y-%m-%d"
    return datetime.strptime(text, form).date()  # noqa: DTZ007 — a calendar day


def hexadecimal(text: str, *lengths: int) -> bytes:
    """Bytes of one of these lengths; an address in both cases must fit its checksum (EIP-55).

    Raises ValueError.
    """
    if not text.startswith("0x"):
        raise ValueError("no 0x")
    found = bytes.fromhex(text[2:])
    if len(found) not in lengths:
        raise ValueError("length")
    digits = text[2:]
    if len(found) == _ADDRESS and digits not in (digits.lower(), digits.upper()):
        from eth_utils.address import is_checksum_address  # noqa: PLC0415 — slow to import

        if not is_checksum_address(text):
            raise ValueError("checksum")
    return found


def moment(text: str) -> int:
    """A day with or without a time, or ISO 8601, as seconds since 1970. Raises ValueError.

    Without an offset it is Vietnamese time.
    """
    found = _moment(text)
    return int((found if found.tzinfo else found.replace(tzinfo=VIETNAM)).timestamp())


def _moment(text: str) -> datetime:
    for form in _FORMS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 — the offset is given later
        except ValueError:
            continue
    return datetime.fromisoformat(text)
