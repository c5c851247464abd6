"""Shares on a real database: openings, PINs, ends, erasure, races, interrupted writes."""

import hashlib
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from credential.errors import ConflictError, RefusedError, UnavailableError
from database.connections import Database
from store.share_records import NewShare, Share, Standing
from store.shares import AGAIN, KEPT, MOST, TRIES, Shares

NOW = 1_780_000_000
DAY = 86_400
KEY, PROOF, WRONG = b"k" * 32, b"p" * 32, b"w" * 32
FIRST, SECOND, THIRD = b"1" * 16, b"2" * 16, b"3" * 16
CIPHERTEXT = bytes(range(200))
Contents = Callable[[Database], dict[str, list[tuple[object, ...]]]]


def new(number: int = 1, **more: Any) -> NewShare:
    made = NewShare(
        id=number.to_bytes(16, "big"),
        account=12,
        pupil="7900000001",
        school=7,
        seq=0,
        index=3,
        capability=hashlib.sha256(KEY).digest(),
        gate=None,
        content=CIPHERTEXT,
        note=b"for the holder",
        expires=NOW + 7 * DAY,
        allowed=2,
    )
    return replace(made, **more)


GATED = new(gate=hashlib.sha256(PROOF).digest())


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shares(database: Database, clock: Clock) -> Shares:
    return Shares(database, clock)


def refusal(act: Callable[[], object]) -> tuple[str, dict[str, object]]:
    with pytest.raises(RefusedError) as caught:
        act()
    return caught.value.code, dict(caught.value.params)


def test_what_is_kept_is_found_as_it_was_and_opened_by_its_key(shares: Shares) -> None:
    kept = shares.create(new())
    assert (kept.standing, kept.left, kept.ended) == (Standing.OPEN, 2, NOW + 7 * DAY)
    assert shares.ask(kept.id, KEY) == kept
    opened = shares.open(kept.id, KEY, FIRST, None)
    assert (opened.content, opened.share.left) == (CIPHERTEXT, 1)
    (held,) = shares.of(["7900000001"])
    assert (held.views, held.note, held.used) == ((NOW,), b"for the holder", 1)


def test_the_same_share_kept_again_is_one(
    shares: Shares, database: Database, contents: Contents
) -> None:
    kept, before = shares.create(new()), contents(database)
    assert shares.create(new()) == kept
    assert contents(database) == before


def test_an_id_that_another_has_is_refused(shares: Shares) -> None:
    shares.create(new())
    for other in (new(account=13), new(pupil="7900000002"), new(capability=bytes(32))):
        with pytest.raises(ConflictError) as caught:
            shares.create(other)
        assert caught.value.code == "share.exists"


def test_who_has_no_key_is_told_the_same_whatever_there_is(shares: Shares, clock: Clock) -> None:
    shares.create(new(1))
    shares.create(replace(GATED, id=b"gated".rjust(16, b"-")))
    shares.withdraw(shares.create(new(2)).id, ["7900000001"])
    shares.create(new(3, expires=NOW + 1))
    clock.now += DAY
    unknown = b"nothing stands here".ljust(16)[:16]
    ids = [held.id for held in shares.of(["7900000001"])]
    said = {
        repr(refusal(ask))
        for number in [unknown, *ids]
        for ask in (
            lambda number=number: shares.ask(number, WRONG),
            lambda number=number: shares.open(number, WRONG, FIRST, None),
            lambda number=number: shares.open(number, WRONG, FIRST, PROOF),
        )
    }
    assert said == {repr(("share.unknown", {}))}
    assert len(ids) == 4


def ended(how: str, shares: Shares, clock: Clock) -> Share:
    kept = shares.create(GATED)
    if how == "expired":
        clock.now = GATED.expires
    elif how == "withdrawn":
        shares.withdraw(kept.id, [kept.pupil])
    elif how == "used_up":
        for opening in (FIRST, SECOND):
            shares.open(kept.id, KEY, opening, PROOF)
    else:
        for _ in range(TRIES):
            refusal(lambda: shares.open(kept.id, KEY, FIRST, WRONG))
    return kept


ENDS = ("expired", "withdrawn", "used_up", "locked")


