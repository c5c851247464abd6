"""Approving a whole order in one act: what was seen is matched again, signed for, and issued.

A person who has a key of their own here signs with it, always; the school's seal alone counts only
for who has none, and only where the deployment does not demand one. The key is opened before the
approval is written down, so that a wrong PIN approves nothing; it signs the manifest once the batch
is staged, in the job that the approval asks for (`docs/decisions/0032`).
"""

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.desk.issuing import order_of
from api.desk.jobs import PROCESS
from api.desk.opening import open_pen, place_of
from api.pens import Pen
from credential.errors import RefusedError
from issuer.matching import match
from store.jobs import Jobs, JobState
from store.order_records import Kept, OrderState, Person
from store.orders import ISSUE, Orders

if TYPE_CHECKING:
    from api.wiring import System

_ONE = threading.Lock()  # one approval at a time opens a key and hands it to its job
_OPEN = (JobState.WAITING, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class Approval:
    """What a person says who approves: the order `ref` as they saw it, and what opens their key.

    `last_try` says that they know that a wrong PIN now locks their token.
    """

    ref: str
    secret: str = ""
    last_try: bool = False


def approve(
    system: "System", number: int, by: Person, said: Approval, process: str = PROCESS
) -> int:
    """Approve an order; the number of its job, which `process` begins.

    Said again, it finds the job; where that waits for the person's key, it goes on. Raises what
    `Orders.approve`, `issuer.matching.match` and `open_pen` raise; RefusedError
    ``approval.no_key`` where a key is demanded and there is none, ``pen.needed`` where there is one
    and nothing was typed. Then nothing is approved.
    """
    orders = Orders(system.store_database)
    kept = orders.of(number)
    if kept.state is OrderState.PREPARED and kept.ref == said.ref:
        match(order_of(system, orders, kept, by), system.desk)
    with _ONE:
        kept = orders.of(number)
        if _goes_on(system, kept):
            return orders.approve(number, by, said.ref, process)
        pen, purpose = _pen(system, kept, by, said), f"{ISSUE}:{number}"
        if pen:
            system.pens.put(purpose, pen)
        try:
            return orders.approve(number, by, said.ref, process)
        except BaseException:
            system.pens.drop(purpose)
            raise


def _goes_on(system: "System", kept: Kept) -> bool:
    """Whether an order needs nobody's key any more, because its job is at work or done."""
    if kept.job is None or kept.state not in (OrderState.APPROVED, OrderState.ISSUING):
        return kept.state is not OrderState.PREPARED
    return Jobs(system.store_database).of(kept.job).state in _OPEN


def _pen(system: "System", kept: Kept, by: Person, said: Approval) -> Pen | None:
    if not place_of(system, kept.school, by.name):
        if system.settings.personal_signature:
            raise RefusedError("approval.no_key", name=by.name)
        return None
    if not said.secret:
        raise RefusedError("pen.needed", name=by.name)
    return open_pen(system, kept.school, by.name, said.secret, last=said.last_try)
