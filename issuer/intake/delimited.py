"""Text tables as spreadsheet programs write them: in any encoding that schools have, any separator.

UTF-8 with and without its mark, UTF-16, Windows-1258; what else there is must be an old Vietnamese
font's, and is left as its Latin-1 letters for `legacy` to read. Nothing is guessed without
evidence: words that are Vietnamese syllables in one encoding and in the others not.
"""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator
from io import StringIO

from credential import legacy
from credential.errors import FormatError
from credential.syllables import is_syllable
from credential.text import nfc

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"),
          (codecs.BOM_UTF16_BE, "utf-16-be"))  # fmt: skip
_WITHIN = 15  # lines in which the separator shows: titles may stand above
_SAMPLE = 200_000  # bytes that speak for the encoding
_FOREIGN = re.compile(rb"\s*(?:%PDF|\x89PNG|\xff\xd8\xff|GIF8|\{\\rtf|7z\xbc\xaf|Rar!)")
_MARKUP = re.compile(r"\s*<(?:[!?a-zA-Z])")
_MANY_TONES = re.compile(rb"[\xcc\xd2\xde\xec\xf2]{4}")  # of Windows-1258, in a row
_WORD = re.compile(r"[^\W\d_]+(?:[\u0300-\u036f][^\W\d_]*)*")


def lines(data: bytes, most: int) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, numbered as a spreadsheet program does, cells stripped.

    The separator is whichever one of the first lines has most of. Raises FormatError as `decoded`,
    ``file.too_many_rows`` (limit) and ``file.damaged``.
    """
    text, _ = decoded(data)
    yield from rows(text, most)


def rows(text: str, most: int) -> Iterator[tuple[int, list[str]]]:
    """As `lines`, of text."""
    try:
        for number, cells in enumerate(csv.reader(StringIO(text), delimiter=_separator(text)), 1):
            if number > most:
                raise FormatError("file.too_many_rows", limit=most)
            if any(cell.strip() for cell in cells):
                yield number, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise FormatError("file.damaged") from error


def decoded(data: bytes) -> tuple[str, str | None]:
    """The text, and the name of its encoding where that was not UTF-8 or said by a mark.

    Raises FormatError ``file.not_a_table``, ``file.markup`` (a web page called .xls) and
    ``file.encoding`` where there is no evidence for any.
    """
    if _FOREIGN.match(data):
        raise FormatError("file.not_a_table")
    text, encoding = _decoded(data)
    if _MARKUP.match(text):
        raise FormatError("file.markup")
    return text, encoding


def _decoded(data: bytes) -> tuple[str, str | None]:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _strictly(data[len(mark) :], name), None
    nul = (data[:_SAMPLE:2].count(0), data[1:_SAMPLE:2].count(0))
    if max(nul) > min(len(data), _SAMPLE) // 5:
        name = "utf-16-be" if nul[0] > nul[1] else "utf-16-le"
        return _strictly(data, name), "UTF-16"
    try:
        return data.decode(), None
    except UnicodeDecodeError as error:
        nearly = data.decode(errors="replace")
        if nearly.count("\ufffd") < sum(char > "\x7f" for char in nearly) / 2:
            raise FormatError("file.encoding") from error  # UTF-8 with a few bytes spoilt
        return _by_evidence(data)


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise FormatError("file.encoding") from error


def _by_evidence(data: bytes) -> tuple[str, str]:
    found = {}
    if not _MANY_TONES.search(data):  # composing a long run of them takes its square
        found["Windows-1258"] = nfc(data.decode("cp1258", "replace"))
    old = data.decode("cp1252", "replace")
    found |= {name: decode(old[:_SAMPLE]) for name, decode in legacy.DECODERS.items()}
    counts = sorted(((_syllables(text), name) for name, text in found.items()), reverse=True)
    (best, name), (second, _) = counts[:2]
    if best <= second or best <= 0:
        raise FormatError("file.encoding")
    return (found[name], name) if name == "Windows-1258" else (old, name)


def _syllables(text: str) -> int:
    """Vietnamese syllables less other words, among words with more than ASCII letters."""
    words = [word for word in _WORD.findall(text[:_SAMPLE]) if not word.isascii()]
    fitting = sum(map(is_syllable, words))
    return 2 * fitting - len(words) - text.count("\ufffd")


def _separator(text: str) -> str:
    """What parts the first lines into the most cells, the same number in the most of them."""
    top = text.split("\n", _WITHIN)[:_WITHIN]
    if top[0].strip().lower() in {"sep=;", "sep=,"}:  # as some programs tell Excel
        return top[0].strip()[-1]
    return max(",;\t", key=lambda separator: _parted(top, separator))


def _parted(top: list[str], separator: str) -> int:
    """Cells beyond the first, in the lines that have as many as most of those that have any."""
    widths = Counter(len(row) for row in csv.reader(top, delimiter=separator) if len(row) > 1)
    return max(((width - 1) * lines for width, lines in widths.items()), default=0)
