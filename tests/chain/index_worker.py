"""An indexer in a process of its own, which kills itself (-9) in the middle of its work.

``URL CHAIN_ID CONTRACT STORE FIRST_BLOCK WRITE WHEN``: it dies at its nth transaction,
``before`` or ``after`` that is committed.
"""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from sqlalchemy import Connection

from chain.indexer import Indexer
from chain.node import Node
from chain.provider import connect
from credential.model import Deployment
from database.connections import Database
from store.indexing import Index
from store.schema import STORE


def deadly(write: int, when: str) -> None:
    """Make that transaction of this process its last."""
    numbers, writing = count(1), Database.writing

    @contextmanager
    def last(self: Database) -> Iterator[Connection]:
        mine = next(numbers) == write
        with writing(self) as connection:
            yield connection
            if mine and when == "before":
                os.kill(os.getpid(), signal.SIGKILL)
        if mine:
            os.kill(os.getpid(), signal.SIGKILL)

    Database.writing = last  # type: ignore[method-assign]


if __name__ == "__main__":
    url, chain_id, address, store, first, write, when = sys.argv[1:]
    deadly(int(write), when)
    at = Deployment(int(chain_id), bytes.fromhex(address))
    node, kept = Node(connect(url), at.chain_id), Index(STORE.connect(store))
    Indexer(node, at, kept, first_block=int(first), span=5).advance()
