"""Login names: in one spelling, so that nobody can have one that looks like another's."""

import re

from credential.errors import FormatError

_NAME = re.compile(r"[a-z0-9](?:[._-]?[a-z0-9]){3,31}", re.ASCII)


def folded(name: str) -> str:
    """A login name as it is kept: small letters. Raises FormatError ``account.name``.

    4 to 32 Latin letters and digits, between them single dots, dashes or underscores.
    """
    found = name.strip().lower()
    if not _NAME.fullmatch(found):
        raise FormatError("account.name")
    return found
