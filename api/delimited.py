"""Text tables as spreadsheet programs write them: separated by commas, semicolons or tabs."""

import csv
from collections.abc import Iterator
from io import StringIO

from credential.errors import FormatError


def lines(data: bytes, most: int) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, numbered as a spreadsheet program does, cells stripped.

    The separator is whichever the first line has most of. Raises FormatError ``file.not_utf8``,
    ``file.too_many_rows`` (limit) and ``file.damaged``.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormatError("file.not_utf8") from error
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    try:
        for number, cells in enumerate(csv.reader(StringIO(text), delimiter=separator), 1):
            if number > most:
                raise FormatError("file.too_many_rows", limit=most)
            if any(cell.strip() for cell in cells):
                yield number, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise FormatError("file.damaged") from error
