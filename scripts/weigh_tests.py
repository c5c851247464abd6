"""Seconds of each test module, for the order in which workers begin them (`tests.conftest`).

Usage: `pytest -n 4 --junitxml report.xml`, then `python scripts/weigh_tests.py report.xml`.
"""

import sys
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree as ET

WEIGHTS = Path(__file__).parent.parent / "tests" / "weights.toml"


def weighed(report: Path) -> dict[str, float]:
    """Seconds by module, from a report that pytest wrote."""
    found: defaultdict[str, float] = defaultdict(float)
    for case in ET.parse(report).iter("testcase"):
        found[case.attrib["classname"].replace(".", "/") + ".py"] += float(case.attrib["time"])
    return found


def main() -> None:
    """Write the table, the longest module first."""
    found = sorted(weighed(Path(sys.argv[1])).items(), key=lambda item: -item[1])
    lines = [f'"{module}" = {seconds:.0f}\n' for module, seconds in found]
    WEIGHTS.write_text(
        "# Seconds of each test module; made by scripts/weigh_tests.py\n" + "".join(lines)
    )


if __name__ == "__main__":
    main()
