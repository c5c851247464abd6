"""Evidence bundles: made where the sources are, judged where there are none.

Judging takes the same steps as any verification, over a bundle instead of the sources. The register
is one of them, so what is checked offline is never VALID; the answer says that all else holds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chain import contract
from chain.offline import OfflineLedger, Trust
from credential.bundle import Bundle, Cosignature, ListedKey, PlacedPath, checkpoint
from credential.errors import ConflictError, RefusedError, UnavailableError
from credential.facts import Block, Evidence, LedgerFacts
from credential.keys import Signer
from verifier import checks
from verifier.artefact import Artefact, decode
from verifier.verify import Answer, Verifier

if TYPE_CHECKING:
    from api.sources import Sources


@dataclass(frozen=True, slots=True)
class _Shown:
    """An artefact with what the store and the chain said of it."""

    path: PlacedPath
    root: bytes
    index: int
    facts: LedgerFacts

    @property
    def slots(self) -> list[int]:
        """The slots of the contract on which the facts rest."""
        batch, anchor = contract.batch_id(self.path.school, self.root), self.facts.anchor
        keys = [*self.facts.keys, *([anchor.key] if anchor else [])]
        return [
            contract.school_slot(self.path.school),
            contract.anchor_slot(batch),
            contract.word_slot(batch, self.index),
            *(contract.key_slot(key.key_id) for key in keys),
        ]


def gather(system: "Sources", texts: Sequence[str]) -> Bundle:
    """The evidence for artefacts (texts), proven as of the finalised block.

    Raises FormatError for what is no artefact, RefusedError ``bundle.foreign``,
    ``bundle.unknown`` and ``bundle.not_anchored``, and UnavailableError.
    """
    shown = [_shown(system, decode(text, system.deployment)) for text in texts]
    return _bundle(system, texts, shown, _newest(shown))


def gather_each(system: "Sources", texts: Sequence[str]) -> list[Bundle]:
    """The evidence for each artefact by itself, all proven as of the same block.

    Raises as `gather` does.
    """
    shown = [_shown(system, decode(text, system.deployment)) for text in texts]
    block = _newest(shown)
    return [_bundle(system, [text], [one], block) for text, one in zip(texts, shown, strict=True)]


def _newest(shown: Sequence[_Shown]) -> Block:
    return max((each.facts.block for each in shown), key=lambda block: block.number)


def _bundle(
    system: "Sources", texts: Sequence[str], shown: Sequence[_Shown], block: Block
) -> Bundle:
    deployment = system.deployment
    slots = dict.fromkeys(slot for each in shown for slot in each.slots)
    header, nodes = system.witnesses.evidence(deployment.contract, list(slots), block)
    keys = [ListedKey(key.school, key.public_key) for each in shown for key in each.facts.keys]
    return Bundle(
        deployment=deployment,
        texts=tuple(texts),
        paths=tuple(each.path for each in shown),
        keys=tuple(dict.fromkeys(keys)),
        header=header.raw,
        nodes=nodes,
    )


def _shown(system: "Sources", artefact: Artefact) -> _Shown:
    if not artefact.ours:
        raise RefusedError("bundle.foreign")
    school, place = artefact.school, artefact.place
    evidence = system.evidence.evidence(school, place.seq, artefact.leaf_index)
    root = checks.root_of(artefact, evidence) if evidence else None
    if evidence is None or root is None or evidence.leaf != artefact.leaf:
        raise RefusedError("bundle.unknown")
    facts = system.strict_reader.facts(school, artefact.kid, root, place.index)
    if facts.anchor is None or not facts.keys:
        raise RefusedError("bundle.not_anchored")
    path = PlacedPath(school, place.seq, artefact.leaf_index, evidence)
    return _Shown(path, root, place.index, facts)


def cosign(system: "Sources", bundle: Bundle, key: Signer) -> Bundle:
    """The bundle with a witness's signature, once the witness has seen the block for itself.

    Raises ConflictError ``bundle.other_block`` when the witness's chain has another block there,
    and UnavailableError while that one is not final.
    """
    found = OfflineLedger(bundle, Trust(bundle.deployment, b"")).header.block
    if bundle.deployment != system.deployment:
        raise RefusedError("bundle.foreign")
    if system.strict_reader.head().number < found.number:
        raise UnavailableError("chain", "not final yet")
    if system.witnesses.block(found.number) != found:
        raise ConflictError("bundle.other_block", block=found.number)
    text = checkpoint(bundle.deployment, found.number, found.hash)
    return bundle.cosigned(Cosignature(key.public.raw, key.sign(text)))


@dataclass(frozen=True, slots=True)
class Judgement:
    """An answer without sources.

    `is_vouched` says whether the bundle's block counted; `block` and `block_hash` name it for
    looking it up.
    """

    answer: Answer
    is_vouched: bool
    block: int
    block_hash: bytes


def judge(bundle: Bundle, trust: Trust) -> Judgement:
    """Check a bundle with what one knows already.

    Raises FormatError for one that holds something else than artefacts, RefusedError
    ``bundle.foreign``, and UnavailableError for one without a block.
    """
    if bundle.deployment != trust.deployment:
        raise RefusedError("bundle.foreign")
    ledger = OfflineLedger(bundle, trust)
    found = ledger.header.block
    verifier = Verifier(trust.deployment, ledger, _Paths(bundle), None, at_hand=lambda: True)
    answer = verifier.verify_texts(bundle.texts)
    verifier.close()
    return Judgement(answer, ledger.is_vouched, found.number, found.hash)


class _Paths:
    """`verifier.ports.EvidenceStore` out of a bundle."""

    def __init__(self, bundle: Bundle) -> None:
        self._paths: Mapping[tuple[int, int, int], Evidence] = {
            (each.school, each.seq, each.leaf_index): each.evidence for each in bundle.paths
        }

    def evidence(self, school: int, seq: int, leaf_index: int) -> Evidence | None:
        """See `verifier.ports.EvidenceStore.evidence`."""
        return self._paths.get((school, seq, leaf_index))

    def token(self, code: str) -> bytes | None:  # noqa: ARG002 — the port's signature
        """Silence: a bundle looks nothing up."""
        raise UnavailableError("store", "offline")
