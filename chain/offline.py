"""The ledger out of an evidence bundle: `verifier.ports.Ledger` without a network.

Decides when a block header counts: when whoever checks named its hash, or when enough witnesses
whom they trust have signed it. All else is proven from it. What the bundle does not prove is
silence, never an answer: whoever made the bundle must not be able to make a genuine credential
look forged by leaving something out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from chain import contract, header
from chain.header import Header
from chain.proof import Pool, Proven
from credential.bundle import Bundle, checkpoint
from credential.errors import FormatError, UnavailableError
from credential.facts import ChainTrust, LedgerAnchor, LedgerFacts, LedgerKey
from credential.keys import PublicKey
from credential.model import Deployment, Lane

_UNPROVEN = "unproven"


@dataclass(frozen=True, slots=True)
class Trust:
    """What a checker knows from elsewhere than the bundle.

    The deployment with the hash of its contract's code (32 bytes), and raw public keys of witnesses
    of which `needed` must have signed a block. `block_hash` (32 bytes) names a block whose finality
    the checker found out for themselves; it needs no witness.
    """

    deployment: Deployment
    code_hash: bytes
    witnesses: tuple[bytes, ...] = ()
    needed: int = 0
    block_hash: bytes | None = None


class OfflineLedger:
    """Facts that a bundle proves to a checker with that trust, all as of its one block.

    Raises UnavailableError ``chain`` for whatever it does not prove, and for everything while
    nobody whom the checker trusts vouches for the block.
    """

    def __init__(self, bundle: Bundle, trust: Trust) -> None:
        self._bundle, self._trust = bundle, trust
        self._address = trust.deployment.contract

    @cached_property
    def header(self) -> Header:
        """The bundle's block, vouched for or not. Raises UnavailableError when it is none."""
        try:
            return header.from_raw(self._bundle.header)
        except ValueError as error:
            raise UnavailableError("chain", "not a block header") from error

    @cached_property
    def vouchers(self) -> int:
        """How many of the trusted witnesses have signed the bundle's block."""
        block = self.header.block
        text = checkpoint(self._trust.deployment, block.number, block.hash)
        signed = {
            each.key
            for each in self._bundle.cosignatures
            if each.key in self._trust.witnesses and _signed(each.key, each.signature, text)
        }
        return len(signed)

    @property
    def is_vouched(self) -> bool:
        """Whether the block counts as final for this checker."""
        if self._trust.block_hash is not None:
            return self.header.block.hash == self._trust.block_hash
        return 0 < self._trust.needed <= self.vouchers

    def facts(self, school: int, key_prefix: bytes, root: bytes | None, index: int) -> LedgerFacts:
        """See `verifier.ports.Ledger.facts`."""
        if not self.is_vouched:
            raise UnavailableError("chain", "nobody vouches for the block", "unvouched")
        keys = self._keys(school, key_prefix)
        (record,) = self._slots([contract.school_slot(school)])
        anchor, lane = None, Lane.ACTIVE
        if root is not None:
            batch = contract.batch_id(school, root)
            slot, word = self._slots(
                [contract.anchor_slot(batch), contract.word_slot(batch, index)]
            )
            anchor, lane = self._anchor(slot), contract.lane_in(word, index)
        return LedgerFacts(
            block=self.header.block,
            school=contract.school_of(record),
            keys=keys,
            next_seq=contract.unpack("School", record)["nextSeq"],
            anchor=anchor,
            pending=False,
            lane=lane,
            trust=self._on_whose_word,
        )

    @property
    def _on_whose_word(self) -> ChainTrust:
        if self._trust.block_hash is not None:
            return ChainTrust(0, 0, proven=True, chosen=True)
        return ChainTrust(self.vouchers, len(self._trust.witnesses), proven=True, chosen=True)

    def _keys(self, school: int, prefix: bytes) -> tuple[LedgerKey, ...]:
        ids = {
            kid: each.raw
            for each in self._bundle.keys
            if each.school == school and (kid := _thumbprint(each.raw)).startswith(prefix)
        }
        states = self._slots([contract.key_slot(kid) for kid in ids])
        found = map(contract.key_of, ids, states, ids.values())
        keys = tuple(key for key in found if key.valid_from)
        if not keys:
            raise UnavailableError("chain", "no such key in the bundle", _UNPROVEN)
        return keys

    def _anchor(self, slot: int) -> LedgerAnchor:
        if slot == 0:  # a path that leads elsewhere, or a block before the anchor
            raise UnavailableError("chain", "not anchored as of the block", _UNPROVEN)
        found = contract.unpack("Anchor", slot)
        key_id = found["key"].to_bytes(32, "big")
        (state,) = self._slots([contract.key_slot(key_id)])
        key = contract.key_of(key_id, state)
        return LedgerAnchor(found["seq"], found["size"], found["time"], key)

    @cached_property
    def _pool(self) -> Pool:
        return Pool(self._bundle.nodes)

    def _slots(self, slots: Sequence[int]) -> tuple[int, ...]:
        try:
            proven: Proven = self._pool.account(self.header.state_root, self._address, slots)
        except ValueError as error:
            raise UnavailableError("chain", "the bundle does not prove it", _UNPROVEN) from error
        if proven.code_hash != self._trust.code_hash:
            raise UnavailableError("chain", "other code than the ledger's", _UNPROVEN)
        return proven.slots


def _thumbprint(raw: bytes) -> bytes:
    try:
        return PublicKey(raw).kid
    except FormatError:
        return b""


def _signed(key: bytes, signature: bytes, text: bytes) -> bool:
    try:
        return PublicKey(key).verify(signature, text)
    except FormatError:
        return False
