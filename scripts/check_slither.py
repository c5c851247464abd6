"""Run slither on the contract and compare its findings with the reasons in slither.toml.

Needs `slither` and `forge` on the PATH (scripts/check_contracts.sh sees to it). Standard library
only: it runs in the environment of slither, which cannot share the project's.
"""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REASONS = ROOT / "tests" / "contracts" / "slither.toml"


def reported() -> set[tuple[str, str]]:
    """(check, place) of every finding in our sources. Raises SystemExit if slither cannot run."""
    run = subprocess.run(
        ["slither", ".", "--json", "-", "--filter-paths", "node_modules"],
        check=False,
        cwd=ROOT,
        env=os.environ | {"FOUNDRY_PROFILE": "slither"},
        capture_output=True,
        text=True,
    )
    try:
        answer = json.loads(run.stdout)
    except json.JSONDecodeError:
        raise SystemExit(run.stdout + run.stderr) from None
    if not answer["success"]:
        raise SystemExit(answer["error"])
    found = answer["results"].get("detectors", [])
    return {(each["check"], place(each["elements"][0])) for each in found}


def place(element: dict[str, object]) -> str:
    """`Contract.function` (or event) that an element of a finding lies in."""
    name, fields = str(element["name"]), element["type_specific_fields"]
    assert isinstance(fields, dict)
    parent = fields["parent"]
    if element["type"] in {"node", "variable"} and parent["type"] == "function":
        return place(parent)
    return f"{parent['name']}.{name.partition('(')[0]}"


def main() -> int:
    """Print what is not explained, and what is explained but not found."""
    known = {
        (each["check"], each["place"])
        for each in tomllib.loads(REASONS.read_text(encoding="utf-8"))["finding"]
        if each["reason"]
    }
    found = reported()
    for check, where in sorted(found - known):
        print(f"slither: {check} in {where}: no reason given")
    for check, where in sorted(known - found):
        print(f"slither: {check} in {where}: explained, but not found any more")
    print(f"slither: {len(found)} findings, {len(found & known)} with a reason")
    return 0 if found == known else 1


if __name__ == "__main__":
    sys.exit(main())
