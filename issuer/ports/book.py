"""What issuing needs of the store: transactions, batches, extracts."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Protocol

from credential.approval import Approval
from credential.extracts import Extract
from credential.model import CredentialType, Lane
from credential.records import (
    Batch,
    BatchState,
    IssuedCredential,
    Located,
    Signatures,
    StagedCredential,
    Succession,
    Transaction,
)


class Outbox(Protocol):
    """Transactions as written down before they are sent, each with a nonce of its account."""

    def record(
        self, purpose: str, sender: bytes, floor: int, sign: Callable[[int], Transaction]
    ) -> Transaction:
        """Give `purpose` a nonce and store the transaction that `sign(nonce)` makes.

        The nonce is the smallest from `floor` (the chain's count) on that nothing of `sender` has;
        two callers never get the same. If `purpose` already has one, its newest transaction is
        returned and `sign` is not called.
        """
        ...

    def replace(self, old: Transaction, new: Transaction) -> Transaction:
        """Store `new` for the nonce of `old`; return the newest, with all that it replaces.

        If `old` was replaced meanwhile, nothing is stored.
        """
        ...

    def pending(self, sender: bytes, from_nonce: int) -> Sequence[Transaction]:
        """The newest transaction for each nonce of an account from one on, by nonce."""
        ...


class BatchStore(Outbox, Protocol):
    """The deployment's own records. Every method is one transaction, durable on return."""

    def batch(self, ref: str) -> Batch | None:
        """The batch of that request, if it was ever staged."""
        ...

    def unfinished(self) -> Sequence[Batch]:
        """Batches not yet FINAL, in the order they were staged."""
        ...

    def next_seq(self, school: int) -> int:
        """The number that the school's next batch gets (the first is 0)."""
        ...

    def stage(self, batch: Batch, rows: Sequence[StagedCredential], approval: Approval) -> Batch:
        """Store a new batch with all its rows and who answers for it (1→STAGED).

        `batch.id` is ignored and assigned, the approval's times are those of this call.

        Raises ConflictError ``batch.exists`` if the ref or the school's seq is taken.
        """
        ...

    def staged(self, batch_id: int) -> Sequence[StagedCredential]:
        """The rows of a batch, by index."""
        ...

    def approval(self, batch_id: int) -> Approval | None:
        """Who answers for a batch; None for one that is older than this record of it."""
        ...

    def certify(self, batch_id: int, signer: str, chain: Sequence[bytes]) -> None:
        """Store the certificates of a key that signs a staged batch; the first stay.

        `signer` is ``school`` or ``approver``; each certificate is DER, the key's own first.
        """
        ...

    def countersign(self, batch_id: int, kid: bytes, signature: str) -> Approval:
        """Store the approver's own signature under a staged batch's manifest; the first stays."""
        ...

    def successions(self, batch_id: int) -> Sequence[Succession]:
        """What the credentials of a batch replace, by index; none for most batches."""
        ...

    def settle(self, batch_id: int) -> None:
        """Note that all that a batch replaces is superseded on chain, finally."""
        ...

    def versions(
        self, school: int, kind: CredentialType, register_nos: Collection[str]
    ) -> Sequence[IssuedCredential]:
        """All signed versions of these lines of a school's register."""
        ...

    def sign(
        self,
        batch_id: int,
        signatures: Sequence[Signatures],
        levels: Sequence[bytes],
    ) -> Batch:
        """Store signatures by index and the tree (STAGED→SIGNED).

        `levels` are the tree's levels from leaves to root, each its hashes joined; the last
        one is the root.
        """
        ...

    def advance(
        self, batch_id: int, to: BatchState, block: int | None = None, time: int | None = None
    ) -> Batch:
        """Move a batch to a later state (or from MINED back to SENT); repeating is harmless."""
        ...

    def send(self, batch: Batch) -> Batch:
        """Move a batch to SENT, before anything is: it cannot be given up any more.

        Raises RefusedError ``batch.unknown`` if it was given up.
        """
        ...

    def issued(self, batch_id: int) -> Iterator[IssuedCredential]:
        """The signed credentials of a batch, by index."""
        ...

    def credential(self, key: str) -> IssuedCredential | None:
        """One signed credential by look-up code or register number: its newest version."""
        ...

    def numbered(self, school: int, seq: int) -> Batch | None:
        """A school's batch of that number."""
        ...

    def audited(self) -> tuple[int, bytes]:
        """The head of the audit trail: number and hash (32 bytes) of its last entry."""
        ...

    def place(self, keys: Collection[str]) -> Mapping[str, Sequence[Located]]:
        """Where the credentials with these look-up codes or register numbers are.

        Several may have the same register number; of each, a number finds the newest version, a
        code its own. Keys that nothing has are absent.
        """
        ...

    def places(self, batch_id: int) -> Sequence[Located]:
        """The credentials of a batch, by index."""
        ...

    def set_lane(self, batch_id: int, index: int, lane: Lane, actor: str, reason: str) -> int:
        """Record the status that is asked for on chain; return which change it is (from 1).

        Asking again for the status recorded last is the same change, and so is asking for another
        than a terminal one.
        """
        ...

    def set_lanes(
        self, batch_id: int, indices: Collection[int], lane: Lane, actor: str, reason: str
    ) -> None:
        """The same for many of one batch."""
        ...


class ExtractLog(Protocol):
    """The log of what is taken out of pupils' records."""

    def note_all(self, extracts: Sequence[Extract]) -> None:
        """Note extracts in one transaction, before they are handed out; `at` is ignored."""
        ...
