"""Copies follow their original: what is withdrawn on chain takes its copies along, in the same act.

The register needs no second word: whoever asks it about a copy is told how the original stands. The
chain knows nothing of copies, so each has its lane set as well: suspended, reinstated and revoked
with the original; where a corrected version took its place, superseded by that, or, where the copy
is another school's than the successor, revoked. One act sends all of it, and repeating it
completes it. A copy that was suspended for reasons of its own is not reinstated with its original,
but ends with it; nor is it reinstated alone while its original does not stand.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from credential.model import CredentialType, Lane
from credential.records import AwardLine, Batch, IssuedCredential
from issuer.ports import BatchStore, LedgerDesk, RegistryDesk
from issuer.sending import Intent


def copies_of(
    desk: RegistryDesk, store: BatchStore, lines: Collection[AwardLine], lane: Lane
) -> Sequence[IssuedCredential]:
    """The signed copies of these versions of lines that go along to that lane.

    Not those that were withdrawn alone, but for one that was suspended and whose original ends.
    """
    copies = desk.copies_of(lines)
    own = desk.lines(copies)
    going = (Lane.ACTIVE, Lane.SUSPENDED) if lane >= Lane.SUPERSEDED else (Lane.ACTIVE,)
    standing = [copy for copy in copies if copy in own and own[copy].lane in going]
    by_school: dict[int, list[str]] = {}
    for copy in standing:
        by_school.setdefault(copy.school, []).append(copy.register_no)
    return [
        issued
        for school, numbers in by_school.items()
        for issued in store.versions(school, CredentialType.COPY, numbers)
        if issued.batch.root is not None
    ]


@dataclass(frozen=True, slots=True)
class Following:
    """Copies on their way to a lane; `changes` has the number of each one's change in the store."""

    ledger: LedgerDesk
    copies: Sequence[IssuedCredential]
    lane: Lane
    changes: Mapping[str, int]

    @classmethod
    def begin(
        cls, store: BatchStore, ledger: LedgerDesk, copies: Sequence[IssuedCredential], lane: Lane,
        actor: str, reason: str,
    ) -> "Following":  # fmt: skip
        """Note in the store that these copies go to that lane."""
        changes = {
            copy.staged.code: store.set_lane(
                copy.batch.id, copy.staged.index, lane, actor, reason
            )
            for copy in copies
        }  # fmt: skip
        return cls(ledger, copies, lane, changes)

    def missing(self, final: bool) -> list[Intent]:
        """What the chain lacks; a lane that is terminal there already stays as it is."""
        found = []
        for copy in self.copies:
            batch, index, place = copy.batch, copy.staged.index, _place(copy)
            lane = self.ledger.lane(*place, final=final)
            if lane is not self.lane and lane < Lane.SUPERSEDED:
                change = self.changes[copy.staged.code]
                call = partial(self.ledger.status_call, *place, self.lane)
                found.append(Intent(f"status:{batch.id}:{index}:{change}", call))
        return found


def superseding(
    ledger: LedgerDesk,
    copies: Sequence[tuple[IssuedCredential, int]],
    successor: Batch,
    final: bool,
) -> list[Intent]:
    """What the chain lacks of copies of what was corrected, each with the new version's index."""
    found = []
    for copy, index in copies:
        place = _place(copy)
        if ledger.lane(*place, final=final) >= Lane.SUPERSEDED:
            continue
        assert successor.root is not None, "a batch that took a place is anchored"
        call = partial(ledger.status_call, *place, Lane.REVOKED)
        if copy.batch.school == successor.school:
            call = partial(ledger.supersede_call, *place, successor.root, index)
        found.append(Intent(f"supersede_copy:{copy.batch.id}:{copy.staged.index}", call))
    return found


def _place(copy: IssuedCredential) -> tuple[int, bytes, int]:
    assert copy.batch.root is not None, "an issued batch has a root"
    return copy.batch.school, copy.batch.root, copy.staged.index
