"""From what was handed in to rows, each to be verified or with its fault: tables and archives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import cbor2

from api.lists import archive, sheet
from credential.errors import Fault, InputError

_ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the table or the archive, and what it is called to people.

    `given` is what is to be verified: ``file`` (bytes), ``code``, or ``number`` with ``born`` (ISO
    8601). With a `fault` there is nothing to verify.
    """

    row: int
    label: str
    given: Mapping[str, Any] = field(default_factory=dict)
    fault: Fault | None = None

    def to_bytes(self) -> bytes:
        """As it is kept until it has an outcome."""
        return cbor2.dumps({"row": self.row, "label": self.label, "given": dict(self.given)})

    @classmethod
    def from_bytes(cls, data: bytes) -> "Row":
        """Inverse of `to_bytes`."""
        return cls(**cbor2.loads(data))


@dataclass(frozen=True, slots=True)
class Handed:
    """What was handed in; `files` tells an archive from a table."""

    rows: tuple[Row, ...]
    files: bool


def read(data: bytes, most: int) -> Handed:
    """The rows of a CSV or XLSX table, or of a ZIP of PDFs and photos; told apart by its bytes.

    Raises InputError and FormatError for what is none of these or has more than `most` rows.
    """
    if not data:
        raise InputError([Fault("file.empty")])
    if data.startswith(_ZIP) and not archive.is_workbook(data):
        members = archive.members(data, most)
        return Handed(tuple(Row(*member) for member in members), files=True)
    return Handed(tuple(Row(*line) for line in sheet.lines(data, most)), files=False)
