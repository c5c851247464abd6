"""What stands in the register's last column: how a version came about and why it stands no more.

Notes are codes with parameters, as errors are; every language makes its sentences of them.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from credential.dates import PartialDate
from credential.errors import FormatError
from credential.model import Lane
from registry.book import BookLine
from web import messages


class Note(NamedTuple):
    """A remark beside a line: code and parameters."""

    code: str
    params: Mapping[str, object]


def notes(line: BookLine) -> Iterator[Note]:
    """The remarks beside a version of a line, in the order in which things happened."""
    if line.version > 1:
        annexed = line.annex_decision is not None
        decided = line.annex_on if annexed else line.decision_on
        yield Note("register_book.corrects", {
            "version": line.version,
            "decision": (line.annex_decision if annexed else line.decision_no) or "–",
            "on": printed(decided), "reason": line.reason or "–",
        })  # fmt: skip
    if line.lane == Lane.ACTIVE:
        return
    about = {"decision": line.withdrawal_decision or "–", "on": printed(line.withdrawn_on)}
    match Lane(line.lane):
        case Lane.SUPERSEDED:
            yield Note("register_book.corrected", about | {"version": line.version + 1})
        case Lane.SUSPENDED:
            yield Note("register_book.suspended", about)
        case _:
            yield Note("register_book.revoked", about | {"ground": line.ground or ""})


def sentence(lang: str, note: Note) -> str:
    """A note as a sentence; a ground that has no words stands as it is."""
    params = dict(note.params)
    ground = params.get("ground")
    if ground is not None:
        known = f"ground.{ground}" in messages.codes(lang)
        params["ground"] = messages.text(lang, f"ground.{ground}") if known else str(ground)
    return messages.text(lang, note.code, **params)


def printed(day: int | None) -> str:
    """A day kept as a number, as papers write it; a dash for none."""
    try:
        return PartialDate.from_number(day).printed() if day else "–"
    except FormatError:
        return "–"
