"""What a key did since it fell into the wrong hands: batches, marks, and whose they are.

The chain says which batches a key anchored and which marks it set; which signing key signed a
batch only the store knows, so every batch of the school that the store does not hold is named too.
"""

from collections.abc import Iterator
from typing import Any

from api.wiring import System
from chain.roster import AnchoredBatch
from credential.errors import FormatError
from credential.model import KeyRole
from credential.records import Batch
from web import messages


def affected_by(system: System, key_id: bytes, since: int | None) -> dict[str, Any]:
    """The batches and marks, for programs; `key_id` has 32 bytes.

    Raises FormatError ``govern.key_unknown``, or ``govern.since_missing`` when the key was not
    marked compromised and no time is given.
    """
    key = system.roster.key(key_id)
    if not key.valid_from:
        raise FormatError("govern.key_unknown", key=f"0x{key_id.hex()}")
    start = key.compromised_since if since is None else since
    if not start:
        raise FormatError("govern.since_missing")
    ours = {batch.root: batch for batch in system.batches.of_school(key.school)}
    address = key_id[-20:]
    batches = []
    for anchored in system.roster.anchored(key.school):
        batch = ours.get(anchored.root)
        signed = key.roles & KeyRole.SIGN and (batch is None or batch.kid == key_id)
        if anchored.time >= start and (signed or anchored.key == address):
            batches.append(_batch_json(system, anchored, batch))
    marks = system.roster.marks(key.school, address, start)
    return {
        "school": key.school,
        "since": start,
        "batches": batches,
        "marks": [
            {"root": f"0x{mark.root.hex()}", "time": mark.time, "lanes": mark.lanes,
             "register_numbers": _numbers(system, ours.get(mark.root), list(mark.lanes))}
            for mark in marks
        ],
    }  # fmt: skip


def affected_lines(lang: str, found: dict[str, Any]) -> Iterator[str]:
    """The same for people."""
    count = len(found["batches"]) + len(found["marks"])
    yield messages.text(lang, "govern.affected", count=count, time=found["since"])
    for batch in found["batches"]:
        known = "govern.batch_ours" if batch["ours"] else "govern.batch_foreign"
        yield "  " + messages.text(lang, known, **batch)
    for mark in found["marks"]:
        yield "  " + messages.text(lang, "govern.marked", **mark)


def _batch_json(system: System, anchored: AnchoredBatch, batch: Batch | None) -> dict[str, Any]:
    return {
        "seq": anchored.seq,
        "root": f"0x{anchored.root.hex()}",
        "size": anchored.size,
        "time": anchored.time,
        "ours": batch is not None,
        "register_numbers": _numbers(system, batch, None),
    }


def _numbers(system: System, batch: Batch | None, indices: list[int] | None) -> list[str]:
    if batch is None:
        return []
    staged = system.batches.staged(batch.id)
    return [row.register_no for row in staged if indices is None or row.index in indices]
