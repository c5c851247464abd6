"""What may stand where in an SD-JWT of ours: plain members, fields, groups, rows, their values.

A transcript's results stand in one *group* per term and its outcomes in one more. In a group each
row is a disclosure of its own; the group itself is a disclosure in the list at the top, so a
selection carries the digests of those groups only that it shows something of. Deeper than that
nothing is nested. Reading and issuing both ask here; the format is described in `credential.sdjwt`.
"""

import re
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Any, Final

from credential.errors import FormatError
from credential.model import TERMS, CredentialType
from credential.origin import COPY_MEMBERS, DIGITISED_MEMBERS, of_members
from credential.text import check_text

PAD: Final = 8  # lists of digests are filled up to a multiple of this
TYP: Final = "dc+sd-jwt"
OUTCOME: Final = "outcome"
GROUPS: Final = (*TERMS, OUTCOME)
COUNTS: Final = "counts"  # the outcome that says how many rows each group has
WANTED = frozenset({"name", "birth_date", "signer"})  # what every credential discloses
WANTED_OF_RESULTS = WANTED | {"class"}

_NONE: Mapping[str, type] = {}
_NAMED = {"name": str}
_COUNTED = dict.fromkeys(GROUPS, int)
_LARGEST = 2**53 - 1  # RFC 8259 §6
_ANY = (-_LARGEST, _LARGEST)
_RANGES = {  # first and last value allowed
    "school": (0, 2**31 - 1),
    "seq": (0, 2**32 - 1),
    "index": (0, 2**24 - 1),
    "year": (1900, 2199),
    "grade": (1, 12),
    "absences": (0, 999),
    "mark": (0, 100),
    "points": (0, 400),
}
_PLAIN: Mapping[str, type] = {
    "_sd": list, "index": int, "issued": str, "register_no": str, "school": int,
    "school_name": str, "seq": int, "year": int,
}  # fmt: skip
_OF_RESULTS: Mapping[str, type] = {"grade": int, "school_year": str}
_OPTIONAL: Mapping[str, type] = {"decision": dict, "serial": str, "supersedes": dict}
_ORIGINS: Mapping[CredentialType, Mapping[str, type]] = {
    CredentialType.DIGITISED: DIGITISED_MEMBERS, CredentialType.COPY: COPY_MEMBERS,
}  # fmt: skip
_DECISION = {"number": str, "on": str}
_PLACE = {"index": int, "seq": int}
_FIELDS: Mapping[str, Any] = {
    **dict.fromkeys(("name", "birth_date", "birth_place", "sex", "ethnicity", "class",
                     "classification"), str),
    "signer": {"name": str, "title": str},
    "origin_signer": {"name": str, "title": str},
}  # fmt: skip
_SCALES: Mapping[str, type] = {"mark": int, "rating": str, "letter": str, "points": int}
_OUTCOMES: Mapping[str, type] = {
    **{f"{term}.{what}": kind for term in TERMS
       for what, kind in (("study", str), ("conduct", str), ("absences", int))},
    **dict.fromkeys(("promotion", "title", "completion"), str),
}  # fmt: skip
_DIGEST = re.compile(r"[A-Za-z0-9_-]{43}")


def refuse_unless(condition: bool) -> None:
    """Raises FormatError ``sdjwt.malformed`` unless it holds."""
    if not condition:
        raise FormatError("sdjwt.malformed")


def check_header(members: Any) -> None:
    """Raises FormatError ``sdjwt.malformed`` unless this is a protected header of ours."""
    refuse_unless(_is(members, {"alg": str, "kid": str, "typ": str}))
    refuse_unless(members["typ"] == TYP and members["alg"] in ("ES256", "EdDSA"))


def check_payload(payload: Any) -> None:
    """Raises FormatError ``sdjwt.malformed`` or ``text.*``, KeyError for a type unknown.

    `cnf` is left to whoever needs the key.
    """
    known = {"credential": dict, "iat": int, "iss": str, "vct": str}
    refuse_unless(_is(payload, known, {"cnf": dict}))
    kind, body = CredentialType.from_vct(payload["vct"]), payload["credential"]
    plain = {**_PLAIN, **(_OF_RESULTS if kind.has_results else {})}
    if kind.has_origin:
        plain["origin"] = dict
    refuse_unless(_is(body, plain, _OPTIONAL))
    if kind.has_origin:
        refuse_unless(_is(body["origin"], _ORIGINS[kind]))
        of_members(body["origin"])
    _check_day(body["issued"])
    if "decision" in body:
        refuse_unless(_is(body["decision"], _DECISION))
        _check_day(body["decision"]["on"])
    refuse_unless("supersedes" not in body or _is(body["supersedes"], _PLACE))
    check_digests(body["_sd"])
    check_value({name: value for name, value in body.items() if name != "_sd"})


def _check_day(text: str) -> None:
    refuse_unless(date.fromisoformat(text).isoformat() == text)  # of several spellings


def check_digests(digests: Any) -> None:
    """One spelling, in order and therefore each once, filled up: nothing to learn from a list."""
    refuse_unless(type(digests) is list and len(digests) > 0 and len(digests) % PAD == 0)
    refuse_unless(all(type(each) is str and _DIGEST.fullmatch(each) for each in digests))
    refuse_unless(all(one < next_one for one, next_one in pairwise(digests)))


def check_field(name: str, value: Any) -> None:
    """A personal field, as it stands at the top."""
    refuse_unless(name in _FIELDS)
    wanted = _FIELDS[name]
    refuse_unless(_is(value, wanted) if isinstance(wanted, Mapping) else type(value) is wanted)
    check_value(value, name)


def check_row(group: str, name: str, value: Any) -> None:
    """A course result or an outcome, as it stands in its group."""
    if group == OUTCOME and name == COUNTS:
        refuse_unless(_is(value, _NONE, _COUNTED))
        refuse_unless(all(0 <= count <= _LARGEST for count in value.values()))
    elif group == OUTCOME:
        refuse_unless(name in _OUTCOMES and type(value) is _OUTCOMES[name])
        check_value(value, name.rpartition(".")[2])
    else:
        refuse_unless(_is(value, _NAMED, _SCALES) and is_on_scales(value))
        check_text(name)
        check_value(value)


def is_on_scales(row: Mapping[str, Any]) -> bool:
    """Whether a result has at least one value, and a rating at most a test's mark beside it."""
    return len(row) > 1 and not ("rating" in row and row.keys() & {"letter", "points"})


def check_value(value: Any, name: str = "", depth: int = 2) -> None:
    """Refuse values that no source could hold, and text that must not be signed.

    Raises FormatError ``text.*`` and ``sdjwt.malformed``.
    """
    kind = type(value)
    if kind is str:
        check_text(value)
    elif kind is int:
        first, last = _RANGES.get(name, _ANY)
        refuse_unless(first <= value <= last)
    elif kind is dict and depth:
        for member, inner in value.items():
            check_value(inner, member, depth - 1)
    else:
        refuse_unless(kind is list and depth > 0)
        for inner in value:
            check_value(inner, "", depth - 1)


def _is(value: Any, members: Mapping[str, Any], optional: Mapping[str, Any] = _NONE) -> bool:
    """Whether it is an object with these members of these types, and no others."""
    if type(value) is not dict or not members.keys() <= value.keys():
        return False
    for name, inner in value.items():
        if type(inner) is not (members.get(name) or optional.get(name)):
            return False
    return True
