"""What the indexer needs of whoever keeps its tables: small Protocols that a store fulfils."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from credential.facts import Block
from credential.history import (
    BatchAnchored,
    IndexState,
    KeyChange,
    Record,
    SchoolChange,
)
from credential.model import Deployment


class History(Protocol):
    """The records kept, as of a block number `until`; in the order in which they were logged.

    Every method raises UnavailableError ``store``.
    """

    def state(self) -> IndexState | None:
        """How far the tables have come; None if nothing was ever written."""
        ...

    def school_changes(self, school: int, until: int) -> Sequence[SchoolChange]:
        """All changes of a school's accreditation."""
        ...

    def key_changes(self, school: int, until: int) -> Sequence[KeyChange]:
        """All changes of a school's keys."""
        ...

    def batch(self, school: int, root: bytes, until: int) -> BatchAnchored | None:
        """The batch of that root."""
        ...

    def last_batch(self, school: int, until: int) -> BatchAnchored | None:
        """The school's batch with the largest number."""
        ...

    def word(self, school: int, root: bytes, word: int, until: int) -> bytes:
        """A status word (32 bytes)."""
        ...


class Tables(History, Protocol):
    """The same, and what an indexer writes: each method is one transaction.

    What changes the records is told how far they had come, and raises ConflictError
    ``index.overtaken`` if that is so no more: of two indexers at once, one goes on.
    """

    def tail(self) -> Sequence[Block]:
        """The blocks whose hashes are kept, newest first: from `read` back to `final`."""
        ...

    def changes(self, after: int) -> Iterator[Record]:
        """All records of later blocks, of whatever kind."""
        ...

    def schools(self, after: int, limit: int) -> Sequence[int]:
        """The next schools by number that were ever accredited."""
        ...

    def take(self, owner: str, now: int, until: int) -> bool:
        """Keep other indexers away until then; False while another one does."""
        ...

    def append(
        self,
        deployment: Deployment,
        read: Block | None,
        records: Sequence[Record],
        blocks: Sequence[Block],
        head: int,
    ) -> None:
        """Add a span: its records, and blocks to be kept, the last of which is now `read`.

        `head` is how far the chain had come.
        """
        ...

    def rewind(self, read: Block | None, to: Block | None, root: bytes) -> None:
        """Forget all that came after a block (None: everything).

        `root` is that of the contract's storage after it.
        """
        ...

    def vouch(self, state: IndexState) -> None:
        """Note that the tables up to `state.read` were compared; forget blocks before `final`."""
        ...

    def fail(self, error: str) -> None:
        """Note what went wrong; the next `vouch` takes it away."""
        ...
