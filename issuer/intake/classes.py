"""Classes that Excel made numbers: "12.10" became 12.1, and only its neighbours can tell.

Lists go class by class. A run of 12.1 between runs of 12.9 and 12.11 is class 12.10; one before
12.2 is class 12.1. Where the neighbours say nothing or both, the number is left for a fault.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from issuer.intake.mending import Column, shown
from issuer.intake.table import TableRow
from issuer.intake.workbook import Cell

_Run = tuple[str, list[TableRow]]


def mend_classes(column: Column) -> None:
    """Numbers as the classes that they can only have been."""
    runs: list[_Run] = [
        (name, [row for row, _ in rows])
        for name, rows in groupby(column.filled(), key=lambda found: shown(found[1]))
    ]
    known = [_candidates(name, [row.cells[column.key] for row in rows]) for name, rows in runs]
    places = range(len(known))
    for way in (places, reversed(places), places, reversed(places)):
        for place in way:  # what one run decides may decide the next
            if len(known[place]) > 1 and (chosen := _by_neighbours(place, known)):
                known[place] = [chosen]
    for (_, rows), found in zip(runs, known, strict=True):
        for row in rows if len(found) == 1 else ():
            if isinstance(row.cells[column.key], float):
                column.take(row, "class.number", _name(found[0]))


def _candidates(name: str, cells: Sequence[Cell]) -> list[tuple[int, int]]:
    """Grade and number that a run of one class may be: two, if it has only numbers like 12.1."""
    grade, _, number = name.partition(".")
    if not (grade.isdecimal() and number.isdecimal() and len(number) <= 2):
        return []
    if all(isinstance(cell, float) for cell in cells) and len(number) == 1:
        return [(int(grade), int(number)), (int(grade), int(number) * 10)]
    return [(int(grade), int(number))]


def _by_neighbours(
    place: int, known: Sequence[Sequence[tuple[int, int]]]
) -> tuple[int, int] | None:
    """The one candidate that follows or precedes a neighbour that is certain."""
    certain = set(_certain(known, place - 1)) | set(_certain(known, place + 1))
    near = {(grade, number + step) for grade, number in certain for step in (-1, 1)}
    fitting = [each for each in known[place] if each in near and each not in certain]
    return fitting[0] if len(fitting) == 1 else None


def _certain(known: Sequence[Sequence[tuple[int, int]]], place: int) -> Iterator[tuple[int, int]]:
    if 0 <= place < len(known) and len(known[place]) == 1:
        yield from known[place]


def _name(found: Iterable[int]) -> str:
    return ".".join(map(str, found))
