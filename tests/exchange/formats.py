"""The formats under test, by name: how each is written and read."""

from collections.abc import Callable
from dataclasses import dataclass

from exchange.badge import from_badge, to_badge
from exchange.clr import from_clr, to_clr
from exchange.elmo import to_elmo
from exchange.elmo_reading import from_elmo
from exchange.record import Record
from exchange.table import from_csv, to_csv

AT = 1_780_000_000


@dataclass(frozen=True)
class Format:
    write: Callable[[Record], bytes]
    read: Callable[[bytes], Record]


FORMATS = {
    "elmo": Format(lambda record: to_elmo(record, AT), from_elmo),
    "badge": Format(to_badge, from_badge),
    "clr": Format(to_clr, from_clr),
    "csv with commas": Format(lambda record: to_csv(record, {}), from_csv),
    "csv with points": Format(lambda record: to_csv(record, {}, "."), from_csv),
}
