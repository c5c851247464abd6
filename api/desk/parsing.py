"""Reading schools' files in a process that may not eat the machine: who watches `parsing_worker`.

A file of 5,000 rows takes seconds of computing, in which the site goes on answering others.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson

from credential.errors import Fault, FormatError, InputError, RefusedError
from issuer.intake import kept
from issuer.intake.register_books import BookRow
from issuer.intake.rows import Reading
from store.recipients import Channel, Recipient

MEMORY: Final = 2_000_000_000  # bytes of address space; the largest file that is taken needs half
SECONDS: Final = 90  # of computing, of one file
_PATIENCE = 150  # seconds of waiting, for a machine that is busy
_AT_ONCE = threading.BoundedSemaphore(2)
_ROOT = Path(__file__).parents[2]
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from api.desk.parsing_worker import main; main()"
)
_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH")  # no secrets for a parser of hostile files
PUPILS: Final = "pupils"
OLD_BOOK: Final = "old-book"
"""The purposes of a list of pupils, of lines of an old book; others are credential types' keys."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a file is for, and what a person said about it.

    `purpose` is ``pupils``, ``old-book`` or a credential type's key, `year` that in which the
    school year of results ends, `layout` a layout's name, `columns` a layout's headings → the
    file's.
    """

    purpose: str
    year: int
    layout: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A file in which no layout was recognised.

    `headings` are its own, `layouts` what each possible layout wants: heading, needed, found.
    """

    faults: Sequence[Fault]
    headings: Sequence[str]
    layouts: Sequence[Mapping[str, Any]]


def read(asked: Asked, data: bytes) -> Reading[Any] | Unmatched:
    """The rows of a file.

    Raises InputError for a file that cannot be read at all, FormatError ``file.too_complex``
    (seconds), RefusedError ``reading.busy``.
    """
    head, body = _run({"task": "read", **_plain(asked)}, data)
    if "faults" not in head:
        return kept.decode(body)
    faults = [Fault(**one) for one in head["faults"]]
    if not head["headings"]:
        raise InputError(faults)
    return Unmatched(faults, head["headings"], head["layouts"])


def read_book(data: bytes) -> Reading[BookRow]:
    """The lines of an old book's sheet. Raises as `read`, InputError also for unknown columns."""
    found = read(Asked(OLD_BOOK, 0), data)
    if isinstance(found, Unmatched):
        raise InputError(found.faults)
    return found


def recipients(data: bytes) -> list[Recipient]:
    """Who is to be told, of a table of addresses (`api.notices.addresses`). Raises as `read`."""
    head, body = _run({"task": "recipients"}, data)
    if "faults" in head:
        raise InputError([Fault(**one) for one in head["faults"]])
    return [Recipient(pupil, Channel(way), to) for pupil, way, to in orjson.loads(body)]


def mark(asked: Asked, data: bytes, remarks: Sequence[Fault]) -> bytes:
    """The file's sheet with what was found marked in it, as .xlsx. Raises as `read`."""
    head, body = _run({"task": "mark", **_plain(asked), "remarks": list(remarks)}, data)
    if "faults" in head:
        raise InputError([Fault(**one) for one in head["faults"]])
    return body


def _plain(asked: Asked) -> dict[str, Any]:
    return {
        "purpose": asked.purpose,
        "year": asked.year,
        "layout": asked.layout,
        "columns": dict(asked.columns),
    }


def _run(asked: Mapping[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    """The worker's answer: a line of JSON, and what follows it."""
    if not _AT_ONCE.acquire(timeout=_PATIENCE):
        raise RefusedError("reading.busy")
    command = [sys.executable, "-I", "-c", _START, str(_ROOT), str(MEMORY), str(SECONDS)]
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - our own program, the file comes by standard input
            command, input=orjson.dumps(asked, default=str) + b"\n" + data, capture_output=True,
            env=environment, timeout=_PATIENCE, check=True,
        )  # fmt: skip
        line, _, body = done.stdout.partition(b"\n")
        head: dict[str, Any] = orjson.loads(line)
    except (subprocess.SubprocessError, BrokenPipeError, orjson.JSONDecodeError) as error:
        # Killed at a limit, out of memory, or the parser fell over: nothing of it is believed.
        raise FormatError("file.too_complex", seconds=SECONDS) from error
    finally:
        _AT_ONCE.release()
    return head, body
