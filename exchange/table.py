"""CSV (RFC 4180, UTF-8 with a byte order mark): one line per field, result, outcome.

Columns: ``item`` (``field``, ``result``, ``outcome``, ``hidden``), ``term``, ``key``, ``name``,
``scale``, ``value``. What is hidden has a line that says so.

Nothing is a formula: a text that a spreadsheet program could take for one, and a text that begins
with an apostrophe, gets an apostrophe before it. Reading takes exactly one away, so that what comes
back is what went out, character for character.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Final

from credential.errors import FormatError
from exchange.record import Record
from exchange.values import (
    Value,
    fields_of,
    outcome_values,
    outcomes_of,
    record_of,
    result_values,
    results_of,
)

HEADINGS: Final = ("item", "term", "key", "name", "scale", "value")
NOT_SHOWN: Final = "(không trình ra / not shown)"
_MARKED = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")
_MOST_LINES = 1000


def guarded(text: str) -> str:
    """The text as a cell that no program takes for a formula."""
    return f"'{text}" if text.startswith(_MARKED) else text


def unguarded(cell: str) -> str:
    """The inverse of `guarded`."""
    return cell[1:] if cell.startswith("'") else cell


def to_csv(record: Record, names: dict[str, str], decimal: str = ",") -> bytes:
    """A record as CSV. `names` says what fields are called; `decimal` is a comma or a point."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    writer.writerows([guarded(cell) for cell in line] for line in _lines(record, names, decimal))
    return out.getvalue().encode("utf-8-sig")


def from_csv(data: bytes) -> Record:
    """The record in a CSV of ours; names of fields are not looked at.

    Raises FormatError ``exchange.malformed`` (kind) and what `record_of` raises.
    """
    fields: dict[str, str] = {}
    results, outcomes = [], []
    for item, term, key, name, scale, value in _read(data):
        if item == "field" and key not in fields:
            fields[key] = value
        elif item == "result":
            results.append(Value(term, key, name, scale, value))
        elif item == "outcome":
            outcomes.append((term, key, value))
        elif item != "hidden":
            raise FormatError("exchange.malformed", kind="CSV", where=key[:80])
    return record_of(fields, results_of(results), outcomes_of(outcomes))


def _lines(record: Record, names: dict[str, str], decimal: str) -> Iterator[Sequence[str]]:
    for key, text in fields_of(record).items():
        yield "field", "", key, names.get(key, ""), "", text
    for key in record.hidden:
        yield "hidden", "", key, names.get(key, ""), "", NOT_SHOWN
    for value in result_values(record.results, decimal):
        yield "result", value.term, value.subject, value.name, value.scale, value.text
    for term, key, text in outcome_values(record.outcomes):
        yield "outcome", term, key, names.get(key, ""), "", text


def _read(data: bytes) -> Iterator[list[str]]:
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise FormatError("exchange.malformed", kind="CSV", where="") from error
    whole = all(len(row) == len(HEADINGS) for row in rows)
    if not whole or len(rows) > _MOST_LINES or tuple(rows[:1]) != (list(HEADINGS),):
        raise FormatError("exchange.malformed", kind="CSV", where="")
    for row in rows[1:]:
        yield [unguarded(cell) for cell in row]
