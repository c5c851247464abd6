"""How things are measured here: CPU time of this process, best and median of several rounds.

The machine's own speed is printed with every table (`calibration`), because shared machines run
at two speeds: compare ratios of one run, never absolute figures of two.
"""

import statistics
import time
from collections.abc import Callable

ROUNDS = 5


def calibration() -> float:
    """Milliseconds that a fixed pure-Python loop takes: about 37 when the machine is quiet."""
    started = time.process_time()
    total = 0
    for number in range(1_000_000):
        total += number & 7
    return (time.process_time() - started) * 1000


def rate(work: Callable[[], int], rounds: int = ROUNDS) -> tuple[float, float]:
    """(median, best) items per second of CPU time; `work` returns how many items it did."""
    rates = []
    for _ in range(rounds):
        started = time.process_time()
        done = work()
        rates.append(done / (time.process_time() - started))
    return statistics.median(rates), max(rates)


def show(title: str, rows: list[tuple[str, tuple[float, float]]]) -> None:
    """A table of rates; the first row is what the others are compared with."""
    print(f"\n{title} (calibration {calibration():.0f} ms)")
    print(f"  {'':58}{'median/s':>10}{'best/s':>10}{'× first':>9}")
    first = rows[0][1][0]
    for name, (median, best) in rows:
        print(f"  {name:58}{median:>10,.0f}{best:>10,.0f}{median / first:>9.2f}")
