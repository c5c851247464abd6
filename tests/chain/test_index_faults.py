"""What may happen to an indexer: a node that leaves events out, a kill, another indexer, a fork.

However it goes, the tables in the end equal those built anew, and nothing is vouched for that was
not compared with the contract's storage.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chain import contract, defaults
from chain.hexvalues import to_word
from chain.indexed import IndexedLedger
from chain.node import Node
from chain.provider import close, connect
from credential.errors import ConfigError, ConflictError, UnavailableError
from credential.model import Deployment, Lane
from database.connections import Database
from store.history import History
from tests.chain.indexing import afresh, contents, indexed, indexer, sqlite, tables
from tests.chain.middleman import Middleman
from tests.chain.world import (
    ANCHOR_KEY,
    OTHER_SCHOOL,
    OWNER,
    RELAYER,
    REVOKE_KEY,
    SCHOOL,
    TYPES,
    LedgerUnderTest,
    key_id,
    root_of,
)

ROOT = Path(__file__).parents[2]
LOGS = "eth_getLogs"
Log = dict[str, Any]


@pytest.fixture
def first(ledger: LedgerUnderTest) -> int:
    return max(0, ledger.net.node.block("latest").number - 20)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with tables(sqlite(tmp_path)) as database:
        yield database


@pytest.fixture
def behind(ledger: LedgerUnderTest, middleman: Middleman) -> Iterator[Node]:
    """The same chain through the middleman."""
    web3 = connect(middleman.url)
    yield Node(web3, ledger.net.chain_id)
    close(web3)


def leave_out(middleman: Middleman, unwanted: Callable[[Log], bool]) -> None:
    """From now on that node logs everything but these."""

    def spoil(answer: dict[str, Any]) -> None:
        answer["result"] = [log for log in answer["result"] if not unwanted(log)]

    middleman.spoil(LOGS, spoil)


def event(name: str) -> Callable[[Log], bool]:
    return lambda log: log["topics"][0] == contract.topic(name)


def every_event(log: Log) -> bool:
    return True


# What happens on chain, and which events of it the node leaves out.
LEFT_OUT: dict[str, tuple[Callable[[LedgerUnderTest], object], Callable[[Log], bool]]] = {
    "all, as a node that lags": (lambda at: at.anchored("new"), every_event),
    "a batch": (
        lambda at: (at.anchored("new"), at.send(OWNER, "suspendSchool", SCHOOL)),
        event("Anchored"),
    ),
    "a revocation": (
        lambda at: at.send(REVOKE_KEY, "revoke", SCHOOL, root_of("old"), 3),
        event("StatusChanged"),
    ),
    "a suspension": (lambda at: at.send(OWNER, "suspendSchool", SCHOOL), event("SchoolSuspended")),
    "a new school": (
        lambda at: at.send(OWNER, "setSchool", OTHER_SCHOOL, 0, 0, TYPES),
        event("SchoolSet"),
    ),
    "a compromise": (
        lambda at: at.send(OWNER, "markCompromised", key_id(ANCHOR_KEY), 5),
        event("KeyCompromised"),
    ),
    "the batch before another": (
        lambda at: (at.anchored("new"), at.anchored("newer")),
        lambda log: event("Anchored")(log) and log["topics"][3] == "0x" + root_of("new").hex(),
    ),
}


@pytest.mark.parametrize("case", LEFT_OUT)
def test_events_left_out_are_noticed_and_read_later(
    ledger: LedgerUnderTest, database: Database, middleman: Middleman, behind: Node,
    tmp_path: Path, first: int, case: str,
) -> None:  # fmt: skip
    happen, unwanted = LEFT_OUT[case]
    ledger.anchored("old")
    ledger.net.finalise()
    following = indexer(ledger, database, node=behind, first_block=first)
    following.advance()
    vouched = History(database).state()
    happen(ledger)
    ledger.net.finalise()
    leave_out(middleman, unwanted)
    for _ in range(2):
        with pytest.raises(UnavailableError, match="incomplete logs"):
            following.advance()
        state = History(database).state()
        assert state is not None
        assert vouched is not None
        assert (state.final, state.checked) == (vouched.final, vouched.checked)
    middleman.reply = middleman.honest
    following.advance()
    assert contents(database) == afresh(ledger, tmp_path, first_block=first)


@pytest.mark.parametrize("case", LEFT_OUT)
def test_events_left_out_from_the_first_are_noticed(
    ledger: LedgerUnderTest, database: Database, middleman: Middleman, behind: Node,
    tmp_path: Path, first: int, case: str,
) -> None:  # fmt: skip
    happen, unwanted = LEFT_OUT[case]
    ledger.anchored("old")
    happen(ledger)
    ledger.net.finalise()
    leave_out(middleman, unwanted)
    following = indexer(ledger, database, node=behind, first_block=first)
    with pytest.raises(UnavailableError, match="incomplete logs"):
        following.advance()
    state = History(database).state()
    assert state is None or state.final is None
    middleman.reply = middleman.honest
    following.advance()
    assert contents(database) == afresh(ledger, tmp_path, first_block=first)


def test_what_a_school_did_unseen_long_ago_is_noticed_in_its_turn(
    ledger: LedgerUnderTest, database: Database, middleman: Middleman, behind: Node,
    tmp_path: Path, first: int,
) -> None:  # fmt: skip
    """Two schools act in one span; of one of them the node tells nothing."""
    ledger.send(OWNER, "setSchool", OTHER_SCHOOL, 0, 0, TYPES)
    ledger.net.finalise()
    following = indexer(ledger, database, node=behind, first_block=first)
    following.advance()
    ledger.send(OWNER, "suspendSchool", OTHER_SCHOOL)
    ledger.anchored("seen")
    ledger.net.finalise()
    leave_out(middleman, event("SchoolSuspended"))
    with pytest.raises(UnavailableError, match="incomplete logs"):
        following.advance()
    middleman.reply = middleman.honest
    following.advance()
    assert contents(database) == afresh(ledger, tmp_path, first_block=first)


def test_a_verification_never_takes_what_was_left_out_for_nothing(
    ledger: LedgerUnderTest, database: Database, middleman: Middleman, behind: Node, first: int
) -> None:
    root = ledger.anchored("old")
    ledger.net.finalise()
    following = indexer(ledger, database, node=behind, first_block=first)
    following.advance()
    ledger.send(REVOKE_KEY, "revoke", SCHOOL, root, 3)
    ledger.net.finalise()
    leave_out(middleman, every_event)
    assert following.step() is False
    later = time.time() + defaults.INDEX_MAX_AGE + 1
    quick = indexed(ledger, database, clock=lambda: later)
    assert quick.facts(SCHOOL, b"", root, 3).lane is Lane.REVOKED
    lag = following.lag()
    assert (lag.kept, "incomplete logs" in lag.error) == (True, True)


def test_too_much_for_the_node_is_asked_for_in_smaller_spans(
    ledger: LedgerUnderTest, database: Database, middleman: Middleman, behind: Node,
    tmp_path: Path, first: int,
) -> None:  # fmt: skip
    for number in range(4):
        ledger.anchored(f"{number}")
    ledger.net.finalise()

    def refuse_many(answer: dict[str, Any]) -> None:
        if len(answer["result"]) > 2:
            del answer["result"]
            answer["error"] = {"code": -32005, "message": "more than 2 results"}

    middleman.spoil(LOGS, refuse_many)
    following = indexer(ledger, database, node=behind, first_block=first)
    while not following.step():
        pass
    assert contents(database) == afresh(ledger, tmp_path, first_block=first)


def test_a_final_block_that_was_replaced_is_no_chain_to_follow(
    ledger: LedgerUnderTest, database: Database, first: int
) -> None:
    ledger.net.finalise()
    following = indexer(ledger, database, first_block=first)
    following.advance()
    before = contents(database)
    kept = before["ledger_blocks"]
    with database.writing() as connection:  # as if another chain had been followed
        connection.exec_driver_sql("UPDATE ledger_blocks SET hash = zeroblob(32)")
    with pytest.raises(UnavailableError, match="a final block was replaced"):
        following.advance()
    following.rebuild()
    assert contents(database)["ledger_blocks"] == kept


def test_an_index_of_another_contract_is_left_alone_and_not_used(
    ledger: LedgerUnderTest, database: Database, first: int
) -> None:
    root = ledger.anchored()
    ledger.net.finalise()
    indexer(ledger, database, first_block=first).advance()
    before = contents(database)
    ours, other = ledger.deployment, Deployment(ledger.deployment.chain_id, bytes(20))
    ledger.deployment = other
    with pytest.raises(ConfigError, match=r"index\.of_another_contract"):
        indexer(ledger, database, first_block=first).advance()
    assert contents(database) == before
    ledger.deployment = ours
    asked = SCHOOL, key_id(ANCHOR_KEY), root, 0
    quick = IndexedLedger(History(database), ledger.reader(), other, max_age=0.0)
    assert not quick.facts(*asked).trust.indexed


def test_what_was_hidden_from_the_first_comes_to_light_with_what_follows(
    ledger: LedgerUnderTest, database: Database, middleman: Middleman, behind: Node,
    tmp_path: Path, first: int,
) -> None:  # fmt: skip
    """A school of which a node told nothing at all cannot be missed, until something is told."""
    ledger.send(OWNER, "setSchool", OTHER_SCHOOL, 0, 0, TYPES)
    ledger.send(OWNER, "addKey", OTHER_SCHOOL, key_id(RELAYER), 0, 0, 1, b"")
    ledger.send(RELAYER, "anchorDirect", OTHER_SCHOOL, 0, root_of("hidden"), 9)
    ledger.net.finalise()
    leave_out(middleman, lambda log: log["topics"][1] == to_word(OTHER_SCHOOL))
    following = indexer(ledger, database, node=behind, first_block=first)
    following.advance()
    middleman.reply = middleman.honest
    ledger.send(RELAYER, "anchorDirect", OTHER_SCHOOL, 1, root_of("seen"), 9)
    ledger.net.finalise()
    while not following.step():
        pass
    assert contents(database) == afresh(ledger, tmp_path, first_block=first)


# --- kills and races ---

ALL = os.environ.get("FAULTS") == "all"
DEATHS = [(write, when) for write in range(1, 10) for when in ("before", "after")]
only_anvil = pytest.mark.parametrize(
    "net", [pytest.param("anvil", marks=pytest.mark.anvil)], indirect=True
)


@only_anvil
@pytest.mark.parametrize(("write", "when"), DEATHS if ALL else [(1, "before"), (4, "after")])
def test_an_indexer_that_was_killed_goes_on_where_it_was(
    ledger: LedgerUnderTest, database_url: str, tmp_path: Path, first: int, write: int, when: str
) -> None:
    for number in range(8):
        ledger.anchored(f"{number}")
        ledger.send(ANCHOR_KEY, "suspend", SCHOOL, root_of(f"{number}"), number)
    ledger.net.finalise()
    with tables(database_url) as database:
        at = str(ledger.deployment.chain_id), ledger.deployment.contract.hex()
        what = [str(ledger.net.target), *at, database_url, str(first), str(write), when]
        command = [sys.executable, "-m", "tests.chain.index_worker", *what]
        killed = subprocess.run(command, cwd=ROOT, check=False)
        assert killed.returncode == -signal.SIGKILL
        indexer(ledger, database, first_block=first).advance()
        assert contents(database) == afresh(ledger, tmp_path, first_block=first)


@only_anvil
@pytest.mark.parametrize("run", range(20 if ALL else 2))
def test_of_two_indexers_at_once_one_goes_on(
    ledger: LedgerUnderTest, database_url: str, tmp_path: Path, first: int, run: int
) -> None:
    for number in range(6):
        ledger.anchored(f"{number}")
    ledger.net.finalise()
    overtaken: list[str] = []

    def race(database: Database, name: str) -> None:
        racing = indexer(ledger, database, first_block=first, span=1 + run % 3, owner=name)
        while (state := History(database).state()) is None or state.final is None:
            try:
                racing.advance()
            except ConflictError:
                overtaken.append(name)

    with tables(database_url) as one, tables(database_url) as other:
        threads = [
            threading.Thread(target=race, args=given) for given in ((one, "one"), (other, "other"))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert contents(one) == afresh(ledger, tmp_path, first_block=first)


def test_while_one_indexer_is_at_work_others_wait_and_take_over_when_it_is_gone(
    ledger: LedgerUnderTest, database: Database, first: int
) -> None:
    now = [1000.0]
    given = {"first_block": first, "clock": lambda: now[0]}
    one = indexer(ledger, database, owner="one", **given)
    other = indexer(ledger, database, owner="other", **given)
    assert one.step()
    ledger.anchored()
    ledger.net.finalise()
    before = contents(database)
    assert other.step()
    assert contents(database) == before, "it left it to the first"
    now[0] += defaults.INDEX_LEASE + 1
    assert other.step()
    assert contents(database) != before
    stop = threading.Event()
    stop.set()
    other.follow(stop)
    ledger.anchored("more")
    assert one.step(), "what has been given back is free at once"
    assert contents(database) != before
