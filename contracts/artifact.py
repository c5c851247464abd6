"""The committed artifact of the ledger contract, read from the package's own files.

Made by ``scripts/compile_contracts.py``; that it is fresh is proven by ``tests/contracts``.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Artifact:
    """What the compiler made of ``contracts/Ledger.sol``.

    `bytecode` creates the contract (constructor arguments are appended); `deployed` is its
    runtime code before the constructor fills the `immutables` ((start, length) in bytes). `slots`
    gives the storage slot of each variable; `structs` how a one-slot record is packed: field →
    (offset, length) in bytes from the low end.
    """

    abi: list[dict[str, Any]]
    bytecode: bytes
    deployed: bytes
    immutables: tuple[tuple[int, int], ...]
    slots: Mapping[str, int]
    structs: Mapping[str, Mapping[str, tuple[int, int]]]

    def matches(self, code: bytes) -> bool:
        """Whether runtime code is this contract's, whatever the constructor put into it."""
        return len(code) == len(self.deployed) and self._masked(code) == self._masked(self.deployed)

    def _masked(self, code: bytes) -> bytes:
        masked = bytearray(code)
        for start, length in self.immutables:
            masked[start : start + length] = bytes(length)
        return bytes(masked)


def raw() -> dict[str, Any]:
    """The artifact file as it stands, with the record of how it was made."""
    path = resources.files("contracts") / "artifacts" / "Ledger.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


@cache
def ledger() -> Artifact:
    """The artifact, loaded once."""
    found = raw()
    return Artifact(
        abi=found["abi"],
        bytecode=bytes.fromhex(found["bytecode"]),
        deployed=bytes.fromhex(found["deployedBytecode"]),
        immutables=tuple((start, length) for start, length in found["immutables"]),
        slots=found["storage"],
        structs={
            record: {name: (place[0], place[1]) for name, place in fields.items()}
            for record, fields in found["structs"].items()
        },
    )
