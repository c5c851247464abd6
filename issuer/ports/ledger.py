"""What issuing needs of the chain."""

from collections.abc import Sequence
from typing import Protocol

from credential.model import CredentialType, Lane
from credential.records import Call, Receipt, Transaction
from issuer.ports.book import Outbox


class LedgerDesk(Protocol):
    """The chain as an issuer sees it; the keys are behind it."""

    def next_seq(self, school: int) -> int:
        """The number the contract expects for that school's next batch."""
        ...

    def awaited(self, school: int, root: bytes) -> int | None:
        """The number expected next as long as that batch is not anchored, None once it is.

        Both as of the same block at the head, which a later look may not find any more.
        """
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

    def anchor_call(
        self,
        school: int,
        seq: int,
        root: bytes,
        size: int,
        audited: tuple[int, bytes] | None = None,
    ) -> Call:
        """A relayed anchor, signed by the school's anchor key.

        `audited` is the head of the audit trail, carried along with it.
        """
        ...

    def status_call(self, school: int, root: bytes, index: int, lane: Lane) -> Call:
        """Set one lane, signed by the school's key for it."""
        ...

    def revoke_word_call(self, school: int, root: bytes, indices: Sequence[int]) -> Call:
        """Revoke many credentials whose lanes are in one word; terminal ones stay as they are."""
        ...

    def supersede_call(
        self, school: int, root: bytes, index: int, successor_root: bytes, successor_index: int
    ) -> Call:
        """Replace a credential by one that the same school has anchored."""
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
