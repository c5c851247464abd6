"""kill -9 while a whole batch is revoked, and others at work on the same; nothing is done twice."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from chain import contract
from chain.hexvalues import to_hex, to_word
from chain.node import Node
from credential.model import LANES_PER_WORD, Lane
from credential.records import Batch
from registry.tables import AWARDS
from store.tables import AUDIT, LANES, OUTBOX
from tests.faults.deployments import (
    ANVIL,
    EMBEDDED,
    ON_ANVIL,
    SCHOOL,
    Count,
    Site,
    count,
    enrol,
    order,
)
from tests.faults.processes import PATIENCE, killed, start
from tests.faults.sizes import FULL, REVOKED_BATCH, RUNS
from tests.faults.test_kill import RECOVERY, Say, on_both, parsed, points, recovered
from tests.faults.worker import work

_WRITES = ["desk.revoke", "store.set_lanes", "store.record", "ledger.broadcast"]
POINTS = [
    *points(
        _WRITES, {"desk.revoke": (1,), "store.set_lanes": (2, 3, 5), "store.record": (2, 3, 4)}
    ),
    *(f"inside desk.revoke {which}" for which in ("middle", "last")),
    *(
        f"{when} {write} {which}"
        for write in ("store.record", "ledger.broadcast")
        for which in ("middle", "last")
        for when in ("before", "after")
    ),
]
_FIRST = 70 if FULL else 100  # number of the first order, so that no other test has its pupils
_RACES = 3_700


def words_of(size: int) -> int:
    return -(-size // LANES_PER_WORD)


def which(times: str, write: str, size: int) -> int:
    """The number of a call, or of a statement within one."""
    several = 2 * -(-size // 1000) if write == "desk.revoke" else words_of(size)
    found = {"middle": 1 + several // 2, "last": several}
    return found[times] if times in found else int(times)


def issued(site: Site, number: int, size: int) -> Batch:
    enrol(site, number, size)
    with site.system() as system:
        work(system, "issue", str(number), str(size))
        batch = system.batches.batch(order(number, size).ref)
    assert batch is not None
    return batch


@on_both(POINTS)
def test_a_killed_revocation_of_a_batch_is_completed_by_the_same_command(
    site: Site, point: str, say: Say
) -> None:
    number, size = _FIRST + POINTS.index(point), REVOKED_BATCH[site.name]
    batch = issued(site, number, size)
    when, write, times = point.split()
    words = ("revoke batch", str(number), str(size))
    killed(site, *words, point=parsed(f"{when} {write} {which(times, write, size)}"))
    took = recovered(site, *words)
    found = judged(site, batch, number)
    say(f"{site.name}: revoke all {size} killed {point}: {found}, recovery {took}")
    assert took.processor <= RECOVERY


def judged(site: Site, batch: Batch, number: int) -> Count:
    """All of the batch is revoked everywhere, with one transaction for each word."""
    size, words = batch.size, words_of(batch.size)
    assert batch.root is not None
    with site.system() as system:
        lanes = system.ledger.lanes(SCHOOL, batch.root, range(size), final=True)
        assert set(lanes) == {Lane.REVOKED}
        with system.registry_database.reading() as connection:
            query = select(AWARDS.c.lane, func.count()).where(AWARDS.c.batch_ref == batch.ref)
            rows = connection.execute(query.group_by(AWARDS.c.lane)).all()
            assert [tuple(row) for row in rows] == [(Lane.REVOKED, size)]
        with system.store_database.reading() as connection:
            query = select(LANES.c.lane, func.count()).where(LANES.c.batch == batch.id)
            rows = connection.execute(query.group_by(LANES.c.lane)).all()
            assert [tuple(row) for row in rows] == [(Lane.REVOKED, size)]
            purposes = select(func.count()).where(OUTBOX.c.purpose.like(f"revoke:{batch.id}:%"))
            assert connection.scalar(purposes) == words
            entries = select(func.count()).where(
                AUDIT.c.act == "credential.lane", AUDIT.c.detail.like(f'{{"batch":{batch.id},%')
            )
            assert connection.scalar(entries) == size
        node = Node(system.web3, system.deployment.chain_id)
        topics = [contract.topic("StatusChanged"), to_word(SCHOOL), to_hex(batch.root)]
        head = node.block("latest")
        logs = list(node.history(system.deployment.contract, topics, 0, head))
        assert len(logs) == words
        assert system.audit() is None
        found = count(system, order(number, size))
    assert found == Count()
    return found


def with_itself(site: Site, batch: Batch, number: int) -> list[tuple[str, ...]]:
    del site
    return [("revoke batch", str(number), str(batch.size))] * 2


def with_a_list(site: Site, batch: Batch, number: int) -> list[tuple[str, ...]]:
    del site
    words = str(number), str(batch.size)
    return [("revoke batch", *words), ("revoke list", *words)]


def with_one_of_it(site: Site, batch: Batch, number: int) -> list[tuple[str, ...]]:
    with site.system() as system:
        victim = system.batches.places(batch.id)[130].register_no
    return [("revoke batch", str(number), str(batch.size)), ("revoke", victim)]


RACES = [with_itself, with_a_list, with_one_of_it]
_SIZE = 260
Race = Callable[[Site, Batch, int], list[tuple[str, ...]]]


@pytest.mark.parametrize("site", [EMBEDDED, pytest.param(ANVIL, marks=ON_ANVIL)], indirect=True)
@pytest.mark.parametrize("race", RACES)
def test_a_batch_is_revoked_while_others_revoke_from_it(site: Site, race: Race, say: Say) -> None:
    complaints: list[int | None] = []
    found = Count()
    for run in range(RUNS):
        number = _RACES + RUNS * RACES.index(race) + run
        batch = issued(site, number, _SIZE)
        workers = [start(site, *words) for words in race(site, batch, number)]
        for worker in workers:
            worker.join(PATIENCE)
        complaints += [worker.exitcode for worker in workers if worker.exitcode]
        assert batch.root is not None
        with site.system() as system:
            lanes = system.ledger.lanes(SCHOOL, batch.root, range(_SIZE), final=True)
            assert set(lanes) == {Lane.REVOKED}
            found += count(system, order(number, _SIZE))
    say(f"{site.name}: batch {race.__name__}, {RUNS} runs: {len(complaints)} errors, {found}")
    assert complaints == []
    assert found == Count()


@pytest.mark.parametrize("site", [EMBEDDED], indirect=True)
def test_a_suspension_that_comes_too_late_leaves_the_batch_revoked(site: Site) -> None:
    """Whoever is faster in the register: the batch is revoked, and nothing says otherwise."""
    number = _RACES + RUNS * len(RACES)
    batch = issued(site, number, _SIZE)
    assert batch.root is not None
    with site.system() as system:
        victims = [place.register_no for place in system.batches.places(batch.id)[:3]]
    suspensions = [start(site, "suspend", victim) for victim in victims]
    revocation = start(site, "revoke batch", str(number), str(_SIZE))
    for worker in (*suspensions, revocation):
        worker.join(PATIENCE)
    assert revocation.exitcode == 0
    with site.system() as system:
        lanes = system.ledger.lanes(SCHOOL, batch.root, range(_SIZE), final=True)
        assert set(lanes) == {Lane.REVOKED}
        assert {one.lane for one in system.batches.issued(batch.id)} == {Lane.REVOKED}
        assert count(system, order(number, _SIZE)) == Count()