@pytest.mark.parametrize("how", ENDS)
def test_who_has_the_key_is_told_how_and_when_it_ended(
    how: str, shares: Shares, clock: Clock
) -> None:
    kept = ended(how, shares, clock)
    when = clock.now
    clock.now += 1000
    for proof in (None, PROOF, WRONG):
        assert refusal(lambda proof=proof: shares.open(kept.id, KEY, THIRD, proof)) == (
            f"share.{how}", {"time": when}
        )  # fmt: skip
    held = shares.ask(kept.id, KEY)
    assert (held.standing.value, held.ended, held.gated) == (how, when, True)


@pytest.mark.parametrize("how", ENDS)
def test_of_what_has_ended_the_ciphertext_is_erased_and_later_all_of_it(
    how: str, shares: Shares, clock: Clock, database: Database, contents: Contents
) -> None:
    kept = ended(how, shares, clock)
    clock.now += AGAIN
    shares.erase()
    assert CIPHERTEXT not in {value for row in contents(database)["shares"] for value in row}
    assert shares.ask(kept.id, KEY).standing.value == how
    clock.now += KEPT
    shares.erase()
    assert refusal(lambda: shares.ask(kept.id, KEY)) == ("share.unknown", {})
    left = contents(database)
    assert left["shares"] == left["share_views"] == []
    assert shares.erase() == 0


def test_withdrawn_and_locked_are_erased_at_once(
    shares: Shares, clock: Clock, database: Database, contents: Contents
) -> None:
    for how, number in (("withdrawn", 1), ("locked", 2)):
        shares.create(replace(GATED, id=number.to_bytes(16, "big")))
        ended(how, shares, clock) if number == 1 else [
            refusal(lambda: shares.open((2).to_bytes(16, "big"), KEY, FIRST, WRONG))
            for _ in range(TRIES)
        ]
    rows = contents(database)["shares"]
    assert len(rows) == 2
    assert not {CIPHERTEXT, GATED.gate} & {value for row in rows for value in row}


def test_what_is_open_is_not_erased(shares: Shares, clock: Clock) -> None:
    kept = shares.create(new())
    clock.now = new().expires - 1
    assert shares.erase() == 0
    assert shares.open(kept.id, KEY, FIRST, None).content == CIPHERTEXT


def test_a_pin_is_tried_so_often_and_no_right_one_opens_after_that(shares: Shares) -> None:
    kept = shares.create(GATED)
    assert refusal(lambda: shares.open(kept.id, KEY, FIRST, None)) == ("share.pin_needed", {})
    for left in range(TRIES - 1, 0, -1):
        assert refusal(lambda: shares.open(kept.id, KEY, FIRST, WRONG)) == (
            "share.pin_wrong", {"left": left}
        )  # fmt: skip
        if left == 3:  # a right one in between forgives nothing
            assert shares.open(kept.id, KEY, SECOND, PROOF).content == CIPHERTEXT
    locked = ("share.locked", {"time": NOW})
    assert refusal(lambda: shares.open(kept.id, KEY, FIRST, WRONG)) == locked
    assert refusal(lambda: shares.open(kept.id, KEY, FIRST, PROOF)) == locked
    assert refusal(lambda: shares.open(kept.id, KEY, SECOND, PROOF)) == locked
    assert [held.tries for held in shares.of([kept.pupil])] == [TRIES]


def test_an_opening_whose_answer_was_lost_is_repeated_uncounted_for_a_while(
    shares: Shares, clock: Clock
) -> None:
    kept = shares.create(new(allowed=1))
    first = shares.open(kept.id, KEY, FIRST, None)
    clock.now += AGAIN - 1
    assert shares.open(kept.id, KEY, FIRST, None) == first
    used_up = ("share.used_up", {"time": NOW})
    assert refusal(lambda: shares.open(kept.id, KEY, SECOND, None)) == used_up
    clock.now += 1
    assert refusal(lambda: shares.open(kept.id, KEY, FIRST, None)) == used_up
    assert [held.views for held in shares.of([kept.pupil])] == [(NOW,)]


def test_an_opening_repeated_later_counts_again(shares: Shares, clock: Clock) -> None:
    kept = shares.create(new(allowed=3))
    shares.open(kept.id, KEY, FIRST, None)
    clock.now += AGAIN
    assert shares.open(kept.id, KEY, FIRST, None).share.left == 1
    clock.now += AGAIN - 1
    assert shares.open(kept.id, KEY, FIRST, None).share.left == 1


def test_what_was_just_used_up_is_gone_once_it_is_withdrawn(shares: Shares) -> None:
    kept = shares.create(new(allowed=1))
    shares.open(kept.id, KEY, FIRST, None)
    shares.withdraw(kept.id, [kept.pupil])
    code, _ = refusal(lambda: shares.open(kept.id, KEY, FIRST, None))
    assert code == "share.used_up"


