"""How long a school's corrections take: one mark of each of its pupils, in one act.

1,800 transcripts of 40 results are issued; then a file in which one mark of each differs is
compared with what stands, issued as second versions and, on the embedded chain, each first version
superseded by its own transaction.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from api.wiring import System
from benchmarks.deployment import deployed, transcripts
from benchmarks.measure import Target, calibration
from credential.model import CourseResult, Decision, Lane
from credential.records import Batch
from issuer.amending import Plan, plan
from issuer.intake.rows import ResultsRow
from issuer.order import Order

PUPILS, RESULTS = 1_800, 40
_Made = TypeVar("_Made")


def main(pupils: int = PUPILS) -> list[Target]:
    """Print how long each part takes; what was aimed for and reached."""
    print(f"\nCorrections of {pupils:,} transcripts (calibration {calibration():.0f} ms)")
    with TemporaryDirectory() as folder, deployed(Path(folder) / "data") as system:
        order = transcripts(system, pupils, 0, RESULTS)
        _timed("issue them", pupils, lambda: _issue(system, order))
        asked = _corrected(order)
        found, comparing = _timed(
            "compare the corrected file", pupils, lambda: _plan(system, asked)
        )
        batch, correcting = _timed(
            "issue second versions, supersede the first",
            pupils,
            lambda: _issue(system, found.order),
        )
        _check(system, batch, pupils)
    return [
        Target("corrections compared", 500, pupils / comparing),
        Target("corrections issued and superseded on the embedded chain", 20, pupils / correcting),
    ]


def _timed(name: str, count: int, work: Callable[[], _Made]) -> tuple[_Made, float]:
    """What it makes, and its seconds of one processor."""
    wall, processor = time.perf_counter(), time.process_time()
    made = work()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(f"  {name:46}{processor:>8.1f} s of one processor{wall:>8.1f} s by the clock"
          f"{count / processor:>8,.0f}/s", flush=True)  # fmt: skip
    return made, processor


def _issue(system: System, order: Order) -> Batch:
    return system.issuing(lambda _stage, _count: None).issue(order)[0]


def _plan(system: System, order: Order) -> Plan:
    return plan(order, system.desk, system.batches)


def _corrected(order: Order) -> Order:
    """The same with one mark of each pupil otherwise."""
    rows = tuple(
        replace(row, results=(_raised(row.results[0]), *row.results[1:]))
        for row in order.rows
        if isinstance(row, ResultsRow)
    )
    decision = Decision("200/QĐ-THPT", date(2026, 6, 20))
    return replace(order, rows=rows, decision=decision, reason="Nhập sai điểm")


def _raised(result: CourseResult) -> CourseResult:
    assert result.mark is not None
    return replace(result, mark=result.mark + 1)


def _check(system: System, batch: Batch, pupils: int) -> None:
    """All first versions are superseded, by the finalised block of the chain."""
    old = system.batches.numbered(batch.school, batch.seq - 1)
    assert old is not None
    assert old.root is not None
    lanes = system.ledger.lanes(batch.school, old.root, range(pupils), final=True)
    assert set(lanes) == {Lane.SUPERSEDED}
    assert not system.batches.unsettled()


if __name__ == "__main__":
    main()
