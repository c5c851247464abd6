"""The evidence bundle: one file with which anybody can check a credential, without any server.

It holds the artefacts themselves, their paths in the batch tree, the school's signing keys, a block
header, and the trie nodes that prove from its state root what the contract held then: the batch's
anchor, the school's accreditation, the windows of the keys, the status. Nothing in it is believed:
each part either leads to the block's hash or counts for nothing. That hash is what a checker must
know from elsewhere: from an explorer, a node of their own, or from the cosignatures of witnesses
whom they trust (as with checkpoints of transparency logs: C2SP tlog-cosignature).

Deterministic CBOR (RFC 8949 §4.2) behind the tag that marks CBOR files (§3.4.6); exactly one
spelling is taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cbor2

from credential.errors import FormatError
from credential.facts import Evidence
from credential.keys import SIGNATURE
from credential.merkle import HASH
from credential.model import Deployment

MAGIC = b"\xd9\xd9\xf7"
MAX_BYTES = 64 * 1024  # a diploma's takes about 8 kB on a new chain, below 16 kB on a full one
_VERSION = "sogoc-evidence-1"
_ADDRESS = 20  # bytes


def _refuse(*_: object) -> None:
    raise ValueError("a reference to what was said before")


# Tags with which a few bytes stand for many; none is in a bundle.
_REFUSED = dict.fromkeys((25, 28, 29, 256), _refuse)


@dataclass(frozen=True, slots=True)
class PlacedPath:
    """The path of one leaf, with the school and batch number whose tree it belongs to."""

    school: int
    seq: int
    leaf_index: int
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class ListedKey:
    """A school's signing key, raw as in `credential.keys.PublicKey`."""

    school: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A witness's signature over `checkpoint`, with its raw public key."""

    key: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Bundle:
    """An evidence bundle as described above; well formed, not yet checked.

    `texts` are artefacts as links or SD-JWTs, `header` is a block header's RLP, `nodes` are trie
    nodes in any order.
    """

    deployment: Deployment
    texts: tuple[str, ...]
    paths: tuple[PlacedPath, ...]
    keys: tuple[ListedKey, ...]
    header: bytes
    nodes: tuple[bytes, ...]
    cosignatures: tuple[Cosignature, ...] = ()

    def cosigned(self, added: Cosignature) -> "Bundle":
        """With one cosignature more; one of the same key is replaced."""
        others = tuple(each for each in self.cosignatures if each.key != added.key)
        return replace(self, cosignatures=(*others, added))


def looks_like_bundle(data: bytes) -> bool:
    """Whether a file begins as bundles do."""
    return data.startswith(MAGIC)


def checkpoint(deployment: Deployment, number: int, block: bytes) -> bytes:
    """What a witness signs: that a block of that number and hash is final on that chain."""
    lines = (
        "sogoc-checkpoint-1",
        f"{deployment.chain_id} {deployment.contract.hex()}",
        f"{number} {block.hex()}",
    )
    return "".join(f"{line}\n" for line in lines).encode()


def encode(bundle: Bundle) -> bytes:
    """The file. Raises FormatError ``bundle.too_large``."""
    fields = [
        _VERSION,
        bundle.deployment.chain_id,
        bundle.deployment.contract,
        list(bundle.texts),
        [[each.school, each.seq, each.leaf_index, *_path(each.evidence)] for each in bundle.paths],
        [[each.school, each.raw] for each in bundle.keys],
        bundle.header,
        list(bundle.nodes),
        [[each.key, each.signature] for each in bundle.cosignatures],
    ]
    data = MAGIC + cbor2.dumps(fields)
    if len(data) > MAX_BYTES:
        raise FormatError("bundle.too_large", limit=MAX_BYTES)
    return data


def decode(data: bytes) -> Bundle:
    """Read a file strictly. Raises FormatError ``bundle.too_large``, ``bundle.malformed``."""
    if len(data) > MAX_BYTES:
        raise FormatError("bundle.too_large", limit=MAX_BYTES)
    try:
        found = _bundle(cbor2.loads(data.removeprefix(MAGIC), semantic_decoders=_REFUSED))
        if encode(found) != data:
            raise FormatError("bundle.malformed")
    except (cbor2.CBORError, ArithmeticError, AttributeError, LookupError, TypeError,
            ValueError, RecursionError) as error:  # fmt: skip
        raise FormatError("bundle.malformed") from error
    return found


def _path(evidence: Evidence) -> list[object]:
    return [evidence.leaf, evidence.size, list(evidence.path)]


def _bundle(found: Any) -> Bundle:
    version, chain_id, contract, texts, paths, keys, header, nodes, cosignatures = found
    if version != _VERSION or not texts:
        raise ValueError("another version, or nothing in it")
    return Bundle(
        deployment=Deployment(_number(chain_id), _bytes(contract, _ADDRESS)),
        texts=tuple(map(_text, texts)),
        paths=tuple(_placed(*each) for each in paths),
        keys=tuple(ListedKey(_number(school), _bytes(raw)) for school, raw in keys),
        header=_bytes(header),
        nodes=tuple(map(_bytes, nodes)),
        cosignatures=tuple(
            Cosignature(_bytes(key), _bytes(signature, SIGNATURE))
            for key, signature in cosignatures
        ),
    )


def _placed(
    school: Any, seq: Any, leaf_index: Any, leaf: Any, size: Any, path: Sequence[Any]
) -> PlacedPath:
    hashes = tuple(_bytes(each, HASH) for each in path)
    evidence = Evidence(_bytes(leaf, HASH), _number(size), hashes)
    return PlacedPath(_number(school), _number(seq), _number(leaf_index), evidence)


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 1 << 64:
        raise ValueError("not a number")
    return value


def _bytes(value: Any, length: int | None = None) -> bytes:
    if type(value) is not bytes or length not in (None, len(value)):
        raise ValueError("not bytes of that length")
    return value


def _text(value: Any) -> str:
    if type(value) is not str:
        raise ValueError("not a text")
    return value
