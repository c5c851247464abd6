"""What checking an order came to, in the shape of faults: code, row, column, found, expected.

A fault must be mended before anything is issued. An anomaly is odd and may be right: it is shown to
whoever prepares and whoever approves, and decides nothing.
"""

from dataclasses import dataclass

from credential.errors import Fault


@dataclass(frozen=True, slots=True)
class Anomaly(Fault):
    """Something to look at. Its sentence says the statistic that it rests on."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found, each in the order of rows; what is of no row comes first.

    `numbers` are the first and the last register number that the order would get now, None where
    it gets none.
    """

    faults: tuple[Fault, ...]
    anomalies: tuple[Anomaly, ...]
    numbers: tuple[str, str] | None = None
