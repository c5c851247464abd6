"""Two workers with the same work at the same moment: it is done once, and neither complains."""

from collections.abc import Callable

import pytest

from credential.model import Lane
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
from tests.faults.processes import both, killed
from tests.faults.sizes import RUNS

SIZE = 6
BOTH = [EMBEDDED, pytest.param(ANVIL, marks=ON_ANVIL)]


def issue(site: Site, number: str) -> list[str]:
    return both(site, "issue", number, str(SIZE))


def resume(site: Site, number: str) -> list[str]:
    killed(site, "issue", number, str(SIZE), point=("after", "store.stage", 1))
    return both(site, "resume")


def resend(site: Site, number: str) -> list[str]:
    killed(site, "issue", number, str(SIZE), point=("after", "store.record", 1))
    return both(site, "resume")


def revoke(site: Site, number: str) -> list[str]:
    with site.system() as system:
        asked = order(int(number), SIZE)
        batch, _ = system.issuing(lambda _stage, _count: None).issue(asked)
        victim = next(iter(system.batches.issued(batch.id)))
    complaints = both(site, "revoke", victim.staged.register_no)
    with site.system() as system:
        assert batch.root is not None
        lane = system.ledger.lane(SCHOOL, batch.root, victim.staged.index, final=True)
    return complaints if lane is Lane.REVOKED else [*complaints, "not revoked"]


RACES = [issue, resume, resend, revoke]


@pytest.mark.parametrize("site", BOTH, indirect=True)
@pytest.mark.parametrize("race", RACES)
def test_two_workers_do_the_same_work_once(
    site: Site, race: Callable[[Site, str], list[str]], say: Callable[[str], None]
) -> None:
    complaints: list[str] = []
    found = Count()
    for run in range(RUNS):
        number = 1000 * (1 + RACES.index(race)) + run
        enrol(site, number, SIZE)
        complaints += race(site, str(number))
        with site.system() as system:
            found += count(system, order(number, SIZE))
    say(
        f"{site.name}: {race.__name__}, two workers, {RUNS} runs: {len(complaints)} errors, {found}"
    )
    assert complaints == []
    assert found == Count()
