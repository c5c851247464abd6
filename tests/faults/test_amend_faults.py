"""A correction that is killed, or whose writes fail or fail but happen, is completed once."""

from typing import Any

import pytest
from sqlalchemy import func, select

from api.wiring import System
from chain import contract
from chain.hexvalues import to_word
from chain.node import Node
from credential.model import CredentialType, Lane
from registry.tables import AWARDS
from store.batches import Batches
from store.tables import OUTBOX
from tests.faults.deployments import (
    ANVIL,
    EMBEDDED,
    ON_ANVIL,
    SCHOOL,
    Count,
    Site,
    corrected,
    count,
    order,
)
from tests.faults.processes import both, killed
from tests.faults.test_kill import on_both, parsed
from tests.faults.test_kill_many import issued
from tests.faults.test_revoke_many_faults import failing_once
from tests.faults.worker import work

_FIRST, _SIZE = 5_000, 6
WRITES = [
    "desk.enter", "store.stage", "desk.bind", "store.sign", "store.send", "store.record",
    "ledger.broadcast", "store.advance", "store.set_lanes", "store.settle",
]  # fmt: skip
POINTS = [
    *(f"{when} {write} 1" for write in WRITES for when in ("before", "after")),
    "inside desk.enter 4", "inside store.stage 2",
    *(f"{when} {write} {which}" for write in ("store.record", "ledger.broadcast")
      for which in (2, 4) for when in ("before", "after")),
]  # fmt: skip
UNANSWERED = [f"{how} {write}" for write in WRITES for how in ("failed", "happened")]
BOTH = pytest.mark.parametrize(
    "site", [EMBEDDED, pytest.param(ANVIL, marks=ON_ANVIL)], indirect=True
)


@on_both(POINTS)
def test_a_killed_correction_is_completed(site: Site, point: str) -> None:
    number = _FIRST + POINTS.index(point)
    issued(site, number, _SIZE)
    words = ("amend", str(number), str(_SIZE))
    killed(site, *words, point=parsed(point))
    with site.system() as system:
        if number % 4 < 2:  # before as after each write, now by `resume`, now by the same command
            work(system, "resume")
        work(system, *words)
    judged(site, number)


@on_both(UNANSWERED, every=5)
def test_a_write_without_an_answer_is_not_done_twice(
    site: Site, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    how, write = point.split()
    number = _FIRST + 200 + UNANSWERED.index(point)
    issued(site, number, _SIZE)
    failing_once(monkeypatch, write, happens=how == "happened")
    with site.system() as system:
        work(system, "amend", str(number), str(_SIZE))
    judged(site, number)


@BOTH
def test_two_processes_with_the_same_correction_do_it_once(site: Site) -> None:
    number = _FIRST + 300
    issued(site, number, _SIZE)
    assert both(site, "amend", str(number), str(_SIZE)) == []
    judged(site, number)


@BOTH
def test_what_was_revoked_on_chain_meanwhile_stays_revoked(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the department, say, between the register's word and the chain's."""
    number = _FIRST + 301
    batch = issued(site, number, _SIZE)
    assert batch.root is not None
    first = order(number, _SIZE).rows[0].code
    with site.system() as system:
        index = next(one.index for one in system.batches.staged(batch.id) if one.pupil == first)
        call = system.ledger.status_call(SCHOOL, batch.root, index, Lane.REVOKED)
        original = Batches.set_lanes

        def set_lanes(self: Batches, *given: Any) -> None:
            monkeypatch.undo()
            system.ledger.perform(system.batches, f"test:{batch.id}:{index}", call)
            original(self, *given)

        monkeypatch.setattr(Batches, "set_lanes", set_lanes)
        work(system, "amend", str(number), str(_SIZE))
        lanes = system.ledger.lanes(SCHOOL, batch.root, range(_SIZE), final=True)
        assert sorted(lanes) == [Lane.ACTIVE] * 3 + [Lane.SUPERSEDED] * 2 + [Lane.REVOKED]
        assert not system.batches.unsettled()


def judged(site: Site, number: int) -> None:
    """Three of six corrected: in the register, in the store, on the chain, each exactly once."""
    asked = corrected(number, _SIZE)
    with site.system() as system:
        new = system.batches.batch(asked.ref)
        old = system.batches.batch(order(number, _SIZE).ref)
        assert new is not None
        assert old is not None
        assert old.root is not None
        changed = {row.code for row in asked.rows[::2]}
        assert {one.pupil: one.version for one in system.batches.staged(new.id)} == dict.fromkeys(
            changed, 2
        )
        gone = {one.index for one in system.batches.staged(old.id) if one.pupil in changed}
        lanes = system.ledger.lanes(SCHOOL, old.root, range(_SIZE), final=True)
        assert {at for at, lane in enumerate(lanes) if lane is Lane.SUPERSEDED} == gone
        assert _register(system, [row.code for row in asked.rows]) == {
            (1, Lane.SUPERSEDED): 3, (2, Lane.ACTIVE): 3, (1, Lane.ACTIVE): 3,
        }  # fmt: skip
        assert {
            one.staged.index for one in system.batches.issued(old.id) if one.lane is Lane.SUPERSEDED
        } == gone
        assert len(_successions(system, old.root)) == 3
        with system.store_database.reading() as connection:
            purposes = select(func.count()).where(OUTBOX.c.purpose.like(f"supersede:{new.id}:%"))
            assert connection.scalar(purposes) == 3
        assert not system.batches.unsettled()
        assert system.audit() is None
        assert count(system, order(number, _SIZE)) == Count()


def _register(system: System, pupils: list[str]) -> dict[tuple[int, int], int]:
    query = (
        select(AWARDS.c.version, AWARDS.c.lane, func.count())
        .where(AWARDS.c.pupil.in_(pupils), AWARDS.c.type == CredentialType.THPT_DIPLOMA.value)
        .group_by(AWARDS.c.version, AWARDS.c.lane)
    )
    with system.registry_database.reading() as connection:
        return {(version, lane): times for version, lane, times in connection.execute(query)}


def _successions(system: System, root: bytes) -> list[object]:
    node = Node(system.web3, system.deployment.chain_id)
    topics = [contract.topic("Superseded"), to_word(SCHOOL)]
    logs = node.history(system.deployment.contract, topics, 0, node.block("latest"))
    return [log for log in logs if log.topics[2] == root]
