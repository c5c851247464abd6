"""Credentials in other systems' formats, and what such a file says: `exchange` at the edge.

A conversion is no verification: whatever is handed in is converted, if it is whole in itself. What
proves it is the SD-JWT, which every format that can carries along.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from credential import sdjwt
from credential.errors import FormatError
from exchange.badge import from_badge, to_badge
from exchange.clr import from_clr, to_clr
from exchange.elmo import to_elmo
from exchange.elmo_reading import from_elmo
from exchange.record import Record, from_sdjwt
from exchange.score_sheet import to_score_sheet
from exchange.table import from_csv, to_csv
from exchange.values import FIELDS, fields_of, outcome_values, result_values
from web import messages

_CLR_MARK: Final = b'"ClrCredential"'
_JSON: Final = "application/json"
_LABELS = (*FIELDS, "results", "study", "conduct", "absences")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is converted: the SD-JWT, and what some formats need beside it.

    `code` is the pupil's, which an SD-JWT does not say and the score sheet wants; `decimal` is the
    separator of marks in a CSV; `at` is now, in seconds since 1970.
    """

    text: str
    at: int
    code: str = ""
    decimal: str = ","


@dataclass(frozen=True, slots=True)
class Form:
    """A format: how its files are called, their media type, how one is made."""

    ending: str
    media_type: str
    make: Callable[[Record, Asked], bytes]


FORMS: Final[Mapping[str, Form]] = {
    "elmo": Form("elmo.xml", "application/xml", lambda r, asked: to_elmo(r, asked.at, asked.text)),
    "clr": Form("clr.json", _JSON, lambda record, asked: to_clr(record, asked.text)),
    "ob": Form("ob.json", _JSON, lambda record, asked: to_badge(record, asked.text)),
    "csv": Form("csv", "text/csv; charset=utf-8",
                lambda record, asked: to_csv(record, labels("vi"), asked.decimal)),
    "xlsx": Form("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                 lambda record, asked: to_score_sheet([(asked.code, record)])),
}  # fmt: skip
"""By the name under which they are asked for."""


def convert(asked: Asked, form: str) -> bytes:
    """The file. A key binding, which is for somebody else, is left out of it.

    Raises FormatError ``sdjwt.*``, ``exchange.not_signed``; RefusedError ``exchange.not_in_sheet``.
    """
    shown = sdjwt.parse(asked.text.strip())
    if not shown.committed:
        raise FormatError("exchange.not_signed")
    return FORMS[form].make(from_sdjwt(shown), replace(asked, text=shown.text))


def read_back(data: bytes) -> Record:
    """The record in a file of one of these formats (a score sheet is for intake to read).

    Raises FormatError ``exchange.*``.
    """
    start = data.lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
    if start == b"<":
        return from_elmo(data)
    if start != b"{":
        return from_csv(data)
    return from_clr(data) if _CLR_MARK in data else from_badge(data)


def labels(lang: str) -> dict[str, str]:
    """What the fields are called."""
    return {name: messages.text(lang, f"exchange_field.{name}") for name in _LABELS}


def lines(lang: str, record: Record) -> Iterator[str]:
    """What a record says, a line each; what is hidden last."""
    called = labels(lang)
    for name, text in fields_of(record).items():
        yield f"{called[name]}: {text}"
    for value in result_values(record.results):
        yield f"{value.name}, {messages.text(lang, f'page.term_{value.term}')}: {value.text}"
    for term, name, text in outcome_values(record.outcomes):
        yield f"{called[name]}, {messages.text(lang, f'page.term_{term}')}: {text}"
    for name in record.hidden:
        yield messages.text(lang, "exchange.hidden", name=called[name])
