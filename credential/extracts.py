"""What is taken out of pupils' records, as the log of it says."""

from dataclasses import dataclass
from enum import Enum


class ExtractKind(Enum):
    """In what form something was taken out of a pupil's record."""

    PAPER = "paper"  # PDF as printed
    FILE = "file"  # the signed file, all or a selection of it
    BUNDLE = "bundle"  # with all that proves it
    SHARE = "share"  # behind a link
    TRANSFER = "transfer"  # to another school
    EXCHANGE = "exchange"  # in another system's format
    COPY = "copy"  # certified copy
    BOOK = "book"  # a line of the printed register


@dataclass(frozen=True, slots=True)
class Extract:
    """What was taken out of a pupil's record: of which credential, by whom, for whom, when.

    `pupil` is the ministry's code; `to` is empty where it is for whoever takes it; `at` is in
    seconds since 1970.
    """

    pupil: str
    school: int
    seq: int
    index: int
    kind: ExtractKind
    by: str
    to: str
    at: int = 0
