"""The confined process: reads one file under limits on memory and time, and ends.

Standard input is a line of JSON (`parsing.Asked`, with ``task`` and perhaps ``remarks``) and the
file. Standard output is a line of JSON and the reading or the marked sheet; the line has
``faults`` where nothing follows. `parsing` starts and watches it.
"""

import gc
import os
import resource
import sys
from collections.abc import Sequence
from typing import Any

import orjson

from api.annotating import annotated
from api.desk.parsing import OLD_BOOK, PUPILS
from api.notices.addresses import recipients
from credential.errors import Fault, InputError
from credential.model import CredentialType
from issuer import order_files
from issuer.intake import columns, kept
from issuer.intake.layout import Layout
from issuer.intake.pupil_lists import PUPIL_LISTS, pupils_of
from issuer.intake.reading import prepared
from issuer.intake.register_books import BOOK, read_book
from issuer.intake.rows import Reading

_NICENESS = 5  # requests of others come first
_UNMATCHED = {"sheet.not_found", "column.missing", "column.twice"}


def main() -> None:
    """Do what the first line asks; `argv` ends in bytes of memory, seconds of computing."""
    memory, seconds = int(sys.argv[-2]), int(sys.argv[-1])
    gc.disable()  # its life is short, its memory limited
    os.nice(_NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    line, _, data = sys.stdin.buffer.read().partition(b"\n")
    head, body = answer(orjson.loads(line), data)
    sys.stdout.buffer.write(orjson.dumps(head) + b"\n" + body)


def answer(asked: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    """The line and what follows it."""
    if asked["task"] == "recipients":
        return _recipients(data)
    possible = _layouts(asked["purpose"])
    chosen = [each for each in possible if asked["layout"] in (None, each.name)]
    try:
        reading = _read(asked, data, chosen or possible)
        if asked["task"] == "mark":
            remarks = [_remark(one) for one in asked["remarks"]]
            return {}, annotated(data, reading, remarks)
    except InputError as error:
        return _faulty(error.faults, data, possible), b""
    return {}, kept.encode(reading)


def _recipients(data: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        found = recipients(data)
    except InputError as error:
        return {"faults": list(error.faults)}, b""
    return {}, orjson.dumps([(one.pupil, one.channel.value, one.address) for one in found])


def _layouts(purpose: str) -> Sequence[Layout]:
    if purpose == OLD_BOOK:
        return (BOOK,)
    return (
        PUPIL_LISTS if purpose == PUPILS else order_files.LAYOUTS[CredentialType.from_key(purpose)]
    )


def _read(asked: dict[str, Any], data: bytes, layouts: Sequence[Layout]) -> Reading[Any]:
    if asked["purpose"] == OLD_BOOK:
        return read_book(data, asked["columns"])
    if asked["purpose"] == PUPILS:
        return pupils_of(prepared(data, layouts, asked["columns"]))
    kind = CredentialType.from_key(asked["purpose"])
    return order_files.read(kind, data, asked["year"], layouts, asked["columns"])


def _remark(one: dict[str, Any]) -> Fault:
    return Fault(one["code"], one["row"], one["column"], one["params"], one["letter"])


def _faulty(faults: Sequence[Fault], data: bytes, layouts: Sequence[Layout]) -> dict[str, Any]:
    found = columns.headings(data) if {one.code for one in faults} & _UNMATCHED else ()
    wanted = [
        {"name": layout.name, "columns": columns.wanted(layout, found)}
        for layout in layouts
        if found and layout.depth == 1
    ]
    return {"faults": list(faults), "headings": found, "layouts": wanted}
