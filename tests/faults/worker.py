"""What a process does for a deployment, and how it is killed (-9) at a given point.

"before" the N-th call of a port's method is a write that failed; "after" it is one that failed but
happened; "inside" is after the N-th statement of the first call's transaction. The process really
dies: no handler, no flush, no lock released by hand.
"""

import os
import signal
from datetime import date
from typing import Any

from sqlalchemy import event

from api.wiring import System
from chain.writer import LedgerWriter
from credential.facts import Withdrawal
from credential.model import Lane
from issuer.amending import plan
from issuer.locating import Key, by_batches, by_keys
from issuer.mass_revoking import Outcome
from registry.desk import Desk
from store.batches import Batches
from tests.faults.deployments import corrected, order

PORTS = {"desk": Desk, "store": Batches, "ledger": LedgerWriter}
CAUSE = Withdrawal("fraud", "5/QĐ", date(2026, 9, 1))


def arm(when: str, target: str, count: int) -> None:
    """Replace a port's method by one that dies at that point."""
    port, method = target.split(".")
    original, calls = getattr(PORTS[port], method), 0

    def dying(self: Any, *given: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if when == "inside" and calls == 1:
            _die_after(count, self._database.writes)
        if when == "before" and calls == count:
            _die()
        result = original(self, *given, **named)
        if when == "after" and calls == count:
            _die()
        return result

    setattr(PORTS[port], method, dying)


def _die_after(statements: int, engine: Any) -> None:
    done = 0

    def step(*_: object) -> None:
        nonlocal done
        done += 1
        if done == statements:
            _die()

    event.listen(engine, "after_cursor_execute", step)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def work(system: System, act: str, *given: str) -> None:
    """Do one thing, as the command line would."""
    issuing = system.issuing(lambda _stage, _count: None)
    if act == "issue":
        number, size = map(int, given)
        issuing.issue(order(number, size))
    elif act == "amend":
        number, size = map(int, given)
        asked = plan(corrected(number, size), system.desk, system.batches)
        issuing.issue(asked.order)
    elif act == "resume":
        for batch in (*system.batches.unfinished(), *system.batches.unsettled()):
            issuing.resume(batch)
    elif act == "revoke":
        system.revoking.change(given[0], Lane.REVOKED, CAUSE, "A")
    elif act == "suspend":
        system.revoking.change(given[0], Lane.SUSPENDED, CAUSE, "A")
    else:
        revoke_many(system, act, *map(int, given))


def revoke_many(system: System, act: str, number: int, size: int) -> Outcome:
    """Revoke a whole batch, or (``revoke list``) every second one of it by a list of keys."""
    ref, store = order(number, size).ref, system.batches
    places = by_batches(store, [ref])
    if act == "revoke list":
        places = by_keys(store, [Key(place.register_no) for place in places[::2]])
    return system.mass_revoking(lambda _stage, _count: None, lambda _count: None).revoke(
        places, CAUSE, "A"
    )
