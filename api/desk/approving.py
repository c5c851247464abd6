"""Approving a whole order in one act: what was seen is matched again, signed for, and issued.

A person who has a key of their own here signs with it, always; the school's seal alone counts only
for who has none, and only where the deployment does not demand one. The key is opened before the
approval is written down, so that a wrong PIN approves nothing; it signs the manifest once the batch
is staged, in the job that the approval asks for (`docs/decisions/0032`).
"""

import threading
from collections.abc import Callable
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


Open = Callable[[Kept], Pen | None]
"""Opens the approver's own key for an order; None where the school's seal alone will do."""


def approve(
    system: "System", number: int, by: Person, ref: str, opened: Open, process: str = PROCESS,
    seen: int | None = None,
) -> int:  # fmt: skip
    """Approve the order `ref`, which had `seen` acts; the number of its job, begun by `process`.

    Said again, it finds the job; where that waits for the person's key, it goes on. Raises what
    `Orders.approve`, `issuer.matching.match` and `opened` raise; then nothing is approved.
    """
    orders = Orders(system.store_database)
    kept = orders.of(number)
    if kept.state is OrderState.PREPARED and kept.ref == ref:
        match(order_of(system, orders, kept, by), system.desk, system.blanks)
    with _ONE:
        kept = orders.of(number)
        if kept.ref != ref or _goes_on(system, kept):
            return orders.approve(number, by, ref, process, anew=False)
        pen, purpose = opened(kept), f"{ISSUE}:{number}"
        if pen:
            system.pens.put(purpose, pen)
        try:
            return orders.approve(number, by, ref, process, seen=seen)
        except BaseException:
            system.pens.drop(purpose)
            raise


def typed(system: "System", by: Person, secret: str, *, last_try: bool = False) -> Open:
    """Opens a person's key with what they typed, where they have one.

    `last_try` says that they know that a wrong PIN now locks their token. What it makes raises what
    `open_pen` raises; RefusedError ``approval.no_key`` where a key is demanded and there is none,
    ``pen.none`` where something was typed for none, ``pen.needed`` where there is one and nothing
    was typed.
    """

    def opened(kept: Kept) -> Pen | None:
        if not place_of(system, kept.school, by.name):
            if system.settings.personal_signature:
                raise RefusedError("approval.no_key", name=by.name)
            if secret:  # it would prove nothing, and nobody would look at it
                raise RefusedError("pen.none", name=by.name)
            return None
        if not secret:
            raise RefusedError("pen.needed", name=by.name)
        return open_pen(system, kept.school, by.name, secret, last=last_try)

    return opened


def _goes_on(system: "System", kept: Kept) -> bool:
    """Whether an order needs nobody's key any more, because its job is at work or done."""
    if kept.job is None or kept.state not in (OrderState.APPROVED, OrderState.ISSUING):
        return kept.state is not OrderState.PREPARED
    return Jobs(system.store_database).of(kept.job).state in _OPEN
