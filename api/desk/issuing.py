"""The job that an approval asks for: an approved order is issued, from wherever it stopped.

Whoever has a personal key signs what they approved with it. It was opened when they approved
(`api.pens`); where it is closed by now, the job fails and waits for its person, and nothing is
sealed without it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from api.desk.jobs import Report, Runner
from api.desk.opening import place_of
from credential.errors import RefusedError
from credential.keys import Signer
from issuer import kept_order
from issuer.cycle import Issuing
from issuer.order import Order
from store.jobs import Job
from store.order_records import Kept, OrderState, Person
from store.orders import Orders

if TYPE_CHECKING:
    from api.wiring import System


def run(system: "System", job: Job, report: Report) -> Mapping[str, Any]:
    """Issue the order of a job up to FINAL."""
    orders = Orders(system.store_database)
    kept = orders.of(job.what["order"])
    by = kept.approved_by
    if by is None:
        raise RefusedError("order.state", found=kept.state.value, asked=OrderState.ISSUING.value)

    def stage(name: str, total: int) -> None:
        if name in ("staged", "signed"):
            orders.move(kept.id, OrderState.ISSUING, by)
        report.stage(name, total)

    issuing = replace(
        signed_by(system, job.purpose, system.issuing(stage)),
        before_sending=lambda batch: report.bind() if batch.ref == kept.ref else orders.bind(batch),
    )
    batch, _ = issuing.issue(order_of(system, orders, kept, by))
    system.pens.drop(job.purpose)
    orders.move(kept.id, OrderState.ISSUED, by)
    return {"school": batch.school, "seq": batch.seq, "size": batch.size, "block": batch.block}


def undo(system: "System", job: Job) -> None:
    """Take back what was done of an order that is to be given up, before anything of it was sent.

    Its numbers in the register and its batch's are free again. Raises ConflictError ``batch.sent``,
    ``batch.not_last`` and ``award.not_last``: then approving it again goes on.
    """
    orders = Orders(system.store_database)
    kept = orders.of(job.what["order"])
    system.pens.drop(job.purpose)
    # The store first: a batch without its lines in the register must never be sent.
    if batch := system.batches.batch(kept.ref):
        system.batches.abandon(batch.id)
    system.desk.take_back(kept.ref)
    system.blanks.release(kept.ref, kept.prepared_by.name)
    asked = [one.by for one in orders.acts(kept.id) if one.act == "cancelling"]
    orders.move(kept.id, OrderState.CANCELLED, asked[-1] if asked else kept.prepared_by)


RUNNER = Runner(run, undo)


def order_of(system: "System", orders: Orders, kept: Kept, by: Person | None) -> Order:
    """What an order says, with who approves it and the keys that its holders have now."""
    content, _ = orders.content(kept.id)
    order = kept_order.decode(content, by.name if by else "")
    keys = system.holder_keys.keys_of([row.code for row in order.rows])
    return replace(order, holder_keys=keys)


def signed_by(system: "System", purpose: str, issuing: Issuing) -> Issuing:
    """The cycle with the personal key that was opened for a purpose.

    Who has a key here that is not open is asked for it: RefusedError ``pen.closed``.
    """

    def personal(school: int, name: str) -> Signer | None:
        pen = system.pens.of(purpose)
        if pen is not None and pen.is_of(school, name):
            return pen.signer
        if place_of(system, school, name):
            raise RefusedError("pen.closed", name=name)
        return None

    def certificates(school: int, name: str) -> Sequence[bytes]:
        pen = system.pens.of(purpose)
        if name and pen is not None and pen.is_of(school, name):
            return pen.certificates
        return system.certificates(school, name)

    return replace(issuing, personal=personal, certificates=certificates)
