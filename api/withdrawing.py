"""The public list of withdrawn diplomas as JSON and as CSV, field for field the same.

There is no person in it: no name, no birth, no pupil's code, no look-up code.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from registry.published import Withdrawn

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def json_of(found: Sequence[Withdrawn]) -> list[Mapping[str, object]]:
    """The list as values of JSON; dates ISO 8601."""
    return [
        {
            "type": one.line.type.key,
            "school": one.line.school,
            "school_code": one.code,
            "school_name": one.school_name,
            "serial": one.serial,
            "register_no": one.line.register_no,
            "issued": one.issued.iso(),
            "ground": one.ground,
            "decision": one.decision,
            "decided_on": one.decided_on.isoformat(),
            "due": one.due.isoformat(),
            "returned": one.returned is not None,
        }
        for one in found
    ]


def csv_of(found: Sequence[Withdrawn]) -> str:
    """The list as CSV (RFC 4180) with a heading; a cell that a sheet would compute gets a quote."""
    out = io.StringIO()
    writer = csv.writer(out)
    rows = json_of(found)
    names = rows[0].keys() if rows else _NAMES
    writer.writerow(names)
    writer.writerows(_cells(row) for row in rows)
    return out.getvalue()


_NAMES = (
    "type", "school", "school_code", "school_name", "serial", "register_no", "issued", "ground",
    "decision", "decided_on", "due", "returned",
)  # fmt: skip


def _cells(row: Mapping[str, object]) -> Iterator[str]:
    for value in row.values():
        if isinstance(value, bool):
            yield "1" if value else "0"
            continue
        text = "" if value is None else str(value)
        yield f"'{text}" if text.startswith(_FORMULA) else text
