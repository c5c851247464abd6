"""kill -9 while a batch is issued or a credential revoked; the same work again completes it.

Every write of both paths is hit as failed, as failed but happened, and in the middle of its
transaction; and there are moments that a seed chooses.
"""

import time
from collections.abc import Callable, Iterable
from itertools import islice
from random import Random
from typing import NamedTuple

import pytest
from sqlalchemy import func, select

from credential.model import Lane
from store.tables import OUTBOX
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
from tests.faults.processes import Point, killed, start
from tests.faults.sizes import BATCH, FULL
from tests.faults.worker import CAUSE, work

RECOVERY = 30.0  # seconds of one processor that a recovery may take
Say = Callable[[str], None]

_ISSUING = ["desk.enter", "store.stage", "desk.bind", "store.sign", "store.send",
            "store.record", "ledger.broadcast", "store.advance"]  # fmt: skip
_REVOKING = ["desk.set_status", "store.set_lane", "store.record", "ledger.broadcast"]


def points(writes: list[str], inside: dict[str, tuple[int, ...]]) -> list[str]:
    around = [f"{when} {write} 1" for write in writes for when in ("before", "after")]
    return around + [f"inside {write} {at}" for write, several in inside.items() for at in several]


ISSUE = [
    *points(
        _ISSUING,
        {
            "desk.enter": (1, 4), "store.stage": (1, 2), "desk.bind": (1,),
            "store.sign": (2, 4), "store.send": (1,), "store.record": (2, 3),
            "store.advance": (1,),
        },
    ),
]  # fmt: skip
REVOKE = points(_REVOKING, {"desk.set_status": (1,), "store.set_lane": (2,), "store.record": (2,)})
MOMENTS = range(6 if FULL else 2)
REVOKED = 60  # the number of the order that is revoked from


def on_both(cases: Iterable[object], every: int = 6) -> pytest.MarkDecorator:
    """All of them on the parts that everyone starts with; on the others, in short, every sixth."""
    listed = list(cases)
    pairs = [(EMBEDDED, case) for case in listed]
    other = [
        pytest.param(ANVIL, case, marks=ON_ANVIL) for case in (listed if FULL else listed[1::every])
    ]
    return pytest.mark.parametrize(("site", "point"), [*pairs, *other], indirect=["site"])


class Time(NamedTuple):
    """Seconds by the clock, and seconds of one processor: others work on this machine, too."""

    wall: float
    processor: float

    def __str__(self) -> str:
        return f"{self.wall:.1f} s ({self.processor:.1f} s of one processor)"


def recovered(site: Site, *words: str) -> Time:
    """Do it again, and say how long that took."""
    wall, processor = time.monotonic(), time.process_time()
    with site.system() as system:
        work(system, *words)
    return Time(time.monotonic() - wall, time.process_time() - processor)


def parsed(point: str) -> Point:
    when, target, times = point.split()
    return when, target, int(times)


def number_of(point: str) -> int:
    return 1 + ISSUE.index(point)


@on_both(ISSUE)
def test_a_killed_issue_is_completed_by_the_same_order(site: Site, point: str, say: Say) -> None:
    words = ("issue", str(number_of(point)), str(BATCH[site.name]))
    enrol(site, number_of(point), BATCH[site.name])
    killed(site, *words, point=parsed(point))
    took = recovered(site, *words)
    judge(site, number_of(point), f"issue killed {point}", took, say)


@on_both(MOMENTS)
def test_a_moment_that_nobody_chose_makes_no_difference(site: Site, point: int, say: Say) -> None:
    number = 50 + point
    words = ("issue", str(number), str(BATCH[site.name]))
    after = Random(point).uniform(0.0, BATCH[site.name] / 500 if FULL else 1.0)
    enrol(site, number, BATCH[site.name])
    process = start(site, *words)
    process.join(after)
    process.kill()
    process.join()
    took = recovered(site, *words)
    judge(site, number, f"issue killed after {after:.2f} s", took, say)


def judge(site: Site, number: int, name: str, took: Time, say: Say) -> None:
    size = BATCH[site.name]
    with site.system() as system:
        found = count(system, order(number, size))
    say(f"{site.name}: {name}: {size} credentials, {found}, recovery {took}")
    assert found == Count()
    assert took.processor <= RECOVERY


@pytest.fixture
def issued(site: Site) -> list[str]:
    """Register numbers of a batch that can be revoked one by one, in full as large as any."""
    size = batch_of_revoked(site)
    enrol(site, REVOKED, size)
    with site.system() as system:
        work(system, "issue", str(REVOKED), str(size))
        batch = system.batches.batch(order(REVOKED, size).ref)
        assert batch is not None
        return [
            one.staged.register_no for one in islice(system.batches.issued(batch.id), len(REVOKE))
        ]


def batch_of_revoked(site: Site) -> int:
    return max(BATCH[site.name], len(REVOKE))


@on_both(REVOKE)
def test_a_killed_revocation_is_completed_by_the_same_command(
    site: Site, issued: list[str], point: str, say: Say
) -> None:
    victim = issued[REVOKE.index(point)]
    killed(site, "revoke", victim, point=parsed(point))
    took = recovered(site, "revoke", victim)
    with site.system() as system:
        found = system.batches.credential(victim)
        assert found is not None
        root, index = found.batch.root, found.staged.index
        assert root is not None
        assert system.ledger.lane(SCHOOL, root, index, final=True) is Lane.REVOKED
        assert not system.desk.set_status(found.line, Lane.REVOKED, CAUSE)
        purpose = f"status:{found.batch.id}:{index}:%"
        with system.store_database.reading() as connection:
            query = select(func.count()).select_from(OUTBOX)
            sent = connection.scalar(query.where(OUTBOX.c.purpose.like(purpose)))
        size = batch_of_revoked(site)
        found_wrong = count(system, order(REVOKED, size))
    say(f"{site.name}: revoke of {size} killed {point}: {found_wrong}, recovery {took}")
    assert (sent, found_wrong) == (1, Count())
    assert took.processor <= RECOVERY
