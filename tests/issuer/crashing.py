"""Runs `sogoc` and kills it (-9) before or after its n-th call of one port's method.

    python -m tests.issuer.crashing before|after NAME.METHOD N sogoc-arguments…

"before" is a write that failed; "after" is one that failed but happened: the answer never
came. The process really dies: no handler, no flush, no lock released by hand.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from api.cli import run
from chain.writer import LedgerWriter
from registry.desk import Desk
from store.batches import Batches

CLASSES = {"desk": Desk, "store": Batches, "ledger": LedgerWriter}


def arm(when: str, target: str, count: int) -> None:
    """Replace the method by one that dies at its `count`-th call."""
    name, method = target.split(".")
    owner, left = CLASSES[name], [count]
    original: Callable[..., Any] = getattr(owner, method)

    def dying(*args: Any, **options: Any) -> Any:
        left[0] -= 1
        if left[0] == 0 and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*args, **options)
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, method, dying)


if __name__ == "__main__":
    arm(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    sys.exit(run(sys.argv[4:]))
