"""Revoking a batch while writes fail or fail but happen, or some of it stands otherwise already."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from api.wiring import System
from credential.errors import RefusedError, UnavailableError
from credential.model import Lane
from credential.records import Batch, Located
from issuer.mass_revoking import Outcome
from registry.desk import Desk
from tests.faults.deployments import ANVIL, EMBEDDED, ON_ANVIL, SCHOOL, Count, Site, count, order
from tests.faults.test_kill import on_both
from tests.faults.test_kill_many import issued, judged
from tests.faults.worker import CAUSE, PORTS, revoke_many, work

_FIRST, _SIZE = 3_800, 260
_SILENT = {"desk": "registry", "store": "store", "ledger": "chain"}
WRITES = ["desk.revoke", "store.set_lanes", "store.record", "ledger.broadcast"]
UNANSWERED = [f"{how} {write}" for write in WRITES for how in ("failed", "happened")]
BOTH = pytest.mark.parametrize(
    "site", [EMBEDDED, pytest.param(ANVIL, marks=ON_ANVIL)], indirect=True
)


def failing_once(monkeypatch: pytest.MonkeyPatch, target: str, *, happens: bool) -> None:
    """The first call of a port's method has no answer."""
    port, method = target.split(".")
    original, silent = getattr(PORTS[port], method), [True]

    def failing(self: Any, *given: Any, **named: Any) -> Any:
        fails, silent[0] = silent[0], False
        if fails and not happens:
            raise UnavailableError(_SILENT[port], "no answer")
        answer = original(self, *given, **named)
        if fails:
            raise UnavailableError(_SILENT[port], "the answer was lost")
        return answer

    monkeypatch.setattr(PORTS[port], method, failing)


@on_both(UNANSWERED, every=5)
def test_a_write_without_an_answer_is_not_done_twice(
    site: Site, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    how, write = point.split()
    number = _FIRST + UNANSWERED.index(point)
    batch = issued(site, number, _SIZE)
    failing_once(monkeypatch, write, happens=how == "happened")
    words = ("revoke batch", str(number), str(_SIZE))
    with site.system() as system:
        if write == "desk.revoke":  # nothing was accepted yet: whoever gave the command is told
            with pytest.raises(UnavailableError):
                work(system, *words)
        work(system, *words)
    judged(site, batch, number)


def supersede(system: System, place: Located, by: Located) -> None:
    """On the chain alone, as another deployment of the same school might."""
    root = place.batch.root
    assert root is not None
    call = system.ledger.supersede_call(SCHOOL, root, place.index, root, by.index)
    system.ledger.perform(system.batches, f"test:{place.batch.id}:{place.index}", call)


def on_the_chain_before(system: System, batch: Batch, places: Sequence[Located]) -> Outcome:
    supersede(system, places[5], places[0])
    supersede(system, places[259], places[0])
    return revoked(system, batch)


def in_the_register_before(system: System, batch: Batch, places: Sequence[Located]) -> Outcome:
    for at in (5, 259):
        line = places[at].line
        system.desk.set_status(line, Lane.SUPERSEDED, CAUSE)
        supersede(system, places[at], places[0])
    return revoked(system, batch)


def between_register_and_chain(system: System, batch: Batch, places: Sequence[Located]) -> Outcome:
    with pytest.MonkeyPatch.context() as patch:
        original = Desk.revoke

        def revoke(self: Desk, *given: Any) -> Any:
            answer = original(self, *given)
            supersede(system, places[5], places[0])
            supersede(system, places[259], places[0])
            return answer

        patch.setattr(Desk, "revoke", revoke)
        return revoked(system, batch)


def revoked(system: System, batch: Batch) -> Outcome:
    number = next(n for n in range(_FIRST, _FIRST + 100) if order(n, _SIZE).ref == batch.ref)
    return revoke_many(system, "revoke batch", number, _SIZE)


SUPERSEDED = [on_the_chain_before, in_the_register_before, between_register_and_chain]


@BOTH
@pytest.mark.parametrize("when", SUPERSEDED)
def test_what_is_superseded_stays_so_and_is_named(
    site: Site, when: Callable[[System, Batch, Sequence[Located]], Outcome]
) -> None:
    number = _FIRST + 20 + SUPERSEDED.index(when)
    batch = issued(site, number, _SIZE)
    assert batch.root is not None
    with site.system() as system:
        places = system.batches.places(batch.id)
        named = sorted(places[at].register_no for at in (5, 259))
        for outcome in (when(system, batch, places), revoked(system, batch)):
            assert (outcome.revoked, outcome.superseded) == (_SIZE - 2, named)
        lanes = system.ledger.lanes(SCHOOL, batch.root, range(_SIZE), final=True)
        assert {at for at, lane in enumerate(lanes) if lane is not Lane.REVOKED} == {5, 259}
        assert count(system, order(number, _SIZE)) == Count()


@BOTH
def test_what_was_suspended_or_revoked_before_is_revoked_with_the_rest(site: Site) -> None:
    number = _FIRST + 30
    batch = issued(site, number, _SIZE)
    assert batch.root is not None
    with site.system() as system:
        places = system.batches.places(batch.id)
        work(system, "suspend", places[3].register_no)
        work(system, "revoke", places[200].register_no)
        assert revoked(system, batch) == Outcome(_SIZE, [])
        lanes = system.ledger.lanes(SCHOOL, batch.root, range(_SIZE), final=True)
        assert set(lanes) == {Lane.REVOKED}
        assert count(system, order(number, _SIZE)) == Count()


@BOTH
def test_a_batch_without_open_lanes_sends_nothing(site: Site) -> None:
    number = _FIRST + 31
    batch = issued(site, number, _SIZE)
    with site.system() as system:
        revoked(system, batch)
        nonce = system.ledger.nonce()
        assert revoked(system, batch) == Outcome(_SIZE, [])
        assert system.ledger.nonce() == nonce
        unknown = replace(CAUSE, ground="none")
        many = system.mass_revoking(lambda _stage, _count: None, lambda _count: None)
        with pytest.raises(RefusedError, match=r"ground\.unknown"):
            many.revoke(system.batches.places(batch.id), unknown, "A")
