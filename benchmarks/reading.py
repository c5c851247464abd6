"""What the chain says for a verification: out of the indexer's tables, and from a node beside it.

A school issues 60 small batches for real (embedded chain, SQLite store). Asked for `first`, each
batch is one that nobody has asked about yet at that block; `again`, all keep it in memory. The node
is in this process, or behind HTTP on this machine: one elsewhere adds a round trip to each first
answer. At the end stands what an index costs: records per second, read and compared anew.
"""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from api.wiring import System
from benchmarks.deployment import deployed, diplomas, issue
from benchmarks.measure import Rate, Target, rate, show
from chain.indexed import IndexedLedger
from chain.node import Node
from chain.provider import close, connect
from chain.reader import LedgerReader
from store.indexing import Index
from verifier.ports import Ledger

BATCHES, PUPILS = 60, 5
_LONG = 3600.0  # seconds: nothing is looked up again while this measures

Question = tuple[int, bytes, bytes, int]


def main() -> list[Target]:
    """Print the table; nothing is aimed for."""
    with TemporaryDirectory() as temporary, deployed(Path(temporary) / "data") as system:
        questions = [_asked(system, number) for number in range(BATCHES)]
        system.indexer.advance()
        address = (Path(temporary) / "data/chain.sqlite.address").read_text()
        remote = connect(address)
        sources: dict[str, Callable[[], Ledger]] = {
            "the indexer's tables": lambda: _index(system),
            "a node in this process": lambda: _node(system, Node(system.web3, _chain(system))),
            "a node over HTTP, same machine": lambda: _node(system, Node(remote, _chain(system))),
        }
        for title, measured in (("first", _first), ("again", _again)):
            rows = [(name, measured(make, questions)) for name, make in sources.items()]
            show(f"Facts about a credential, asked for {title}", rows)
        close(remote)
        show("Indexing", [("all records anew", _indexing(system))])
    return []


def _asked(system: System, number: int) -> Question:
    batch = issue(system, diplomas(system, PUPILS, number * PUPILS))
    assert batch.root is not None
    return batch.school, batch.kid[:8], batch.root, number % PUPILS


def _chain(system: System) -> int:
    return system.deployment.chain_id


def _node(system: System, node: Node) -> LedgerReader:
    first = system.first_block
    return LedgerReader(node, system.deployment, first_block=first, max_age=_LONG)


def _index(system: System) -> IndexedLedger:
    given = {"max_age": _LONG, "kept": _LONG}
    return IndexedLedger(system.history, system.reader, system.deployment, **given)


def _first(make: Callable[[], Ledger], questions: list[Question]) -> Rate:
    def work() -> int:
        ledger = make()
        ledger.facts(questions[0][0], b"", None, 0)  # which block is final, and the school's keys
        return _ask(ledger, questions)

    return rate(work)


def _again(make: Callable[[], Ledger], questions: list[Question]) -> Rate:
    ledger = make()
    _ask(ledger, questions)
    return rate(lambda: _ask(ledger, questions * 20))


def _ask(ledger: Ledger, questions: list[Question]) -> int:
    for question in questions:
        assert ledger.facts(*question).anchor is not None
    return len(questions)


def _indexing(system: System) -> Rate:
    def work() -> int:
        system.indexer.rebuild()
        return sum(1 for _ in Index(system.store_database).changes(-1))

    return rate(work)


if __name__ == "__main__":
    main()
