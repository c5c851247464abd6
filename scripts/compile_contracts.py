"""Compile contracts/*.sol with npm's solc through py-solc-x into contracts/artifacts/Ledger.json.

Needs `npm ci`. The compiler gets a closed set of sources and fixed settings, so that the same
input gives the same bytes anywhere; the artifact records what the input was. With ``--check``
nothing is written, and the exit code says whether the committed artifact is fresh.
"""

import hashlib
import json
import re
import sys
from pathlib import Path
from posixpath import dirname, normpath
from typing import Any

import solcx
from solcx.exceptions import SolcError

ROOT = Path(__file__).resolve().parent.parent
ARTIFACT = ROOT / "contracts" / "artifacts" / "Ledger.json"
SHIM = ROOT / "scripts" / "solc_shim.js"
CONTRACT = ("contracts/Ledger.sol", "Ledger")
SETTINGS: dict[str, Any] = {
    # The compiler's own default is newer than what the embedded chain runs.
    "evmVersion": "cancun",
    "optimizer": {"enabled": True, "runs": 1000},
    # No hash of the comments in the code: rewording a comment changes no deployed byte.
    "metadata": {"bytecodeHash": "none"},
    "outputSelection": {
        "contracts/Ledger.sol": {
            "Ledger": ["abi", "evm.bytecode.object", "evm.deployedBytecode", "storageLayout"]
        }
    },
}
_IMPORT = re.compile(r'^import\s[^;]*?"([^"]+)";', re.MULTILINE)


def sources() -> dict[str, str]:
    """The contract's source and, by name, everything that it imports."""
    found: dict[str, str] = {}
    names = [CONTRACT[0]]
    while names:
        name = names.pop()
        if name in found:
            continue
        home = ROOT / "node_modules" if name.startswith("@") else ROOT
        found[name] = (home / name).read_text(encoding="utf-8")
        for target in _IMPORT.findall(found[name]):
            local = target.startswith(".")
            names.append(normpath(f"{dirname(name)}/{target}") if local else target)
    return dict(sorted(found.items()))


def input_hash(hashes: dict[str, str], settings: dict[str, Any]) -> str:
    """SHA-256 (hex) over the settings and the SHA-256 of each source by name."""
    text = json.dumps({"settings": settings, "sources": hashes}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def layout(found: dict[str, Any]) -> dict[str, Any]:
    """Slots of the variables, and how the one-slot records are packed.

    `storage` is variable → slot number; `structs` is record → field → [offset, length] in bytes,
    counted from the low end of the slot.
    """
    types = found["types"]
    structs = {
        entry["label"].rpartition(".")[2]: {
            member["label"]: [member["offset"], int(types[member["type"]]["numberOfBytes"])]
            for member in entry["members"]
        }
        for entry in types.values()
        if "members" in entry
    }
    slots = {entry["label"]: int(entry["slot"]) for entry in found["storage"]}
    return {"storage": slots, "structs": structs}


def compiled(texts: dict[str, str]) -> dict[str, Any]:
    """The compiler's whole answer for these sources. Raises SystemExit on a compiler error."""
    request = {
        "language": "Solidity",
        "sources": {name: {"content": text} for name, text in texts.items()},
        "settings": SETTINGS,
    }
    try:
        answer: dict[str, Any] = solcx.compile_standard(request, solc_binary=SHIM)
    except SolcError as error:
        raise SystemExit(error.message) from None
    return answer


def compile_ledger() -> dict[str, Any]:
    """The artifact as it would be written. Raises on any compiler error or warning."""
    texts = sources()
    answer = compiled(texts)
    if answer.get("errors"):  # only warnings are left, and we want none
        raise SystemExit("\n".join(warning["formattedMessage"] for warning in answer["errors"]))
    made = answer["contracts"][CONTRACT[0]][CONTRACT[1]]
    hashes = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}
    deployed = made["evm"]["deployedBytecode"]
    return {
        "contract": CONTRACT[1],
        "solc": str(solcx.wrapper.get_solc_version(SHIM, with_commit_hash=True)),
        "settings": SETTINGS,
        "sources": hashes,
        "inputSha256": input_hash(hashes, SETTINGS),
        "abi": made["abi"],
        "bytecode": made["evm"]["bytecode"]["object"],
        "deployedBytecode": deployed["object"],
        # Where the constructor writes into the deployed code: [start, length] in bytes.
        "immutables": sorted(
            [place["start"], place["length"]]
            for places in deployed["immutableReferences"].values()
            for place in places
        ),
        **layout(made["storageLayout"]),
    }


def rendered(artifact: dict[str, Any]) -> str:
    """The artifact as the text of its file."""
    return json.dumps(artifact, indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the artifact, or check it with ``--check``."""
    text = rendered(compile_ledger())
    if "--check" in sys.argv[1:]:
        fresh = ARTIFACT.exists() and ARTIFACT.read_text(encoding="utf-8") == text
        print("fresh" if fresh else "stale: run scripts/compile_contracts.py")
        return 0 if fresh else 1
    ARTIFACT.parent.mkdir(exist_ok=True)
    ARTIFACT.write_text(text, encoding="utf-8")
    print(f"{ARTIFACT.relative_to(ROOT)}: {len(json.loads(text)['deployedBytecode']) // 2} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
