"""The chain as an issuer uses it: `issuer.ports.LedgerDesk` over one connection.

Decides how a school's intent becomes a relayed call: the school's own key signs an EIP-712
message, the relayer's account carries it and pays. A call that the contract would refuse is
refused here, before anything is recorded.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from web3 import Web3

from chain import auditheads, contract, defaults, typed
from chain.hexvalues import to_hex, to_word
from chain.roster import Roster
from chain.sender import Sender
from chain.wallet import signed
from credential.chainkeys import ChainKey
from credential.errors import ConflictError, RefusedError, UnavailableError
from credential.facts import Block
from credential.model import LANES_PER_WORD, CredentialType, Deployment, KeyRole, Lane
from credential.records import Call, Receipt

SchoolKeys = Callable[[int, KeyRole], ChainKey]
"""The chain key that a school uses for a role."""


class LedgerWriter(Sender):
    """The contract of a deployment, written to with `relayer_key` and the schools' keys.

    Reads here are at the head of the chain, not at the finalised block: they serve to decide what
    to send next, never to tell anyone that something is issued.
    """

    def __init__(
        self,
        web3: Web3,
        deployment: Deployment,
        relayer_key: ChainKey,
        school_keys: SchoolKeys,
        fee_cap: int = defaults.FEE_CAP,
        first_block: int = 0,
    ) -> None:
        super().__init__(web3, deployment.chain_id, relayer_key, fee_cap)
        self._deployment = deployment
        self._school_keys = school_keys
        self._roster = Roster(web3, deployment, first_block)

    # --- reads at the head ---

    def next_seq(self, school: int) -> int:
        """The number that the contract expects for that school's next batch."""
        return self._school(school)["nextSeq"]

    def awaited(self, school: int, root: bytes) -> int | None:
        """The number expected next as long as that batch is not anchored, None once it is.

        Both as of the same block at the head: of two looks, one may be before the batch was mined
        and the other after a reorganisation took it back.
        """
        places = contract.school_slot(school), contract.anchor_slot(contract.batch_id(school, root))
        record, anchor = self._slots(*places, at=self._node.block("latest"))
        return None if anchor else contract.unpack("School", record)["nextSeq"]

    def disowned(self, school: int, seq: int) -> bool:
        """Whether a compromised key anchored every batch of the school from that number on."""
        anchored = [batch for batch in self._roster.anchored(school) if batch.seq >= seq]
        if [batch.seq for batch in anchored] != list(range(seq, self.next_seq(school))):
            return False
        keys = self._roster.known([contract.key_id(batch.key) for batch in anchored])
        lost = {key_id: key.compromised_since for key_id, key in keys.items()}
        since = [lost.get(contract.key_id(batch.key), 0) for batch in anchored]
        return all(
            start and batch.time >= start for start, batch in zip(since, anchored, strict=True)
        )

    def check_standing(self, school: int, kind: CredentialType, kid: bytes) -> None:
        """Refuse what would be anchored in vain; `kid` is the 32-byte id of the signing key.

        Judged for the block to come: later than the head, and not before now. Raises RefusedError
        ``ledger.school_not_accredited``, ``ledger.type_not_accredited`` and
        ``ledger.signing_key_not_listed``.
        """
        moment = max(int(time.time()), self._node.block("latest").time)
        record, slot = self._slots(contract.school_slot(school), contract.key_slot(kid))
        accreditation, key = contract.school_of(record), contract.key_of(kid, slot)
        if accreditation is None or not accreditation.covers(moment):
            raise RefusedError("ledger.school_not_accredited", school=school)
        if not accreditation.types & kind.bit:
            raise RefusedError("ledger.type_not_accredited", school=school, kind=kind.key)
        signs = key.valid_from and key.roles & KeyRole.SIGN and key.covers(moment)
        if key.school != school or not signs:
            raise RefusedError("ledger.signing_key_not_listed", school=school)

    def anchored(self, school: int, root: bytes) -> Receipt | None:
        """Whether the contract already holds that batch at the head, and since when.

        Final if the state of the finalised block itself holds it.
        """
        place = contract.anchor_slot(contract.batch_id(school, root))
        for tag in ("finalized", "latest"):
            until = self._node.block(tag)
            (slot,) = self._slots(place, at=until)
            if slot:
                time_ = contract.unpack("Anchor", slot)["time"]
                block = self._block_of(school, root, until)
                return Receipt(succeeded=True, block=block, time=time_, final=tag == "finalized")
        return None

    def lane(self, school: int, root: bytes, index: int, *, final: bool = False) -> Lane:
        """The lane at the head of the chain, or at its finalised block."""
        return self.lanes(school, root, [index], final=final)[0]

    def lanes(
        self, school: int, root: bytes, indices: Sequence[int], *, final: bool = False
    ) -> list[Lane]:
        """The lanes of credentials of one batch, all as of the same block if that is final."""
        at = self._node.block("finalized") if final else None
        batch = contract.batch_id(school, root)
        numbers, words = sorted({index // LANES_PER_WORD for index in indices}), dict[int, int]()
        for start in range(0, len(numbers), defaults.SLOTS_AT_ONCE):
            some = numbers[start : start + defaults.SLOTS_AT_ONCE]
            slots = [contract.word_slot(batch, number * LANES_PER_WORD) for number in some]
            words |= zip(some, self._slots(*slots, at=at), strict=True)
        return [contract.lane_in(words[index // LANES_PER_WORD], index) for index in indices]

    # --- calls ---

    def anchor_call(
        self,
        school: int,
        seq: int,
        root: bytes,
        size: int,
        audited: tuple[int, bytes] | None = None,
    ) -> Call:
        """A relayed anchor, signed by the school's anchor key.

        `audited` is the head of the audit trail, which the transaction carries along
        (`chain.auditheads`).

        Raises ConflictError ``ledger.seq_not_next`` or ``ledger.already_anchored`` and RefusedError
        with the contract's reason. A seq that is only ahead is no error: its predecessor may be
        on the way.
        """
        fields = {"school": school, "seq": seq, "root": root, "size": size}
        call = self._relayed("Anchor", "anchor", KeyRole.ANCHOR, fields, defaults.GAS_ANCHOR)
        if audited is not None:
            call = replace(call, data=call.data + auditheads.tail(audited))
        error = self.refusal(call)
        ahead = isinstance(error, ConflictError) and error.code == "ledger.seq_not_next"
        if error is not None and not (ahead and seq > error.params["expected"]):  # type: ignore[operator]
            raise error
        return call

    def status_call(self, school: int, root: bytes, index: int, lane: Lane) -> Call:
        """Set one lane, signed by the school's key for it.

        Raises RefusedError ``ledger.successor_missing`` for SUPERSEDED (see `supersede_call`), and
        the contract's reason. Of several suspensions or reinstatements by one school, each must be
        mined before the next is signed: they share the school's status nonce.
        """
        if lane is Lane.SUPERSEDED:
            raise RefusedError("ledger.successor_missing")
        role = KeyRole.REVOKE if lane is Lane.REVOKED else KeyRole.SUSPEND
        nonce = 0 if lane is Lane.REVOKED else self._school(school)["statusNonce"]
        fields = {"school": school, "root": root, "index": index, "lane": int(lane)}
        call = self._relayed(
            "SetStatus", "setStatusFor", role, fields, defaults.GAS_STATUS, hidden={"nonce": nonce}
        )
        return self._accepted(call)

    def revoke_word_call(self, school: int, root: bytes, indices: Sequence[int]) -> Call:
        """Revoke many credentials whose lanes are in one word; terminal ones stay as they are.

        Raises RefusedError with the contract's reason, ``ledger.lane_unchanged`` when all are
        terminal.
        """
        (word,) = {index // LANES_PER_WORD for index in indices}
        mask = contract.revocation_mask(indices)
        fields = {"school": school, "root": root, "word": word, "mask": mask}
        role = KeyRole.REVOKE
        call = self._relayed("RevokeWord", "revokeWordFor", role, fields, defaults.GAS_STATUS)
        return self._accepted(call)

    def supersede_call(
        self, school: int, root: bytes, index: int, successor_root: bytes, successor_index: int
    ) -> Call:
        """Replace a credential by one that is already anchored by the same school."""
        fields = {
            "school": school,
            "root": root,
            "index": index,
            "successorRoot": successor_root,
            "successorIndex": successor_index,
        }
        role = KeyRole.REVOKE
        call = self._relayed("Supersede", "supersedeFor", role, fields, defaults.GAS_SUPERSEDE)
        return self._accepted(call)

    def _relayed(
        self,
        kind: str,
        function: str,
        role: KeyRole,
        fields: dict[str, object],
        gas: int,
        hidden: dict[str, object] | None = None,
    ) -> Call:
        """A call that carries the school's signature; `hidden` fields are signed but not sent."""
        deadline = max(int(time.time()), self._node.block("latest").time)
        sent = {**fields, "deadline": deadline + defaults.SIGNATURE_SECONDS}
        digest = typed.digest(self._deployment, kind, {**sent, **(hidden or {})})
        school = fields["school"]
        assert isinstance(school, int)
        signature = signed(self._school_keys(school, role), digest)
        data = contract.call_data(function, *sent.values(), signature)
        return Call(to=self._deployment.contract, data=data, gas=gas)

    def _accepted(self, call: Call) -> Call:
        error = self.refusal(call)
        if error is not None:
            raise error
        return call

    def _school(self, school: int) -> dict[str, int]:
        return contract.unpack("School", self._slots(contract.school_slot(school))[0])

    def _slots(self, *slots: int, at: Block | None = None) -> list[int]:
        return self._node.slots(self._deployment.contract, slots, at)

    def _block_of(self, school: int, root: bytes, last: Block) -> int:
        """The block up to `last` in which a batch was anchored, from its event."""
        topics = [contract.topic("Anchored"), to_word(school), None, to_hex(root)]
        while True:
            first = max(0, last.number - defaults.LOG_SPAN + 1)
            logs = self._node.logs(self._deployment.contract, topics, first, last)
            if logs:
                return logs[0].block
            if first == 0:
                raise UnavailableError("chain", "anchor without its event")
            last = self._node.block(first - 1)
