"""Run halmos: prove what tests/proofs states, and see a proof of each rule fail without the rule.

A proof counts when halmos explored every path of it, with no loop cut short, and its solver refuted
a violation on each. That a proof can fail at all is shown with one mutant for each rule, for which
halmos must find a counterexample. Needs `halmos`, `forge` and the solver on the PATH
(scripts/check_contracts.sh sees to it). Arguments are names of proofs; without any, all are run.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from compile_contracts import ARTIFACT, ROOT
from run_mutants import LIST, mutated

PROOFS = ROOT / "tests" / "proofs"
WORK = ROOT / "build" / "proofs"
# A mutant that breaks what the proof says.
REFUTED = {
    "check_an_anchor_is_immutable": "anchor-twice",
    "check_a_terminal_lane_never_changes": "superseded-reopens",
    "check_revoke": "neighbour-cleared",
    "check_revokeWordFor": "anybody-revokes-a-word",
    "check_seq_grows_by_at_most_one": "seq-by-two",
    "check_a_compromise_is_never_cleared_or_moved_later": "compromise-moved-later",
    "check_nothing_blocks_revoke": "pause-blocks-status",
    "check_no_lane_beyond_the_size_is_ever_set": "one-beyond-the-size",
}


def halmos(root: Path, *options: str) -> dict[str, dict[str, Any]]:
    """The result of each proof by its name. Raises SystemExit if there is none."""
    answer = root / "build" / "halmos.json"
    answer.parent.mkdir(parents=True, exist_ok=True)
    answer.unlink(missing_ok=True)
    run = subprocess.run(
        ["halmos", "--no-status", "--json-output", str(answer), *options],
        check=False,
        cwd=root,
        # A mutant may leave a variable unused: a warning is no error here.
        env=os.environ | {"FOUNDRY_PROFILE": "proofs", "FOUNDRY_DENY": "never"},
        capture_output=True,
        text=True,
    )
    if not answer.exists():
        raise SystemExit(run.stdout + run.stderr)
    found = json.loads(answer.read_text(encoding="utf-8"))["test_results"]
    return {each["name"].partition("(")[0]: each for results in found.values() for each in results}


def proved(names: list[str]) -> bool:
    """Prove all of them on the committed contract; prints one line each."""
    results = halmos(ROOT, "--match-test", f"^({'|'.join(names)})\\(")
    made = json.loads((WORK / "out/Ledger.sol/Ledger.json").read_text(encoding="utf-8"))
    committed = json.loads(ARTIFACT.read_text(encoding="utf-8"))
    if made["bytecode"]["object"].removeprefix("0x") != committed["bytecode"]:
        raise SystemExit("the proofs are about other bytes than the committed artifact's")
    for name in names:
        result = results.get(name)
        good = result is not None and result["exitcode"] == 0 and not result["num_bounded_loops"]
        shown = (
            f"{result['num_paths'][0]} paths, {result['time'][0]:.0f} s" if result else "not run"
        )
        print(f"{'proved' if good else 'NOT PROVED'}: {name} ({shown})", flush=True)
        if not good:
            results.pop(name, None)
    return results.keys() == set(names)


def refuted(name: str, mutant: dict[str, Any]) -> bool:
    """Whether halmos finds a counterexample to the proof in the mutant."""
    root = WORK / mutant["name"]
    shutil.rmtree(root, ignore_errors=True)
    for folder in ("contracts", "tests/contracts", "tests/proofs", "scripts"):
        shutil.copytree(ROOT / folder, root / folder)
    for file in ("foundry.toml", "halmos.toml"):
        shutil.copy(ROOT / file, root)
    (root / "node_modules").symlink_to(ROOT / "node_modules")
    path = f"contracts/{mutant['file']}"
    (root / path).write_text(mutated({path: (ROOT / path).read_text("utf-8")}, mutant)[path])
    result = halmos(root, "--match-test", f"^{name}\\(", "--early-exit")[name]
    good = result["exitcode"] == 1 and result["num_models"] > 0
    print(f"{'refuted' if good else 'NOT REFUTED'}: {name} by {mutant['name']}", flush=True)
    return bool(good)


def main(wanted: list[str]) -> int:
    """Prove, then refute; 0 only if all went as it must."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(PROOFS.glob("*.t.sol"))]
    names = re.findall(r"function (check_\w+)", "".join(texts))
    names = [name for name in names if not wanted or name in wanted]
    mutants = {each["name"]: each for each in tomllib.loads(LIST.read_text("utf-8"))["mutant"]}
    done = proved(names)
    for name, mutant in REFUTED.items():
        done = (name not in names or refuted(name, mutants[mutant])) and done
    return 0 if done else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
