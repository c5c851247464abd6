"""Who answers for a batch, and how far it has come as a digital school record (học bạ số).

The states follow what really happened, so none is stored that could contradict it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from credential.keys import PublicKey
from credential.records import Batch


class RecordState(Enum):
    """How far a batch has come as a digital school record; none is reached without the one before.

    Which acts they stand for: `Approval`.
    """

    COMPLETE = "complete"  # taken in and matched against the registry
    VERIFIED = "verified"  # approved by a second person
    PERSONALLY_SIGNED = "personally_signed"  # that person's own key signed the manifest
    SEALED = "sealed"  # the school's signatures are anchored, finally


@dataclass(frozen=True, slots=True)
class Approval:
    """Who answers for a batch. Times are seconds since 1970, None for what has not happened.

    `reason` says why standing versions are corrected, None where the batch corrects nothing;
    `requested` on which day somebody asked for that, where it is known, `settled_at` when the chain
    had all that it replaces as superseded. `kid` is of the key with which `approved_by` signed the
    manifest, `signature` the detached JWS.
    """

    prepared_by: str
    approved_by: str
    reason: str | None = None
    prepared_at: int | None = None
    approved_at: int | None = None
    kid: bytes | None = None
    signature: str | None = None
    signed_at: int | None = None
    settled_at: int | None = None
    requested: date | None = None

    def states(self, batch: Batch) -> Mapping[RecordState, tuple[str, int]]:
        """What was reached, in order, each with who and when; `batch` is the batch approved."""
        reached = {
            RecordState.COMPLETE: (self.prepared_by, self.prepared_at),
            RecordState.VERIFIED: (self.approved_by, self.approved_at),
            RecordState.PERSONALLY_SIGNED: (self.approved_by, self.signed_at),
            RecordState.SEALED: (batch.kid.hex()[:16], batch.final_time),
        }
        found: dict[RecordState, tuple[str, int]] = {}
        for state, (who, when) in reached.items():
            if when is None:
                break
            found[state] = (who, when)
        return found


@dataclass(frozen=True, slots=True)
class PersonalKey:
    """A key with which a person signs what they approve for a school, and nobody else."""

    key: PublicKey
    school: int
    name: str
    since: int = 0
