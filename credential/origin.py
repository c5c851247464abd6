"""Where a credential comes from that is not itself the first: an old book's line, or a register's.

A digitised diploma was made of a line of a paper register, a certified copy of a line that stands
in a register. Neither is the diploma; both say which one they speak of, and since when it is.
"""

import re
from collections.abc import Mapping
from typing import Any

from credential.dates import PartialDate
from credential.errors import FormatError
from credential.model import BookPage, CredentialType, Origin, Original, Signer

_SCAN = re.compile(r"[0-9a-f]{64}")


def members(origin: Origin) -> dict[str, Any]:
    """As it stands in an SD-JWT; the signer is disclosed by itorigin."""
    place = origin.place
    where: dict[str, Any]
    if isinstance(place, Original):
        where = {"type": place.type.key, "school": place.school,
                 "register_no": place.register_no}  # fmt: skip
    else:
        where = {"book": place.book, "number": place.number, "page": place.page,
                 "scan": place.scan}  # fmt: skip
    about = {"document": origin.document, "issuer": origin.issuer, "issued": origin.issued.iso()}
    return about | where


DIGITISED_MEMBERS: Mapping[str, type] = dict.fromkeys(
    ("document", "issuer", "issued", "book", "number", "page", "scan"), str
)
COPY_MEMBERS: Mapping[str, type] = {
    **dict.fromkeys(("document", "issuer", "issued", "type", "register_no"), str), "school": int
}  # fmt: skip


def of_members(said: Mapping[str, Any], signer: Mapping[str, str] | None = None) -> Origin:
    """Inverse of `members`, whose names and types have been checked.

    Raises FormatError ``sdjwt.malformed`` and ``date.invalid``, KeyError for a type unknown.
    """
    if "scan" in said:
        place: Original | BookPage = BookPage(
            said["book"], said["number"], said["page"], said["scan"]
        )
        sound = _SCAN.fullmatch(said["scan"]) is not None
    else:
        kind = CredentialType.from_key(said["type"])
        place = Original(kind, said["school"], said["register_no"])
        sound = kind is not CredentialType.COPY
    if not sound:
        raise FormatError("sdjwt.malformed")
    issued = PartialDate.from_iso(said["issued"])
    first = Signer(**signer) if signer else None
    return Origin(said["document"], said["issuer"], issued, place, first)
