"""Vietnamese text from before Unicode: TCVN3 (fonts .VnTime, .VnArial …) and VNI (VNI-Times …).

Such text came down as the Latin-1 letters that share its bytes: "NguyÔn" for Nguyễn, "Nguyeãn" for
Nguyễn. Tables and evidence only; whether a file is mended is decided where all of it is seen.
TCVN 5712:1993 (VN3) for the first; for the second the layout of the VNI fonts for Windows.
"""

import re
from collections.abc import Callable, Mapping

from credential.syllables import is_syllable
from credential.text import nfc

_TCVN3_AT = {
    0xA1: "ĂÂÊÔƠƯĐăâêôơưđ", 0xB5: "àảãáạ", 0xBB: "ằẳẵắ", 0xC6: "ặầẩẫấậè", 0xCE: "ẻẽéẹềểễếệìỉ",
    0xDC: "ĩíịò", 0xE1: "ỏõóọồổỗốộờởỡớợù", 0xF1: "ủũúụừửữứựỳỷỹýỵ",
}  # fmt: skip
TCVN3: Mapping[str, str] = {
    chr(first + place): letter
    for first, letters in _TCVN3_AT.items()
    for place, letter in enumerate(letters)
}
"""A TCVN3 byte as its Latin-1 letter → the letter meant. Capitals with tones have other fonts."""

# VNI writes most accents behind their letter: the mark → the accents meant.
_TONES = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_HATS = {"â": "\u0302", "á": "\u0302\u0301", "à": "\u0302\u0300", "å": "\u0302\u0309",
         "ã": "\u0302\u0303", "ä": "\u0302\u0323"}  # fmt: skip
_BREVES = {"ê": "\u0306", "é": "\u0306\u0301", "è": "\u0306\u0300", "ú": "\u0306\u0309",
           "ü": "\u0306\u0303", "ë": "\u0306\u0323"}  # fmt: skip
_BASES = {  # what it is written behind → the letter meant, and the marks that it may have
    "a": ("a", _TONES | _HATS | _BREVES), "e": ("e", _TONES | _HATS), "o": ("o", _TONES | _HATS),
    "u": ("u", _TONES), "y": ("y", _TONES), "ô": ("ơ", _TONES), "ö": ("ư", _TONES),
}  # fmt: skip
_ALONE = {"ñ": "đ", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "ô": "ơ", "ö": "ư", "î": "ỵ"}


def _vni_pairs() -> dict[str, str]:
    pairs = {
        base + mark: nfc(meant + accents)
        for base, (meant, marks) in _BASES.items()
        for mark, accents in marks.items()
    }
    small = pairs | _ALONE
    capitals = {pair.upper(): letter.upper() for pair, letter in small.items()}
    mixed = {pair[0].upper() + pair[1]: letter.upper() for pair, letter in pairs.items()}
    return mixed | capitals | small


VNI: Mapping[str, str] = _vni_pairs()
"""One or two Latin-1 letters as a VNI font has them → the letter meant."""

_VNI_LETTER = re.compile("|".join(sorted(map(re.escape, VNI), key=len, reverse=True)))
_WORD = re.compile(r"[^\s!-/:-@\[-`{-~0-9]+")


def from_tcvn3(text: str) -> str:
    """The text meant. A word of capitals and small accents came from a font of capitals (…H)."""
    return _WORD.sub(lambda word: _tcvn3_word(word[0]), text)


def _tcvn3_word(word: str) -> str:
    letters = "".join(TCVN3.get(char, char) for char in word)
    plain = [char for char in word if char.isascii()]
    others = any(char in TCVN3 and TCVN3[char].islower() for char in word)
    if others and len(plain) > 1 and all(char.isupper() for char in plain):
        return letters.upper()
    return letters


def from_vni(text: str) -> str:
    """The text meant."""
    return _VNI_LETTER.sub(lambda letters: VNI[letters[0]], text)


DECODERS: Mapping[str, Callable[[str], str]] = {"TCVN3": from_tcvn3, "VNI": from_vni}


def spoken_for(text: str) -> str | None:
    """Which reading a text speaks for: ``unicode``, a key of `DECODERS`, or None for neither.

    A letter beyond Latin-1 is Unicode. Else only words with other than ASCII letters speak, for the
    one reading in which all of them are Vietnamese syllables; "Thò" is one in two and says nothing.
    """
    if text.isascii():
        return None
    text = nfc(text)
    if max(text) > "\xff":
        return "unicode"
    if _all_syllables(text, text):
        return None
    fitting = [name for name in DECODERS if reads(text, name)]
    return fitting[0] if len(fitting) == 1 else None


def _all_syllables(found: str, read: str) -> bool:
    """Whether each word that was not ASCII is a syllable as read."""
    words = zip(_WORD.findall(found), _WORD.findall(read), strict=False)
    spoken = [meant for word, meant in words if not word.isascii()]
    return any(len(word) > 1 for word in spoken) and all(map(is_syllable, spoken))


def reads(text: str, encoding: str) -> bool:
    """Whether all words of the text that are not ASCII are syllables when read so."""
    return _all_syllables(text, DECODERS[encoding](text))


def reads_in_part(text: str, encoding: str) -> bool:
    """Whether a word that is no syllable as it stands is one when read so."""
    words = zip(_WORD.findall(text), _WORD.findall(DECODERS[encoding](text)), strict=False)
    return any(
        len(word) > 1 and not word.isascii() and not is_syllable(word) and is_syllable(meant)
        for word, meant in words
    )


def as_name(name: str) -> str:
    """A decoded name in the capitals of names: fonts of capitals hold small letters."""
    words = name.split(" ")
    if name == name.lower():
        return name.upper()
    return " ".join(word[:1].upper() + word[1:] for word in words)