def test_nobody_elses_share_is_seen_or_withdrawn_by_its_id(
    shares: Shares, database: Database, contents: Contents
) -> None:
    kept = shares.create(new())
    before = contents(database)
    assert refusal(lambda: shares.withdraw(kept.id, ["7900000002"])) == ("share.unknown", {})
    assert refusal(lambda: shares.withdraw(bytes(16), ["7900000001"])) == ("share.unknown", {})
    assert shares.of(["7900000002"]) == []
    assert contents(database) == before


def test_a_pupil_has_so_many_open_shares_and_no_more(shares: Shares) -> None:
    for number in range(MOST):
        shares.create(new(number))
    assert refusal(lambda: shares.create(new(MOST))) == ("share.too_many", {"limit": MOST})
    assert shares.create(new(3)).id == new(3).id  # the same again is none more
    shares.create(new(MOST + 1, pupil="7900000002"))
    shares.withdraw(new(0).id, ["7900000001"])
    shares.create(new(MOST))


WRITES: dict[str, Callable[[Shares], object]] = {
    "create": lambda shares: shares.create(new(9)),
    "open": lambda shares: shares.open(new().id, KEY, SECOND, None),
    "withdraw": lambda shares: shares.withdraw(new().id, ["7900000001"]),
    "erase": lambda shares: shares.erase(),
}


def failing_commit(database: Database, *, happens: bool) -> None:
    real = database.writes.dialect.do_commit
    driver = sqlite3 if database.writes.dialect.name == "sqlite" else psycopg

    def commit(connection: Any) -> None:
        database.writes.dialect.do_commit = real  # type: ignore[method-assign]
        if happens:
            real(connection)
        raise driver.OperationalError("the answer was lost")

    database.writes.dialect.do_commit = commit  # type: ignore[method-assign]


@pytest.fixture
def before(shares: Shares, database: Database, contents: Contents) -> object:
    shares.create(new())
    shares.create(new(2, expires=NOW))
    shares.open(new().id, KEY, FIRST, None)
    return contents(database)


@pytest.mark.parametrize("write", WRITES)
def test_a_write_that_failed_changed_nothing_and_can_be_repeated(
    write: str, shares: Shares, before: object, database: Database, contents: Contents
) -> None:
    failing_commit(database, happens=False)
    with pytest.raises(UnavailableError):
        WRITES[write](shares)
    assert contents(database) == before
    WRITES[write](shares)
    assert contents(database) != before


@pytest.mark.parametrize("write", WRITES)
def test_a_write_that_happened_but_did_not_say_so_is_not_repeated(
    write: str, shares: Shares, before: object, database: Database, contents: Contents
) -> None:
    failing_commit(database, happens=True)
    with pytest.raises(UnavailableError):
        WRITES[write](shares)
    after = contents(database)
    WRITES[write](shares)
    assert contents(database) == after != before


def _openings(database_url: str, proof: bytes | None, start: int) -> Callable[[], None]:
    from store.schema import STORE  # noqa: PLC0415 — as each process opens it for itself

    def work() -> None:
        mine = Shares(STORE.connect(database_url), clock=lambda: NOW)
        for number in range(start, start + 12):
            try:
                mine.open(new().id, KEY, number.to_bytes(16, "big"), proof)
            except RefusedError as error:
                assert error.code.startswith("share."), error.code

    return work


def test_of_openings_that_race_as_many_succeed_as_are_allowed(
    database_url: str, shares: Shares, in_processes: Callable[..., list[int]]
) -> None:
    shares.create(new(allowed=15))
    works = [_openings(database_url, None, start) for start in (0, 100)]
    assert in_processes(*works) == [0, 0]
    (held,) = shares.of(["7900000001"])
    assert (held.used, len(held.views), held.standing) == (15, 15, Standing.USED_UP)


def test_wrong_pins_that_race_are_tried_no_more_often_than_allowed(
    database_url: str, shares: Shares, in_processes: Callable[..., list[int]]
) -> None:
    shares.create(GATED)
    works = [_openings(database_url, WRONG, start) for start in (0, 100)]
    assert in_processes(*works) == [0, 0]
    (held,) = shares.of(["7900000001"])
    assert (held.tries, held.used, held.standing) == (TRIES, 0, Standing.LOCKED)
