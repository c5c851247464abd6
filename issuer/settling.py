"""The last step of a correction: what was replaced is superseded on chain, each by its successor.

The register says so since the new versions were entered. The chain takes one transaction for each,
many on their way at a time; an intent is named by the place of the successor, so whoever goes on
finds the transactions of the one that was interrupted.
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby

from credential.model import Lane
from credential.records import Batch, Succession
from issuer.following import copies_of, superseding
from issuer.lines import COPIED
from issuer.ports import BatchStore, LedgerDesk, RegistryDesk
from issuer.sending import Intent, ensure

Progress = Callable[[str, int], None]


def settle(
    desk: RegistryDesk,
    store: BatchStore,
    ledger: LedgerDesk,
    batch: Batch,
    progress: Progress,
    patience: float,
) -> None:
    """Supersede all that an issued batch replaces; return once that is final on chain.

    Does nothing for a batch that replaces nothing, or was settled before. What was revoked on
    chain meanwhile stays revoked. Copies of what is replaced go with it. Raises
    UnavailableError when the chain does not answer.
    """
    approval = store.approval(batch.id)
    if approval is None or approval.reason is None or approval.settled_at is not None:
        return
    steps = store.successions(batch.id)
    progress("supersede", len(steps))
    groups = _by_batch(steps)
    copies = [
        (copy, step.index)
        for step in (steps if batch.type in COPIED else ())
        for copy in copies_of(desk, store, [step.replaced.line], Lane.SUPERSEDED)
    ]
    for old, some in groups:
        indices = [step.replaced.index for step in some]
        store.set_lanes(old.id, indices, Lane.SUPERSEDED, approval.approved_by, approval.reason)

    for copy, _ in copies:
        index, reason = copy.staged.index, approval.reason
        store.set_lane(copy.batch.id, index, Lane.SUPERSEDED, approval.approved_by, reason)

    def missing(final: bool) -> list[Intent]:
        found = superseding(ledger, copies, batch, final)
        for old, some in groups:
            assert old.root is not None, "an earlier batch of the school is anchored"
            indices = [step.replaced.index for step in some]
            lanes = ledger.lanes(old.school, old.root, indices, final=final)
            for step, lane in zip(some, lanes, strict=True):
                if lane < Lane.SUPERSEDED:
                    found.append(_intent(ledger, batch, step))
        return found

    ensure(store, ledger, missing, patience)
    store.settle(batch.id)


def _intent(ledger: LedgerDesk, batch: Batch, step: Succession) -> Intent:
    old = step.replaced
    assert old.batch.root is not None, "an earlier batch of the school is anchored"
    assert batch.root is not None, "so is this one"
    call = partial(
        ledger.supersede_call, batch.school, old.batch.root, old.index, batch.root, step.index
    )
    return Intent(f"supersede:{batch.id}:{step.index}", call)


def _by_batch(steps: Sequence[Succession]) -> list[tuple[Batch, list[Succession]]]:
    """What is replaced, batch by batch, each in order of its indices."""
    ordered = sorted(steps, key=lambda step: (step.replaced.batch.id, step.replaced.index))
    return [
        (some[0].replaced.batch, some)
        for _, group in groupby(ordered, key=lambda step: step.replaced.batch.id)
        for some in [list(group)]
    ]
