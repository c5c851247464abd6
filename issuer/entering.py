"""How an order enters the register of awards: its blanks first, then its lines.

A blank taken for an order that is refused after all is put back; one taken by an order that was
interrupted waits for it, since the same order again finds what it took.
"""

from collections.abc import Iterator

from credential.blanks import Why
from credential.errors import ConflictError, InputError, RefusedError
from credential.records import AwardBatch
from issuer.order import Order
from issuer.ports import BlankStock, RegistryDesk


def enter(
    order: Order, awards: AwardBatch, desk: RegistryDesk, stock: BlankStock
) -> tuple[str, ...]:
    """Take the order's blanks and enter its lines; their register numbers, in order.

    Raises what `BlankStock.take` and `RegistryDesk.enter` raise.
    """
    serials = [serial for _, serial in fresh_serials(order)]
    why = Why(order.prepared_by, order.issued)
    stock.take(awards.school, order.type, serials, order.ref, why)
    try:
        return desk.enter(awards)
    except (ConflictError, InputError, RefusedError) as error:
        if error.code != "award.ref_taken":  # then lines of this order do stand
            stock.release(order.ref, order.prepared_by)
        raise


def fresh_serials(order: Order) -> Iterator[tuple[int, str]]:
    """The rows that need a blank, each with its serial.

    A corrected line keeps its paper; one that is reissued gets another.
    """
    for row, serial in zip(order.rows, order.serials(), strict=True):
        keeps = row.code in order.replaces and not order.reissues(row.code)
        if serial is not None and not keeps:
            yield row.row, serial
