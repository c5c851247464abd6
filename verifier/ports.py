"""What a verifier needs from others: three sources, each of which may be silent or lie.

Every method answers within its source's own time limit or raises `UnavailableError` naming the
source. "There is none" is an answer; an error, a time-out or nonsense never stands for it.
"""

from collections.abc import Sequence
from typing import Protocol

from credential.facts import AwardClaim, AwardMatch, Block, Evidence, LedgerFacts


class Ledger(Protocol):
    """The chain. All facts of one answer are read at one finalised block."""

    def facts(self, school: int, key_prefix: bytes, root: bytes | None, index: int) -> LedgerFacts:
        """Facts about a school, its signing keys by id prefix, the batch with that root, a lane.

        With `root` None (no evidence at hand), anchor and lane are not asked for.
        """
        ...


class BlockLedger(Ledger, Protocol):
    """The same with its past, for judging what names a block."""

    def past(self, number: int) -> Block | None:
        """The block of that number, not above the finalised one; None where it is not kept."""
        ...


class EvidenceStore(Protocol):
    """Merkle paths and look-up codes. Not trusted: a wrong path proves nothing."""

    def evidence(self, school: int, seq: int, leaf_index: int) -> Evidence | None:
        """The path of a leaf; None when no such batch or leaf is known here."""
        ...

    def token(self, code: str) -> bytes | None:
        """The QR token (COSE bytes) that a look-up code stands for; None when unknown."""
        ...


class NumberedStore(Protocol):
    """Credentials by the numbers printed on them. Not trusted, as `EvidenceStore`."""

    def numbered(self, number: str) -> Sequence[bytes]:
        """The QR tokens (COSE bytes) of all credentials with that serial or register number.

        Newest first. `number` is in capitals, without spaces and dashes (`verifier.numbers.fold`).
        """
        ...


class AwardRegistry(Protocol):
    """The education data registry: compares, never tells its own values."""

    def match(self, claim: AwardClaim) -> AwardMatch:
        """Compare a claim with the register of awards."""
        ...
