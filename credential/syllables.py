"""Whether a word can be a Vietnamese syllable as the spelling rules have it.

Evidence of how a text was encoded and nothing more: names of other peoples are no syllables, so
nothing is ever refused for not being one.
"""

import re
import unicodedata
from functools import lru_cache

from credential.text import nfc

_FRONT = "eêi"  # before these c, g, ng are written k, gh, ngh
_ONSETS = {
    "", "b", "c", "ch", "d", "đ", "g", "gh", "gi", "h", "k", "kh", "l", "m", "n", "ng", "ngh", "nh",
    "p", "ph", "qu", "r", "s", "t", "th", "tr", "v", "x",
}  # fmt: skip
_RIMES = {
    vowel + ending
    for vowels, endings in (
        ("a", " c ch i m n ng nh o p t u y"),
        ("ă", "c m n ng p t"),
        ("â", "c m n ng p t u y"),
        ("e", " c m n ng o p t"),
        ("ê", " ch m n nh p t u"),
        ("i", " a ch m n nh p t u"),
        ("iê yê", "c m n ng p t u"),
        ("o", " c i m n ng p t"),
        ("oa", " c ch i m n ng nh o p t y"),
        ("oă", "c m n ng t"),
        ("oe", " n o t"),
        ("oo", "c ng"),
        ("ô", " c i m n ng p t"),
        ("ơ", " i m n p t"),
        ("u", " a c i m n ng p t"),
        ("uâ", "n ng t y"),
        ("uê", " ch nh"),
        ("uô", "c i m n ng t"),
        ("uơ", " "),
        ("uy", " a ch n nh p t u"),
        ("uyê", "n t"),
        ("ư", " a c i m n ng t u"),
        ("ươ", "c i m n ng p t u"),
        ("y", " "),
        ("a ă â e ê i o ô u ư", "k"),  # names of the highlands: Đắk Lắk
    )
    for vowel in vowels.split()
    for ending in endings.split(" ")
}  # fmt: skip
_TONES = {"\u0300", "\u0309", "\u0303", "\u0301", "\u0323"}
_LEVEL_OR_FALLING = {None, "\u0300", "\u0309", "\u0303"}  # none of them before a final stop
_STOPS = re.compile(r"(?:c|ch|k|p|t)$")
_SPLIT = re.compile(r"(ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdđghklmnpqrstvx])?(.+)")


@lru_cache(maxsize=20_000)  # a city's names are made of a few thousand
def is_syllable(word: str) -> bool:
    """Whether the word, in any case, can be a Vietnamese syllable with at most one tone."""
    letters: list[str] = []
    tones: list[str] = []
    for char in unicodedata.normalize("NFD", word.lower()):
        (tones if char in _TONES else letters).append(char)
    if len(tones) > 1:
        return False
    plain = nfc("".join(letters))
    return any(_fits(onset, rime, tones[0] if tones else None) for onset, rime in _readings(plain))


def _readings(plain: str) -> list[tuple[str, str]]:
    """Ways to part a syllable: ``gi`` and ``qu`` may give their vowel to the rime (gì, quốc)."""
    found = _SPLIT.fullmatch(plain)
    if found is None:
        return []
    onset, rime = found[1] or "", found[2]
    more = [("g", "i" + rime), ("gi", "i" + rime)] if onset == "gi" else []
    more += [("qu", "u" + rime), ("qu", "o" + rime)] if onset == "qu" else []
    return [(onset, rime), *more, *([("g", "i")] if plain == "gi" else [])]


def _fits(onset: str, rime: str, tone: str | None) -> bool:
    if onset not in _ONSETS or rime not in _RIMES:
        return False
    front = rime[0] in _FRONT or rime.startswith("y")
    if (onset in {"k", "gh", "ngh"} and not front) or (onset in {"c", "ng"} and front):
        return False
    return not (_STOPS.search(rime) and tone in _LEVEL_OR_FALLING)
