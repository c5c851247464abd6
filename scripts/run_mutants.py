"""Try every seeded fault in tests/contracts/mutants.toml: the Solidity tests must notice it.

Each mutant is compiled with the settings of the committed artifact and deployed in its place, so
the tests themselves are not compiled again. A mutant is killed when a test fails: first the tests
of single cases are asked, then fuzz tests and invariants (with the quick number of runs). Survivors
are listed with the reason that the file gives; one without a reason, or less than 95 % killed, is a
failure. Arguments are names of mutants; without any, all are tried.
"""

import json
import os
import shutil
import subprocess
import sys
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from compile_contracts import CONTRACT, ROOT, compiled, sources

LIST = ROOT / "tests" / "contracts" / "mutants.toml"
WORK = ROOT / "build" / "mutants"
FORGE = ROOT / "node_modules/@foundry-rs/forge-linux-amd64/bin/forge"
RANDOM = "FuzzTest|InvariantsTest"
STAGES = {"cases": ["--no-match-contract", RANDOM], "random": ["--match-contract", RANDOM]}
WORKERS = 2
ENOUGH = 0.95


def mutated(texts: dict[str, str], mutant: dict[str, Any]) -> dict[str, str]:
    """The sources with the fault in them. Raises SystemExit unless its place is found once."""
    name = f"contracts/{mutant['file']}"
    if texts[name].count(mutant["old"]) != 1:
        raise SystemExit(f"{mutant['name']}: its place is not found exactly once in {name}")
    return texts | {name: texts[name].replace(mutant["old"], mutant["new"])}


def killer(texts: dict[str, str], mutant: dict[str, Any]) -> str | None:
    """The stage of tests that notices the mutant; None when none does."""
    answer = compiled(mutated(texts, mutant))
    code = answer["contracts"][CONTRACT[0]][CONTRACT[1]]["evm"]["bytecode"]["object"]
    artifact = WORK / f"{mutant['name']}.json"
    artifact.write_text(json.dumps({"bytecode": code}), encoding="utf-8")
    return next((stage for stage in STAGES if not passes(stage, artifact)), None)


def passes(stage: str, artifact: Path | None = None) -> bool:
    """Whether these tests pass with that artifact, or with the committed one."""
    named = {"LEDGER_ARTIFACT": str(artifact.relative_to(ROOT))} if artifact else {}
    run = subprocess.run(
        [str(FORGE) if FORGE.exists() else shutil.which("forge") or "forge"]
        + ["test", "--fail-fast", *STAGES[stage]],
        check=False,
        cwd=ROOT,
        env=os.environ | {"FOUNDRY_INVARIANT_SHRINK_RUN_LIMIT": "0"} | named,
        capture_output=True,
        text=True,
    )
    # A run that could not even begin must not count as a mutant noticed.
    if "Suite result:" not in run.stdout:
        raise SystemExit(run.stdout + run.stderr)
    return run.returncode == 0


def main(names: list[str]) -> int:
    """Try the mutants, print the count and the survivors."""
    every = tomllib.loads(LIST.read_text(encoding="utf-8"))["mutant"]
    mutants = [mutant for mutant in every if not names or mutant["name"] in names]
    WORK.mkdir(parents=True, exist_ok=True)
    if not all(passes(stage) for stage in STAGES):
        raise SystemExit("the tests fail without any mutant")
    texts, start = sources(), time.monotonic()
    with ThreadPoolExecutor(WORKERS) as pool:
        killers = list(pool.map(lambda mutant: killer(texts, mutant), mutants))
    killed = [stage for stage in killers if stage]
    print(
        f"mutants: {len(mutants)}, killed: {len(killed)} ({len(killed) / len(mutants):.1%}), "
        f"by cases {killed.count('cases')}, by fuzz and invariants {killed.count('random')}; "
        f"{time.monotonic() - start:.0f} s"
    )
    unexplained = 0
    for mutant, stage in zip(mutants, killers, strict=True):
        if stage is None:
            reason = mutant.get("equivalent")
            unexplained += reason is None
            print(f"survived: {mutant['name']} – {reason or 'NO REASON GIVEN'}")
    return 0 if not unexplained and len(killed) >= ENOUGH * len(mutants) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
