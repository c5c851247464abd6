"""Tries are counted together, however many ask at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from api.site.delays import FREE, Delays
from credential.errors import RefusedError, UnavailableError
from database.connections import Database
from registry.pace import Pace
from store.schema import STORE
from store.tries import Tries
from tests.databases import NewDatabase

KEY = b"k" * 16


class Clock:
    now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def store(new_database: NewDatabase) -> Iterator[Database]:
    database = STORE.connect(new_database(STORE))
    yield database
    database.close()


def taken(pace: Pace) -> bool:
    try:
        pace.take(KEY)
    except RefusedError:
        return False
    return True


def test_of_many_at_once_so_many_are_let_in_as_a_pace_allows(store: Database) -> None:
    clock = Clock()
    shelves = [Tries(store, "address", clock)] * 2
    paces = [Pace(5, 3600, clock, shelf) for shelf in shelves]
    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(taken, paces * 8)) == 5
    paces[0].give_back(KEY)
    assert [taken(paces[1]), taken(paces[0])] == [True, False]
    clock.now += 3600 / 5
    assert taken(paces[0])


def test_kinds_are_apart_and_what_counts_no_more_goes(store: Database) -> None:
    clock = Clock()
    one, other = (Delays(clock, Tries(store, kind, clock)) for kind in ("one", "other"))
    for _ in range(FREE):
        with pytest.raises(RefusedError), one.trying(KEY):
            raise RefusedError("password.wrong")
    with pytest.raises(RefusedError, match=r"request\.too_many"), one.trying(KEY):
        pass
    with other.trying(KEY):
        pass
    clock.now += 30
    with pytest.raises(UnavailableError), one.trying(KEY):
        raise UnavailableError("store")  # no answer is no wrong answer
    with one.trying(KEY):
        pass
    kept: list[object] = []
    Tries(store, "one", clock).change(KEY, kept.append)
    assert kept == [None]
