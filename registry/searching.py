"""How a line of the register is found and put in order: the keys that are kept beside it.

Pure. A line's `search` text holds the words it is found by, each between spaces: of the name
without any marks, the birth date, the class and the numbers; then the words of the name as they
are spelled (`credential.text.fold`), each between ``=``. So one text answers both how a name is
spelled and how a plain keyboard types it. `sort_key` is bytes, so that every database compares it
by code point.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from credential.dates import PartialDate
from credential.model import Holder
from credential.text import fold, fold_plain, name_sort_key, nfc

MAX_WORDS = 12
"""Words of a search that count; names have seven at most."""

_DAY = re.compile(r"(?:(\d{1,2})[/.-])?(?:(\d{1,2})[/.-])?(\d{4})")
_APOSTROPHES = str.maketrans("’‘ʼ`´", "'" * 5)  # as ethnic names are printed, and as typed
_ENDING = 4  # characters of a number from which on its end is enough


@dataclass(frozen=True, slots=True)
class Wanted:
    """A word of a search: found if the text holds any of `parts`.

    `whole` is what it holds if the word stands there by itself, `exact` if it is also spelled so.
    """

    parts: tuple[str, ...]
    whole: str
    exact: str


def sort_key(name: str) -> bytes:
    """The key by which names stand in Vietnamese order: given name, surname, middle names."""
    return name_sort_key(name).encode()


def search_text(name: str, birth: PartialDate, *numbers: str | None) -> str:
    """The words by which a line is found; `numbers` are its class, serial and register number."""
    typed = name.translate(_APOSTROPHES)
    words = [
        *fold_plain(typed).split(),
        birth.printed(),
        *(_number(each) for each in numbers if each),
    ]
    return " ".join(["", *words, "=".join(["", *fold(typed).split(), ""])])


def described(
    holder: Holder, register_no: str, serial: str | None, class_name: str | None = None
) -> dict[str, str | bytes | None]:
    """By column: what a line says of its holder besides, and the keys by which it is found."""
    numbers = (class_name, serial, register_no)
    return {
        "birth_place": holder.birth_place,
        "sex": holder.sex,
        "ethnicity": holder.ethnicity,
        "class_name": class_name,
        "sort_key": sort_key(holder.name),
        "search": search_text(holder.name, holder.birth, *numbers),
    }


def wanted(text: str) -> tuple[Wanted, ...]:
    """The words of a search, as many as count; none if there is nothing to be found by."""
    typed = nfc(text).translate(_APOSTROPHES)
    words = [word for word in typed.split() if word.isprintable() and _says_something(word)]
    return tuple(map(_wanted, words[:MAX_WORDS]))


def _says_something(word: str) -> bool:
    return bool(_number(word)) and (_has_digit(word) or bool(fold_plain(word)))


def _has_digit(word: str) -> bool:
    return any("0" <= char <= "9" for char in word)


def _wanted(word: str) -> Wanted:
    if _has_digit(word):
        parts = tuple(dict.fromkeys(_written(word)))
        return Wanted(parts, parts[0] + " ", parts[0] + " ")
    plain, spelled = fold_plain(word), fold(word)
    return Wanted((f" {plain}",), f" {plain} ", f"={spelled}=")


def _written(word: str) -> Iterator[str]:
    """How a date, class or number may stand in a search text: by its beginning, or its end."""
    day = _DAY.fullmatch(word)
    if day:
        known = [f"{int(part):02d}" for part in day.groups()[:2] if part]
        yield " " + "/".join([*known, day[3]])
        if not known[1:]:
            yield "/" + "/".join([*known, day[3]]) + " "
    number = _number(word)
    yield f" {number}"
    if len(number) >= _ENDING:
        yield f"{number} "


def _number(text: str) -> str:
    """A number as it is compared: small letters, no spaces, no dashes."""
    return re.sub(r"[\s\-=]", "", nfc(text).casefold())
