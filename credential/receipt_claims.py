"""The claims of a receipt: which members, of which kind, within which bounds.

    iss        urn:sogoc:CHAIN:CONTRACT:0, the ledger that was asked
    iat        when it was signed, seconds since 1970 by the clock of whoever signed
    site       public address of the deployment that verified, by its own word
    software   what it runs
    specimen   whether that deployment only shows samples
    verdict, reason, spoken      the conclusion on all that was handed in; `spoken` is the reason
               as it is explained to people (`verifier.verify.Answer.spoken_reason`)
    artefacts  one entry for each artefact found in it:
        artefact, type, school, digest (leaf hash), register_no, partial
        school_name (by the registry), serial, name     where there are any
        verdict, reason
        as_of      the finalised block; absent where the chain told nothing or was not asked
        silence    why it told nothing
        checks     the eight steps: step, outcome, code, reason, params of the code's sentence

Name, serial and register number are all that it tells about a person: what it takes to file it with
that person's papers.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from credential.errors import FormatError
from credential.model import CredentialType
from credential.text import check_text

MAX_ARTEFACTS: Final = 16  # a PDF of ours holds two
STEPS: Final = 8
_MAX_PARAMS, _MAX_LIST = 8, 32
_LARGEST = 2**53 - 1  # RFC 8259 §6
_END_OF_TIME = 253_402_300_799  # 9999-12-31, the last second that a calendar holds
_VERDICTS = ("VALID", "INVALID", "UNDETERMINED")

Check = Callable[[Any], bool]


def check(claims: Mapping[str, Any]) -> None:
    """Raises FormatError ``receipt.malformed`` unless these are a receipt's claims.

    That includes the one rule that no receipt may break: VALID stands only over eight steps that
    all passed, in every artefact, as of a block.
    """
    try:
        if not (_has(claims, _CLAIMS) and _is_closed(claims)):
            raise FormatError("receipt.malformed")
    except (TypeError, LookupError, AttributeError, ValueError) as error:
        raise FormatError("receipt.malformed") from error


def is_text(value: object, limit: int = 200) -> bool:
    """Whether it is text that may be signed (`credential.text.check_text`)."""
    if type(value) is not str:
        return False
    try:
        check_text(value, limit)
    except FormatError:
        return False
    return True


def is_param(value: object) -> bool:
    """Whether a receipt can hold it as a parameter of a sentence."""
    if type(value) is list:
        return len(value) <= _MAX_LIST and all(map(_WORD, value))
    return is_text(value) or _number(_LARGEST)(value)


def _is_closed(claims: Mapping[str, Any]) -> bool:
    steps = [[check["step"] for check in each["checks"]] for each in claims["artefacts"]]
    if any(found != list(range(1, STEPS + 1)) for found in steps):
        return False
    artefacts = claims["artefacts"]
    if claims["verdict"] == "VALID" and not all(each["verdict"] == "VALID" for each in artefacts):
        return False
    return all(_is_sound(each) for each in artefacts if each["verdict"] == "VALID")


def _is_sound(artefact: Mapping[str, Any]) -> bool:
    passed = all(check["outcome"] == "passed" for check in artefact["checks"])
    return passed and "as_of" in artefact


def _has(value: Any, members: Mapping[str, tuple[Check, bool]]) -> bool:
    """Whether a value is an object with these members, each as it should be, and no others."""
    if type(value) is not dict or not value.keys() <= members.keys():
        return False
    return all(
        fits(value[name]) if name in value else not required
        for name, (fits, required) in members.items()
    )


def _number(last: int, first: int = 0) -> Check:
    return lambda value: type(value) is int and first <= value <= last


def _one_of(*values: object) -> Check:
    return lambda value: type(value) is str and value in values


def _like(pattern: str) -> Check:
    compiled = re.compile(pattern, re.ASCII)
    return lambda value: type(value) is str and compiled.fullmatch(value) is not None


def _list_of(fits: Check, first: int, last: int) -> Check:
    return lambda value: (
        type(value) is list and first <= len(value) <= last and all(map(fits, value))
    )


def _object(members: Mapping[str, tuple[Check, bool]]) -> Check:
    return lambda value: _has(value, members)


def _flag(value: object) -> bool:
    return type(value) is bool


def _params(value: Any) -> bool:
    if type(value) is not dict or len(value) > _MAX_PARAMS:
        return False
    return all(map(_WORD, value)) and all(map(is_param, value.values()))


_WORD = _like(r"[a-z_]{1,40}")
_WORD_OR_NONE = _like(r"[a-z_]{0,40}")
_CODE = _like(r"[a-z_]{1,40}\.[a-z0-9_]{1,40}")
_HASH = _like(r"[0-9a-f]{64}")
_CHECK: Mapping[str, tuple[Check, bool]] = {
    "step": (_number(STEPS, 1), True),
    "outcome": (_one_of("passed", "failed", "unknown"), True),
    "code": (_CODE, True),
    "reason": (_WORD_OR_NONE, True),
    "params": (_params, True),
}
_AS_OF: Mapping[str, tuple[Check, bool]] = {
    "block": (_number(_LARGEST), True),
    "hash": (_HASH, True),
    "time": (_number(_END_OF_TIME), True),
    "agreed": (_number(1000), True),
    "endpoints": (_number(1000), True),
    "proven": (_flag, True),
    "indexed": (_flag, True),
}
_ARTEFACT: Mapping[str, tuple[Check, bool]] = {
    "artefact": (_one_of("qr", "sd-jwt"), True),
    "type": (_one_of(*(kind.key for kind in CredentialType)), True),
    "school": (_number(2**32 - 1), True),
    "school_name": (is_text, False),
    "digest": (_HASH, True),
    "register_no": (is_text, True),
    "serial": (is_text, False),
    "name": (is_text, False),
    "partial": (_flag, True),
    "verdict": (_one_of(*_VERDICTS), True),
    "reason": (_WORD, True),
    "as_of": (_object(_AS_OF), False),
    "silence": (_WORD, False),
    "checks": (_list_of(_object(_CHECK), STEPS, STEPS), True),
}
_CLAIMS: Mapping[str, tuple[Check, bool]] = {
    "iss": (_like(r"urn:sogoc:(0|[1-9][0-9]{0,19}):[0-9a-f]{40}:0"), True),
    "iat": (_number(_END_OF_TIME), True),
    "site": (is_text, True),
    "software": (is_text, True),
    "specimen": (_flag, True),
    "verdict": (_one_of(*_VERDICTS), True),
    "reason": (_WORD, True),
    "spoken": (_WORD, True),
    "artefacts": (_list_of(_object(_ARTEFACT), 1, MAX_ARTEFACTS), True),
}
