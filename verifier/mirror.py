"""A folder with every batch's leaf file: evidence for whom asks no server of ours.

A leaf file is the batch's leaf hashes one after another, 32 bytes each, 64 for a credential. Who
fills the folder has compared each file with the chain; whoever reads it need not rely on that,
because a path out of a wrong file leads to no anchored root.
"""

import os
from functools import lru_cache
from pathlib import Path

from credential import merkle
from credential.errors import UnavailableError
from credential.facts import Evidence

LEAF_BYTES = 2 * merkle.HASH  # of one credential: its SD-JWT's and its QR token's
_TREES = 32  # trees kept in memory; one of 10,000 credentials takes 1.3 MB


class Mirror:
    """`verifier.ports.EvidenceStore` over a folder. Thread-safe; files that are there stay."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tree = lru_cache(_TREES)(self._read)

    def holds(self, school: int, seq: int, root: bytes) -> bool:
        """Whether the file of a batch is here and leads to that root."""
        path = self._path(school, seq)
        return path.exists() and root_of(path.read_bytes()) == root

    def add(self, school: int, seq: int, leaves: bytes) -> None:
        """Keep a batch's leaf file, whole or not at all."""
        path = self._path(school, seq)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}.tmp")
        with draft.open("wb") as file:
            file.write(leaves)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)

    def evidence(self, school: int, seq: int, leaf_index: int) -> Evidence | None:
        """See `verifier.ports.EvidenceStore.evidence`."""
        path = self._path(school, seq)
        if not path.exists():
            return None
        tree = self._tree(school, seq)
        start = leaf_index * merkle.HASH
        if not 0 <= start < len(tree[0]):
            return None
        leaf, size = tree[0][start : start + merkle.HASH], len(tree[0]) // LEAF_BYTES
        return Evidence(leaf, size, merkle.path(tree, leaf_index))

    def token(self, code: str) -> bytes | None:  # noqa: ARG002 — the port's signature
        """Silence: look-up codes are not published."""
        raise UnavailableError("store", "a mirror holds no look-up codes")

    def _read(self, school: int, seq: int) -> list[bytes]:
        try:
            leaves = self._path(school, seq).read_bytes()
        except OSError as error:
            raise UnavailableError("store", "unreadable") from error
        if not leaves or len(leaves) % LEAF_BYTES:
            raise UnavailableError("store", "damaged")
        return merkle.levels([leaves])

    def _path(self, school: int, seq: int) -> Path:
        return self._folder / str(school) / f"{seq}.leaves"


def root_of(leaves: bytes) -> bytes | None:
    """The root of the tree over a leaf file; None for what is no leaf file."""
    if not leaves or len(leaves) % LEAF_BYTES:
        return None
    return merkle.levels([leaves])[-1]
