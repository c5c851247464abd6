"""The subjects that a receiving school teaches: a text file, one subject a line.

A line holds a subject's key or its printed name, before a tab or semicolon if there is more; empty
lines and those that begin with # say nothing.
"""

import re

from credential.errors import Fault, InputError
from credential.text import fold
from grading.subjects import LOWER_SECONDARY, PRIMARY, UPPER_SECONDARY

_SUBJECTS = {
    fold(spelling): subject.key
    for subject in (*PRIMARY, *LOWER_SECONDARY, *UPPER_SECONDARY)
    for spelling in (subject.key, subject.name)
}
_MOST = 10_000  # bytes


def read(data: bytes) -> frozenset[str]:
    """The keys of the subjects. Raises InputError with each ``transfer.subject`` (found)."""
    try:
        text = data[: _MOST + 1].decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError([Fault("transfer.offers")]) from None
    if len(data) > _MOST:
        raise InputError([Fault("transfer.offers")])
    found, faults = set(), []
    for number, line in enumerate(text.splitlines(), 1):
        word = re.split(r"[\t;]", line)[0].strip()
        if not word or word.startswith("#"):
            continue
        key = _SUBJECTS.get(fold(word))
        if key is None:
            faults.append(Fault("transfer.subject", number, None, {"found": word[:80]}))
        else:
            found.add(key)
    if faults or not found:
        raise InputError(faults or [Fault("transfer.offers")])
    return frozenset(found)
