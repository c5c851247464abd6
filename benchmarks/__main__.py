"""All measurements, and at the end what was aimed for and what was reached: `make bench`."""

import sys
import time
from collections.abc import Callable

from benchmarks import (
    book,
    correcting,
    crowd,
    gas,
    importing,
    issuing,
    paper,
    papers,
    proving,
    qr_reading,
    reading,
    signing,
    verifying,
)
from benchmarks.measure import Target, calibration


def main() -> int:
    """Run everything; 0 if every target was reached."""
    started = time.perf_counter()
    targets = []
    for title, run in _PARTS.items():
        print(f"\n━━ {title} ━━  calibration {calibration():.0f} ms", flush=True)
        targets += run()
    print(f"\n━━ Summary ━━  {time.perf_counter() - started:.0f} s")
    for target in targets:
        bound = "at most" if target.at_most else "at least"
        print(
            f"  {'reached' if target.met else 'MISSED':8}{target.name:62}"
            f"{_number(target.reached)}{target.unit} (aim: {bound} {_number(target.aim)})"
        )
    return 0 if all(target.met for target in targets) else 1


def _qr_reading() -> list[Target]:
    sys.argv[1:] = []
    failed = qr_reading.main()
    name = f"QR: {qr_reading.MUST} of 100 read, {qr_reading.REQUIRED} (1: yes)"
    return [Target(name, 1, 0 if failed else 1, "")]


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2f}"


_PARTS: dict[str, Callable[[], list[Target]]] = {
    "Issuing": issuing.main,
    "Schools' files": importing.main,
    "Correcting": correcting.main,
    "The register as a book": book.main,
    "Signing in a token": signing.main,
    "Verifying": verifying.main,
    "A thousand at once": crowd.main,
    "Proofs and evidence bundles": proving.main,
    "Reading the chain": reading.main,
    "Gas": gas.main,
    "Reading QR codes": _qr_reading,
    "From the tap to the verdict": paper.main,
    "Signed papers": papers.main,
}

if __name__ == "__main__":
    sys.exit(main())
