"""A node that answers but stands still: what it says is too old to be an answer."""

import time
from collections.abc import Callable, Iterator

import pytest

from chain.node import Node
from chain.provider import close, connect
from chain.reader import LedgerReader
from credential.errors import UnavailableError
from tests.chain.middleman import Middleman, Spoil
from tests.chain.world import SCHOOL, LedgerUnderTest


def aged(seconds: int) -> Spoil:
    """The block is so many seconds old."""
    moment = int(time.time()) - seconds
    return lambda answer: answer["result"].update(timestamp=hex(moment))


@pytest.fixture
def watchful(
    ledger: LedgerUnderTest, middleman: Middleman
) -> Iterator[Callable[[float | None], LedgerReader]]:
    """Readers behind the middleman with a limit on the age of the finalised block."""
    ledger.net.finalise()
    web3 = connect(middleman.url)
    yield lambda limit: LedgerReader(
        Node(web3, ledger.net.chain_id), ledger.deployment, max_age=0.0, stale_after=limit
    )
    close(web3)


def test_a_finalised_block_that_is_too_old_is_no_answer(
    middleman: Middleman, watchful: Callable[[float | None], LedgerReader]
) -> None:
    middleman.spoil("eth_getBlockByNumber", aged(1000))
    for _ in range(2):
        with pytest.raises(UnavailableError, match="stale"):
            watchful(900.0).facts(SCHOOL, b"", None, 0)


def test_a_head_that_was_fresh_once_grows_too_old(
    middleman: Middleman,
    watchful: Callable[[float | None], LedgerReader],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    middleman.spoil("eth_getBlockByNumber", aged(10))
    reader = watchful(900.0)
    reader.facts(SCHOOL, b"", None, 0)
    later = time.time() + 1000
    monkeypatch.setattr(time, "time", lambda: later)
    with pytest.raises(UnavailableError, match="stale"):
        reader.facts(SCHOOL, b"", None, 0)


@pytest.mark.parametrize(("limit", "age"), [(None, 10**8), (900.0, 600)])
def test_an_old_block_is_an_answer_within_the_limit(
    middleman: Middleman,
    watchful: Callable[[float | None], LedgerReader],
    limit: float | None,
    age: int,
) -> None:
    middleman.spoil("eth_getBlockByNumber", aged(age))
    assert watchful(limit).facts(SCHOOL, b"", None, 0).school is not None
