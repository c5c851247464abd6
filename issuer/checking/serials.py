"""Serials of blanks within one order: those that are left out between others."""

import re
from collections.abc import Iterator
from itertools import pairwise

from issuer.checking.findings import Anomaly
from issuer.intake.rows import PupilRow
from issuer.order import Order

_NUMBER = re.compile(r"(.*?)([0-9]{1,12})")
_SERIAL = "Số hiệu"
_TOLD = 20  # serials left out; of more than these, and than there are, only the pieces


def anomalies(order: Order) -> Iterator[Anomaly]:
    """Blanks that the order passes over, and serials of another form than the others.

    What was passed over must be in the inventory of blanks: used, spoiled or still there.
    """
    series: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for row in order.rows:
        serial = row.serial if isinstance(row, PupilRow) else None
        found = _NUMBER.fullmatch(serial) if serial and row.code not in order.replaces else None
        if found:
            series.setdefault((found[1], len(found[2])), []).append((int(found[2]), row.row))
    for (prefix, width), numbers in series.items():
        steps = pairwise(sorted(numbers))
        gaps = [(before + 1, after - 1, place) for (before, _), (after, place) in steps
                if after > before + 1]  # fmt: skip
        missing = sum(last - first + 1 for first, last, _ in gaps)
        if missing > max(_TOLD, len(numbers)):  # no series with some left out
            yield Anomaly("check.serial_runs", None, _SERIAL, {"count": len(gaps) + 1})
            continue
        for first, last, place in gaps:
            params = {"first": f"{prefix}{first:0{width}d}", "last": f"{prefix}{last:0{width}d}"}
            yield Anomaly("check.serial_gap", place, _SERIAL, {**params, "count": last - first + 1})
    if len(series) > 1:
        forms = ", ".join(f"{prefix}{'0' * width}" for prefix, width in series)
        yield Anomaly("check.serial_forms", params={"count": len(series), "found": forms})
