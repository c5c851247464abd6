"""What whoever approves sees of an order: what it comes to, what was noticed, what it will take.

Everything as plain JSON; sentences come from `web.messages`. Nothing here decides.
"""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from api.desk.issuing import order_of
from api.desk.opening import place_of
from api.desk.rows import chosen, numbers_of, word
from credential.records import Batch
from credential.text import sort_key
from issuer import kept_order
from issuer.devicekeys import DeviceKey
from issuer.intake.rows import PupilRow, ResultsRow
from issuer.order import Order
from store.order_records import Kept, OrderState, Person
from store.orders import Orders
from web import messages

if TYPE_CHECKING:
    from api.wiring import System


def head(kept: Kept) -> dict[str, Any]:
    """An order in a list."""
    return {
        "id": kept.id, "school": kept.school, "type": kept.type.key, "year": kept.year,
        "size": kept.size, "state": kept.state.value, "prepared_by": kept.prepared_by.name,
        "approved_by": kept.approved_by.name if kept.approved_by else None,
        "changed": kept.changed, "due": iso(kept.due), "paper_due": iso(kept.paper_due),
    }  # fmt: skip


def whole(system: "System", orders: Orders, kept: Kept) -> dict[str, Any]:
    """An order with all that its approval rests on, but for its rows."""
    acts = [
        {"act": one.act, "by": one.by.name, "reason": one.reason, "at": one.at}
        for one in orders.acts(kept.id)
    ]
    shown = head(kept) | {"ref": kept.ref, "acts": acts}
    batch = system.batches.batch(kept.ref)
    shown["batch"] = _batch(system, batch) if batch else None
    content, findings = orders.content(kept.id)
    if not content:
        return shown | {"about": None, "notices": [], "changes": []}
    order = order_of(system, orders, kept, None)
    noticed = json.loads(findings)
    return shown | {
        "about": _about(system, kept, order, batch) | {"last": _last(orders, kept)},
        "notices": [
            one | {"text": messages.both(one["code"], **one["params"])}
            for one in noticed["notices"]
        ],
        "changes": noticed["changes"],
    }


def iso(day: date | None) -> str | None:
    """A day for a page; None for none."""
    return day.isoformat() if day else None


def signing(system: "System", kept: Kept, by: Person) -> dict[str, Any]:
    """With what a person would sign: their key in a token or a file, or the school's seal alone."""
    place = place_of(system, kept.school, by.name)
    token = place.token if isinstance(place, DeviceKey) else None
    kind = "token" if token else "file" if place else "none"
    return {"kind": kind, "token": token, "demanded": system.settings.personal_signature}


def _about(system: "System", kept: Kept, order: Order, batch: Batch | None) -> dict[str, Any]:
    decision, signer = order.decision, chosen(system, kept.school, order)
    school = system.desk.school(order.school, order.issued)
    new = [row.code for row in order.rows if row.code not in order.replaces]
    serials = [serial for serial in order.serials() if serial]
    return {
        "issued": order.issued.isoformat(), "school_name": school.name if school else None,
        "signer": f"{signer.title} {signer.name}" if signer else order.signer,
        "reason": order.reason, "requested": iso(order.requested),
        "decision": decision and {"number": decision.number, "on": decision.on.isoformat()},
        "annexes": [
            {
                "number": one.decision.number, "on": one.decision.on.isoformat(),
                "signed_by": one.signed_by, "evidence": one.evidence,
            }
            for one in order.annexes.values()
        ],
        "serials": [serials[0], serials[-1]] if serials else None,
        "register": None
        if order.lines
        else _register(system, kept, new, taken=batch is not None),
        "new": len(new) + len(order.lines), "corrected": len(order.replaces), **_sums(order.rows),
    }  # fmt: skip


def _register(system: "System", kept: Kept, new: Sequence[str], *, taken: bool) -> list[str] | None:
    """The first and last register number of new lines: as they are, or would be now."""
    if not new:
        return None
    if taken:
        numbers = numbers_of(system, kept)
        found = sorted(numbers[code] for code in new if code in numbers)
        return [found[0], found[-1]] if found else None
    return list(system.desk.coming(kept.type, kept.school, kept.year, len(new)))


def _sums(found: Sequence[PupilRow | ResultsRow]) -> dict[str, Any]:
    classes = Counter(row.class_name for row in found if row.class_name)
    words = Counter(filter(None, map(word, found)))
    return {
        "classes": [[one, classes[one]] for one in sorted(classes, key=sort_key)],
        "words": sorted(words.items(), key=lambda pair: -pair[1]),
    }


def _last(orders: Orders, kept: Kept) -> dict[str, Any] | None:
    """What the school's last order of that kind came to, for comparing."""
    for one in orders.listed([kept.school], [OrderState.ISSUED]):
        content, _ = orders.content(one.id)
        if one.id != kept.id and one.type is kept.type and content:
            old = kept_order.decode(content)
            return {"id": one.id, "year": one.year, "size": one.size, **_sums(old.rows)}
    return None


def _batch(system: "System", batch: Batch) -> dict[str, Any]:
    approval = system.batches.approval(batch.id)
    states = approval.states(batch) if approval else {}
    return {
        "seq": batch.seq, "state": batch.state.value, "block": batch.block,
        "record": [
            {"state": state.value, "by": who, "at": at} for state, (who, at) in states.items()
        ],
    }  # fmt: skip
