"""What issuing needs from others: the registry's desk, the store and the ledger.

Each promise is stated here; `registry`, `store`, `chain` and the tests' simulator fulfil it.
All may raise `UnavailableError`; none retries on its own.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Protocol

from credential.facts import Withdrawal
from credential.model import CredentialType, Lane, Signer
from credential.records import (
    AwardBatch,
    AwardLine,
    Batch,
    BatchState,
    Call,
    IssuedCredential,
    Located,
    PupilRecord,
    Receipt,
    SchoolRecord,
    Signatures,
    StagedCredential,
    Transaction,
)


class RegistryDesk(Protocol):
    """The registry as a school's desk sees it."""

    def school(self, code: str, on: date) -> SchoolRecord | None:
        """The school with that code, with its name on that day."""
        ...

    def entitled(self, school: int, kind: CredentialType, on: date) -> bool:
        """Whether the dated issuing rules let that school award that type on that day."""
        ...

    def heads(self, school: int, on: date) -> Sequence[Signer]:
        """Who may sign for the school on that day: its head, or the deputy assigned."""
        ...

    def pupils(self, codes: Sequence[str]) -> Mapping[str, PupilRecord]:
        """The pupils known by those ministry codes; unknown codes are absent."""
        ...

    def awarded(
        self, kind: CredentialType, year: int, pupils: Sequence[str]
    ) -> Mapping[str, tuple[str, str]]:
        """Pupils who already hold such an award of that year: code → (batch ref, register no)."""
        ...

    def serials_taken(self, kind: CredentialType, serials: Sequence[str]) -> Mapping[str, str]:
        """Serials already in the register: serial → ref of the batch that took it."""
        ...

    def enter(self, awards: AwardBatch) -> tuple[str, ...]:
        """Enter all lines in one transaction; return their register numbers, in order.

        Numbers run without gaps per school, type and year. Entering the same `ref` again
        returns the same numbers and writes nothing. Raises ConflictError ``award.duplicate``
        when a pupil or serial is taken by another ref.
        """
        ...

    def bind(self, ref: str, contents: Mapping[str, bytes]) -> None:
        """Keep with each line of `ref` what it will say: register number → 32-byte digest.

        The digest is the SHA-256 of the SD-JWT's signing input, known before anything is signed.
        Binding the same again writes nothing. Raises ConflictError ``award.bound`` when a line
        is bound to something else, RefusedError ``award.unknown``.
        """
        ...

    def set_status(
        self,
        kind: CredentialType,
        school: int,
        register_no: str,
        lane: Lane,
        withdrawal: Withdrawal | None,
    ) -> bool:
        """Set an award's status, at once visible to matches; False if it had that status.

        Raises RefusedError ``award.unknown`` and ``award.terminal`` (revoked and superseded
        never reopen).
        """
        ...

    def revoke(self, lines: Sequence[AwardLine], withdrawal: Withdrawal) -> frozenset[AwardLine]:
        """Revoke many in one transaction; those that were superseded are left and returned.

        What was revoked before keeps its reason. Raises RefusedError ``award.unknown``; then
        nothing is written.
        """
        ...


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

    def stage(self, batch: Batch, rows: Sequence[StagedCredential], actor: str) -> Batch:
        """Store a new batch with all its rows (1→STAGED); `batch.id` is ignored and assigned.

        Raises ConflictError ``batch.exists`` if the ref or the school's seq is taken.
        """
        ...

    def staged(self, batch_id: int) -> Sequence[StagedCredential]:
        """The rows of a batch, by index."""
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

    def issued(self, batch_id: int) -> Iterator[IssuedCredential]:
        """The signed credentials of a batch, by index."""
        ...

    def credential(self, key: str) -> IssuedCredential | None:
        """One signed credential by look-up code or register number."""
        ...

    def numbered(self, school: int, seq: int) -> Batch | None:
        """A school's batch of that number."""
        ...

    def place(self, keys: Collection[str]) -> Mapping[str, Sequence[Located]]:
        """Where the credentials with these look-up codes or register numbers are.

        Several may have the same register number; keys that nothing has are absent.
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


class LedgerDesk(Protocol):
    """The chain as an issuer sees it; the keys are behind it."""

    def next_seq(self, school: int) -> int:
        """The number the contract expects for that school's next batch."""
        ...

    def disowned(self, school: int, seq: int) -> bool:
        """Whether a compromised key anchored every batch of the school from that number on."""
        ...

    def check_standing(self, school: int, kind: CredentialType, kid: bytes) -> None:
        """Refuse what would be anchored in vain: school, type and signing key stand at the head.

        Raises RefusedError ``ledger.school_not_accredited``, ``ledger.type_not_accredited``
        and ``ledger.signing_key_not_listed``.
        """
        ...

    def anchored(self, school: int, root: bytes) -> Receipt | None:
        """Whether the contract already holds that batch at the head, and since when."""
        ...

    def anchor_call(self, school: int, seq: int, root: bytes, size: int) -> Call:
        """A relayed anchor, signed by the school's anchor key."""
        ...

    def status_call(self, school: int, root: bytes, index: int, lane: Lane) -> Call:
        """Set one lane, signed by the school's key for it."""
        ...

    def revoke_word_call(self, school: int, root: bytes, indices: Sequence[int]) -> Call:
        """Revoke many credentials whose lanes are in one word; terminal ones stay as they are."""
        ...

    def lane(self, school: int, root: bytes, index: int, *, final: bool = False) -> Lane:
        """The lane at the head of the chain, or at its finalised block."""
        ...

    def lanes(
        self, school: int, root: bytes, indices: Sequence[int], *, final: bool = False
    ) -> Sequence[Lane]:
        """The same for many of one batch."""
        ...

    @property
    def sender(self) -> bytes:
        """Address (20 bytes) of the account that pays for transactions."""
        ...

    def nonce(self) -> int:
        """Transactions of `sender` that the chain counts at its head."""
        ...

    def sign(self, purpose: str, call: Call, nonce: int) -> Transaction:
        """The raw transaction for a call; broadcasts nothing."""
        ...

    def flush(self, outbox: Outbox) -> None:
        """Bring every stored transaction of `sender` on its way that the chain has not counted yet.

        In order of nonces, so that one which a killed process stored and never sent does not
        hold up all later ones. What the chain already knows is no error; what is stuck, or will
        never be taken, is replaced. Raises RefusedError ``ledger.fee_cap`` when that costs too
        much.
        """
        ...

    def receipt(self, transaction: Transaction) -> Receipt | None:
        """The outcome if the nonce was used in the current chain, by whichever transaction."""
        ...
