"""Jobs: one for each purpose, one worker at a time, an end that is written once."""

import os

import pytest

from credential.errors import ConflictError, RefusedError
from store.jobs import LEASE, Asked, Jobs, JobState


class Clock:
    now = 1_790_000_000

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def jobs(database, clock):
    return Jobs(database, clock)


def asked(purpose="issue:1", school=1001):
    return Asked("issue", purpose, school, "Trần Văn Bình", {"order": 1, "tên": "Hòa"})


def test_one_purpose_has_one_job_whoever_asks(jobs):
    first = jobs.start(asked())
    assert jobs.start(asked()) == first
    assert jobs.start(asked("issue:2")) != first
    job = jobs.of(first)
    assert (job.state, job.what, job.by) == (
        JobState.WAITING, {"order": 1, "tên": "Hòa"}, "Trần Văn Bình",
    )  # fmt: skip


def test_a_job_is_claimed_once_told_of_and_ended(jobs):
    number = jobs.start(asked())
    assert jobs.claim("one").id == number
    assert jobs.claim("two") is None
    jobs.tell(number, "one", "signed", 3, 40)
    job = jobs.of(number)
    assert (job.state, job.stage, job.done, job.total) == (JobState.RUNNING, "signed", 3, 40)
    assert jobs.end(number, "one", JobState.DONE, {"seq": 4})
    job = jobs.of(number)
    assert (job.state, job.result, job.code) == (JobState.DONE, {"seq": 4}, None)
    assert not jobs.end(number, "one", JobState.FAILED, {}, "late")


def test_the_process_that_asked_is_first_and_another_one_after_a_lease(jobs, clock):
    number = jobs.start(asked(), owner="here")
    assert jobs.claim("x", process="elsewhere") is None
    clock.now += LEASE
    assert jobs.claim("x", process="elsewhere").id == number
    jobs.later(number, "x", 20, "source.unavailable", process="elsewhere")
    assert jobs.of(number).code == "source.unavailable"
    assert jobs.claim("y", process="elsewhere") is None
    clock.now += 20
    assert jobs.claim("z", process="a third") is None
    assert jobs.claim("y", process="elsewhere").id == number


def test_a_job_of_a_process_that_died_is_taken_over(jobs, clock, in_processes):
    number = jobs.start(asked())

    def die():
        jobs.claim("died")
        os._exit(9)

    assert in_processes(die) == [9]
    assert jobs.claim("alive") is None
    clock.now += LEASE
    assert jobs.claim("alive").claims == 2
    with pytest.raises(ConflictError, match=r"job\.overtaken"):
        jobs.tell(number, "died", "sent", 0, 0)
    with pytest.raises(ConflictError, match=r"job\.overtaken"):
        jobs.renew(number, "died")
    assert not jobs.end(number, "died", JobState.DONE)
    jobs.tell(number, "alive", "sent", 0, 0)


def test_a_lease_that_is_renewed_does_not_end(jobs, clock):
    number = jobs.start(asked())
    jobs.claim("one")
    clock.now += LEASE - 1
    jobs.renew(number, "one")
    clock.now += LEASE - 1
    assert jobs.claim("two") is None


def test_of_two_processes_one_claims(jobs, database, in_processes):
    jobs.start(asked())

    def claim(owner):
        return lambda: os._exit(0 if jobs.claim(owner) else 3)

    assert sorted(in_processes(claim("one"), claim("two"), claim("three"))) == [0, 3, 3]


def test_cancelling_is_told_at_the_next_word(jobs):
    number = jobs.start(asked())
    jobs.claim("one")
    jobs.cancel(number)
    jobs.cancel(number)
    jobs.renew(number, "one")
    for word in (lambda: jobs.tell(number, "one", "x", 0, 0), lambda: jobs.bind(number, "one")):
        with pytest.raises(RefusedError, match=r"job\.cancelled"):
            word()
    assert jobs.end(number, "one", JobState.CANCELLED)
    assert jobs.claim("two") is None


def test_what_is_bound_cannot_be_cancelled(jobs):
    number = jobs.start(asked())
    jobs.claim("one")
    jobs.bind(number, "one")
    with pytest.raises(RefusedError, match=r"job\.bound"):
        jobs.cancel(number)
    jobs.end(number, "one", JobState.FAILED, {}, "key.changed")
    with pytest.raises(RefusedError, match=r"job\.bound"):
        jobs.cancel(number)


def test_a_job_that_failed_is_cancelled_by_whoever_undoes_it(jobs):
    number = jobs.start(asked())
    jobs.claim("one")
    jobs.end(number, "one", JobState.FAILED, {}, "pen.closed")
    jobs.cancel(number)
    job = jobs.claim("two")
    assert (job.id, job.cancel) == (number, True)


def test_an_unknown_job_is_refused(jobs):
    for act in (jobs.of, jobs.cancel):
        with pytest.raises(RefusedError, match=r"job\.unknown"):
            act(7)
