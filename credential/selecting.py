"""Selections: what of an SD-JWT a holder may choose to show, and the SD-JWT that shows it.

A choice is named by its path: a field (``birth_date``), a whole group (``CN``), or a row in a group
(``CN/mathematics``, ``outcome/CN.study``). The browser's side is `web/static/verify/selecting.js`.
"""

from collections.abc import Collection

from credential.errors import RefusedError
from credential.sdjwt import Disclosure, SdJwt, parse
from credential.sdjwt_shape import COUNTS, OUTCOME

_COUNTS = f"{OUTCOME}/{COUNTS}"


def outline(found: SdJwt) -> list[Disclosure]:
    """What may be chosen, in the order of the file: groups, fields and rows.

    How many rows there are is no choice: it is shown with all the rest, or not at all.
    """
    return [each for each in found.shown if each.group is not None and each.path != _COUNTS]


def present(text: str, keep: Collection[str]) -> str:
    """A selection: what `keep` names by path, each row with its group, each group with its rows.

    Without key binding, whether or not `text` has one. Raises what `sdjwt.parse` raises;
    RefusedError ``selection.unknown`` (found, expected) for a path that is not in the file.
    """
    found = parse(text)
    choices = outline(found)
    unknown = sorted(set(keep) - {each.path for each in choices})
    if unknown:
        known = ", ".join(each.path for each in choices)
        raise RefusedError("selection.unknown", found=", ".join(unknown), expected=known)
    kept = {each.path for each in choices if {each.path, each.group} & set(keep)}
    kept |= {path.partition("/")[0] for path in kept}
    if len(kept) == len(choices):
        kept.add(_COUNTS)
    texts = [each.text for each in found.shown if each.group is not None and each.path in kept]
    return "~".join([found.jwt, *texts, ""])
