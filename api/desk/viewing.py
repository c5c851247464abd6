"""What whoever approves sees of an order: what it comes to, what was noticed, what it will take.

Everything as plain JSON; sentences come from `web.messages`. Nothing here decides.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from api.desk.issuing import order_of
from api.desk.opening import place_of
from credential.model import latest
from credential.records import Batch
from credential.text import sort_key
from grading.marks import format_hundredths, format_tenths
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
        "changed": kept.changed,
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


def rows(order: Order, numbers: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The rows of an order, with the register `numbers` that pupils got, if they did."""
    for row, serial in zip(order.rows, order.serials(), strict=True):
        yield {
            "row": row.row, "code": row.code, "name": row.name, "birth": row.birth.printed(),
            "class_name": row.class_name, "word": _word(row), "serial": serial,
            "register_no": numbers.get(row.code), "version": order.version(row.code),
        }  # fmt: skip


def line_rows(system: "System", order: Order) -> Iterator[dict[str, Any]]:
    """The lines of the register that an order is made of, in the shape of rows."""
    known = system.desk.lines({asked.line for asked in order.lines})
    for at, asked in enumerate(order.lines, 1):
        line, request = known[asked.line], asked.request
        yield {
            "row": at, "code": asked.line.register_no, "name": line.holder.name,
            "birth": line.holder.birth.printed(),
            "class_name": request.applicant if request else line.page.page if line.page else "",
            "word": line.classification, "serial": line.serial, "register_no": None,
            "version": asked.line.version,
        }  # fmt: skip


def results(order: Order, number: int) -> list[dict[str, Any]] | None:
    """The results in the row of that number, as papers print them; None if there is none."""
    for row in order.rows:
        if row.row == number:
            found = row.results if isinstance(row, ResultsRow) else ()
            return [
                {"subject": one.name, "term": one.term, "result": _result(one)} for one in found
            ]
    return None


def numbers_of(system: "System", kept: Kept) -> Mapping[str, str]:
    """The register numbers that the pupils of a staged order have, by code."""
    batch = system.batches.batch(kept.ref)
    staged = system.batches.staged(batch.id) if batch else ()
    return {one.pupil: one.register_no for one in staged}


def signing(system: "System", kept: Kept, by: Person) -> dict[str, Any]:
    """With what a person would sign: their key in a token or a file, or the school's seal alone."""
    place = place_of(system, kept.school, by.name)
    token = place.token if isinstance(place, DeviceKey) else None
    kind = "token" if token else "file" if place else "none"
    return {"kind": kind, "token": token, "demanded": system.settings.personal_signature}


def _about(system: "System", kept: Kept, order: Order, batch: Batch | None) -> dict[str, Any]:
    decision, signers = order.decision, system.desk.heads(kept.school, order.issued)
    signer = order.signer or (signers[0].name if signers else None)
    new = [row.code for row in order.rows if row.code not in order.replaces]
    serials = [serial for serial in order.serials() if serial]
    return {
        "issued": order.issued.isoformat(), "signer": signer, "reason": order.reason,
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
    words = Counter(word for row in found if (word := _word(row)))
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


def _word(row: PupilRow | ResultsRow) -> str | None:
    """What a row comes to, in one word: the classification, or the year's title or level."""
    if isinstance(row, PupilRow):
        return row.classification
    return row.title or latest(row.outcomes).study or row.promotion


def _result(one: Any) -> str:
    if one.mark is not None:
        return format_tenths(one.mark)
    if one.points is not None:
        return f"{one.letter or ''} {format_hundredths(one.points)}".strip()
    return one.rating or one.letter or ""
