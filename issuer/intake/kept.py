"""What was read from a file, as JSON.

So it goes from the process that reads to the one that asked, and waits while a person looks. Only
the columns of the layout are in it; what the file had besides is gone.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

import orjson

from credential.dates import PartialDate
from credential.errors import Fault
from credential.lines import OldLine
from credential.model import TermOutcome
from issuer.intake.register_books import BookRow
from issuer.intake.rows import Notice, PupilRow, Reading, ResultsRow, course_result


def encode(reading: Reading[Any]) -> bytes:
    """The JSON of a reading."""
    return orjson.dumps({each.name: getattr(reading, each.name) for each in fields(reading)})


def decode(data: bytes) -> Reading[Any]:
    """Inverse of `encode`, for bytes that it made."""
    with _uncollected():
        found = orjson.loads(data)
        return Reading(
            layout=found["layout"],
            rows=tuple(_book_row(one) if "line" in one else row(one) for one in found["rows"]),
            notices=tuple(Notice(**one) for one in found["notices"]),
            faults=tuple(Fault(**one) for one in found["faults"]),
            sheet=found["sheet"],
            header_row=found["header_row"],
            columns={key: (place, heading) for key, (place, heading) in found["columns"].items()},
        )


def row(found: dict[str, Any]) -> PupilRow | ResultsRow:
    """A row of pupils out of its JSON. Raises KeyError and TypeError for what is none."""
    birth = {"birth": PartialDate(**found["birth"])}
    if "results" not in found:
        return PupilRow(**found | birth)
    results = {
        "results": tuple(course_result(*one.values()) for one in found["results"]),
        "outcomes": tuple(TermOutcome(**one) for one in found["outcomes"]),
    }
    return ResultsRow(**found | birth | results)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Among much that is new and none of it garbage, looking for garbage takes half the time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _book_row(found: dict[str, Any]) -> BookRow:
    line = found["line"]
    dates = {name: PartialDate(**line[name]) for name in ("birth", "issued")}
    return BookRow(found["row"], OldLine(**line | dates), found["scan"])
