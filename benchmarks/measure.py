"""How things are measured here: rates per second of this process's CPU time, and of wall time.

The machine's own speed is printed with every table (`calibration`), because shared machines run
at two speeds: compare ratios of one run, never absolute figures of two.
"""

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Rate:
    """Items per second: median and best of several rounds by CPU time, median by wall time."""

    median: float
    best: float
    wall: float


@dataclass(frozen=True, slots=True)
class Target:
    """What was aimed for and what was reached: at least that much, or (gas) `at_most`."""

    name: str
    aim: float
    reached: float
    unit: str = "/s"
    at_most: bool = False

    @property
    def met(self) -> bool:
        """Whether it was reached."""
        return self.reached <= self.aim if self.at_most else self.reached >= self.aim


def calibration() -> float:
    """Milliseconds that a fixed pure-Python loop takes: the less, the faster the machine now."""
    started = time.process_time()
    total = 0
    for number in range(1_000_000):
        total += number & 7
    return (time.process_time() - started) * 1000


def rate(work: Callable[[], int], rounds: int = ROUNDS) -> Rate:
    """How fast `work` is; it returns how many items it did."""
    by_cpu, by_wall = [], []
    for _ in range(rounds):
        gc.collect()  # what earlier rounds left behind is not this one's
        cpu, wall = time.process_time(), time.perf_counter()
        done = work()
        by_cpu.append(done / (time.process_time() - cpu))
        by_wall.append(done / (time.perf_counter() - wall))
    return Rate(statistics.median(by_cpu), max(by_cpu), statistics.median(by_wall))


def show(title: str, rows: Sequence[tuple[str, Rate]]) -> None:
    """A table of rates; the first row is what the others are compared with."""
    print(f"\n{title} (calibration {calibration():.0f} ms)")
    print(f"  {'':58}{'median/s':>10}{'best/s':>10}{'× first':>9}{'wall/s':>10}")
    first = rows[0][1].median
    for name, found in rows:
        print(
            f"  {name:58}{found.median:>10,.0f}{found.best:>10,.0f}"
            f"{found.median / first:>9.2f}{found.wall:>10,.0f}"
        )
