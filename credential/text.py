"""Rules for Vietnamese text: what may be signed, what counts as the same, how it is sorted.

What was printed is what is signed, so nothing here changes text that will be signed except
`nfc` at intake. Folded forms serve search and explanations only (domain notes: NFC does not
unify ``hòa`` and ``hoà``, nor ``Đ`` U+0110 and ``Ð`` U+00D0).
"""

import unicodedata
from functools import lru_cache

from credential.errors import FormatError

MAX_NAME = 100  # characters; the longest name met in real lists has 47

# Latin with all of Vietnamese, and general punctuation: what the papers' fonts hold.
_PRINTABLE = ((" ", "\u024f"), ("\u1e00", "\u1eff"), ("\u2010", "\u2027"), ("\u2030", "\u2037"))
_NO_GLYPH = "\u019b"
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}  # dictionary order
_NAME_PUNCTUATION = frozenset(" '’.-")
_NOT_VIETNAMESE = {"\u00d0": "Đ", "\u0189": "Đ", "\u00f0": "đ", "\u0256": "đ"}
_LETTERS = {
    letter: position for position, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz", start=1)
}


def nfc(text: str) -> str:
    """The text in Unicode Normalization Form C."""
    return unicodedata.normalize("NFC", text)


@lru_cache(maxsize=4096)  # subjects, schools and titles come again and again
def check_text(text: str, limit: int = 200) -> None:
    """Refuse text that must not be signed.

    Raises FormatError ``text.empty``, ``text.too_long``, ``text.not_nfc``, ``text.spaces``
    (at the edges or doubled), ``text.invisible`` (control, format, private or bidi characters,
    line breaks, spaces other than U+0020) or ``text.unprintable`` (outside the Latin blocks and
    the punctuation that papers are set in).
    """
    if not text:
        raise FormatError("text.empty")
    if len(text) > limit:
        raise FormatError("text.too_long", limit=limit)
    if text.isascii() and text.isprintable():
        if text != " ".join(text.split()):
            raise FormatError("text.spaces", found=text)
        return
    if not unicodedata.is_normalized("NFC", text):
        raise FormatError("text.not_nfc", found=text)
    for char in text:
        if char != " " and unicodedata.category(char)[0] in "CZ":
            raise FormatError("text.invisible", found=f"U+{ord(char):04X}")
        if char in _NO_GLYPH or not any(first <= char <= last for first, last in _PRINTABLE):
            raise FormatError("text.unprintable", found=f"U+{ord(char):04X}")
    if text != " ".join(text.split(" ")).strip(" ") or "  " in text:
        raise FormatError("text.spaces", found=text)


def check_name(name: str) -> None:
    """Refuse a person's name that must not be signed.

    Raises what `check_text` raises, ``text.confusable`` (Icelandic Ð for Đ, with the letter
    meant) and ``text.not_a_letter`` (digits, other scripts, combining marks left over).
    """
    check_text(name, MAX_NAME)
    for char in name:
        if char in _NOT_VIETNAMESE:
            raise FormatError("text.confusable", found=char, expected=_NOT_VIETNAMESE[char])
        if char in _NAME_PUNCTUATION:
            continue
        if not char.isalpha() or not unicodedata.name(char, "").startswith("LATIN "):
            raise FormatError("text.not_a_letter", found=f"U+{ord(char):04X}")


def _split_tones(word: str) -> tuple[str, int]:
    """A word without its tone mark (other marks kept, NFC), and the tone."""
    tone, kept = 0, []
    for char in unicodedata.normalize("NFD", word):
        if char in _TONES:
            tone = _TONES[char]
        else:
            kept.append(char)
    return nfc("".join(kept)), tone


def fold(text: str) -> str:
    """A key under which spellings of the same name meet.

    Folds case, spaces, the place of the tone mark in a syllable, i/y, and Ð/Ɖ to Đ; the tone
    itself and the vowels are kept, so ``Hoà`` meets ``Hòa`` but not ``Hoa``.
    """
    words = []
    for raw in nfc(text).casefold().replace("\u00f0", "đ").replace("\u0256", "đ").split():
        letters, tone = _split_tones(raw)
        words.append(letters.replace("y", "i") + (str(tone) if tone else ""))
    return " ".join(words)


def fold_plain(text: str) -> str:
    """A key without any marks, for searching with a plain keyboard: ``Đỗ Thuý`` → ``do thui``."""
    letters = unicodedata.normalize("NFD", fold(text)).replace("đ", "d")
    return "".join(c for c in letters if not unicodedata.combining(c) and not c.isdigit())


def sort_key(text: str) -> str:
    """A key that sorts by code point as a Vietnamese dictionary sorts the text.

    Two levels: letters (space first, ă â đ ê ô ơ ư letters of their own), then tones.
    """
    letters, tones = [], []
    for word in nfc(text).casefold().split():
        plain, tone = _split_tones(word)
        letters.append("".join(chr(0x30 + _LETTERS.get(char, 40)) for char in plain))
        tones.append(str(tone))
    return " ".join(letters) + "\x1f" + "".join(tones)


def name_sort_key(name: str) -> str:
    """`sort_key` for people: by given name, then surname, then middle names."""
    *front, given = name.split() or [""]
    return "\x1e".join(sort_key(part) for part in (given, " ".join(front[:1]), " ".join(front[1:])))


def check_message(text: str, limit: int) -> None:
    """Refuse what a person wrote to us if it could mislead whoever reads it in a list or terminal.

    Any script and line feeds are fine. Raises FormatError ``text.too_long``,
    ``text.not_nfc`` and ``text.invisible`` (control, format, private, unassigned characters).
    """
    if len(text) > limit:
        raise FormatError("text.too_long", limit=limit)
    if not unicodedata.is_normalized("NFC", text):
        raise FormatError("text.not_nfc", found=text[:20])
    for char in text:
        if char != "\n" and (unicodedata.category(char)[0] == "C" or char in "\u2028\u2029"):
            raise FormatError("text.invisible", found=f"U+{ord(char):04X}")
