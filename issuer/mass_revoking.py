"""Revoke many at once, all in the register first, then on the chain by whole words.

The register has them in one transaction, effective at once; the chain takes one transaction for
up to 128 credentials. An intent is named by the lanes that it revokes, so the same command again
finds the transactions of the one that was interrupted; and since nothing that is revoked
reopens, no intent comes twice.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from typing import NamedTuple

from credential.facts import Withdrawal
from credential.model import LANES_PER_WORD, Lane
from credential.records import Batch, IssuedCredential, Located
from issuer.following import copies_of
from issuer.patience import LONG, Patience
from issuer.ports import BatchStore, LedgerDesk, RegistryDesk
from issuer.revoking import check_cause
from issuer.sending import Intent, ensure


class Outcome(NamedTuple):
    """How many are revoked now; register numbers of those that were superseded and stay so."""

    revoked: int
    superseded: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Part:
    """Those to revoke of one batch, by index."""

    batch: Batch
    places: Sequence[Located]

    @property
    def indices(self) -> list[int]:
        return [place.index for place in self.places]

    @property
    def root(self) -> bytes:
        assert self.batch.root is not None, "an issued batch has a root"
        return self.batch.root

    def lanes(self, ledger: LedgerDesk, *, final: bool) -> Iterator[tuple[Located, Lane]]:
        found = ledger.lanes(self.batch.school, self.root, self.indices, final=final)
        return zip(self.places, found, strict=True)

    def intent(self, ledger: LedgerDesk, indices: Sequence[int]) -> Intent:
        """To revoke these, whose lanes are in one word."""
        mask = sum(1 << index % LANES_PER_WORD for index in indices)
        name = f"revoke:{self.batch.id}:{indices[0] // LANES_PER_WORD}:{mask:x}"
        call = partial(ledger.revoke_word_call, self.batch.school, self.root, indices)
        return Intent(name, call)


@dataclass(frozen=True)
class MassRevoking:
    """Over the same ports as `issuer.revoking.Revoking`, and as patient.

    `stage(name, count)` is told what begins, `advance(count)` how many more the chain has.
    """

    desk: RegistryDesk
    store: BatchStore
    ledger: LedgerDesk
    stage: Callable[[str, int], None] = field(default=lambda _name, _count: None)
    advance: Callable[[int], None] = field(default=lambda _count: None)
    patience: float = LONG

    def revoke(self, places: Sequence[Located], withdrawal: Withdrawal, actor: str) -> Outcome:
        """Revoke them and their copies; return once that is final on chain. It may be repeated.

        What was revoked before keeps its ground and decision. Raises RefusedError
        ``ground.unknown`` and ``award.unknown`` before anything is written; UnavailableError
        when the chain does not answer (the registry has it by then).
        """
        check_cause(withdrawal, Lane.REVOKED)
        self.stage("revoke_register", len(places))
        replaced = self.desk.revoke([place.line for place in places], withdrawal)
        patience = Patience(self.patience, lambda source: self.stage(f"waiting_{source}", 0))
        store, ledger = patience.over(self.store), patience.over(self.ledger)
        due = [place for place in places if place.line not in replaced]
        copies = copies_of(self.desk, store, [place.line for place in places], Lane.REVOKED)
        parts = _parts([*due, *map(_located, copies)])
        for part in parts:
            store.set_lanes(part.batch.id, part.indices, Lane.REVOKED, actor, withdrawal.decision)
        self.stage("revoke_chain", len(due))
        ensure(store, ledger, _Course(self, ledger, parts).missing, self.patience)
        kept = {place for place in places if place.line in replaced}
        for part in parts:
            final = part.lanes(ledger, final=True)
            kept |= {place for place, lane in final if lane is Lane.SUPERSEDED}
        kept &= set(places)  # copies of what was revoked are not counted
        return Outcome(len(places) - len(kept), sorted(place.register_no for place in kept))


class _Course:
    """How far the chain has come."""

    def __init__(self, of: MassRevoking, ledger: LedgerDesk, parts: Sequence[_Part]) -> None:
        self._of = of
        self._ledger = ledger
        self._parts = parts
        self._left = sum(len(part.places) for part in parts)

    def missing(self, final: bool) -> list[Intent]:
        """An intent for each word in which one of the lanes is open."""
        found, left = [], 0
        for part in self._parts:
            lanes = part.lanes(self._ledger, final=final)
            for _, word in groupby(lanes, lambda pair: pair[0].index // LANES_PER_WORD):
                pairs = list(word)
                if still := sum(lane < Lane.SUPERSEDED for _, lane in pairs):
                    indices = [place.index for place, _ in pairs]
                    found.append(part.intent(self._ledger, indices))
                    left += still
        if not final:
            self._tell(left)
        return found

    def _tell(self, left: int) -> None:
        if left < self._left:
            self._of.advance(self._left - left)
            self._left = left
        if not left:
            self._of.stage("final", 0)


def _located(copy: IssuedCredential) -> Located:
    return Located(copy.batch, copy.staged.index, copy.staged.register_no)


def _parts(places: Iterable[Located]) -> list[_Part]:
    ordered = sorted(places, key=lambda place: (place.batch.id, place.index))
    groups = (list(group) for _, group in groupby(ordered, lambda place: place.batch.id))
    return [_Part(group[0].batch, group) for group in groups]
