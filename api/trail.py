"""The audit trail for people and for auditors: exported, read again, compared with the chain."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from api import spreadsheet
from api.wiring import System
from chain.auditheads import AuditHead, audit_heads
from chain.node import Node
from credential.errors import FormatError
from store.audit import Entry, entries, first_wrong
from web import messages

HEADINGS = ("seq", "at", "actor", "act", "detail", "prev", "hash")


@dataclass(frozen=True, slots=True)
class Findings:
    """What became of looking at a trail.

    `wrong` is the first entry that does not fit, None for a whole trail; `newest` the newest head
    on chain, None where there is none.
    """

    entries: int
    wrong: int | None
    newest: AuditHead | None


def heads_on_chain(system: System, senders: Iterable[bytes]) -> list[AuditHead]:
    """What the batches of the deployment carried, up to the finalised block."""
    node = Node(system.web3, system.deployment.chain_id)
    found = audit_heads(
        node, system.deployment.contract, frozenset(senders), system.first_block,
        node.block("finalized"),
    )  # fmt: skip
    return [head for head in found if head.number]


def judge(trail: Iterable[Entry], heads: Iterable[AuditHead]) -> Findings:
    """Recompute a trail and compare it with what the chain holds."""
    carried, counted = list(heads), _Counted(trail)
    wrong = first_wrong(counted, [(head.number, head.hash) for head in carried])
    newest = max(carried, key=lambda head: head.number, default=None)
    return Findings(counted.number, wrong, newest)


class _Counted:
    """A trail that knows how many entries of it were read."""

    def __init__(self, trail: Iterable[Entry]) -> None:
        self._trail, self.number = trail, 0

    def __iter__(self) -> Iterator[Entry]:
        for entry in self._trail:
            self.number += 1
            yield entry


def as_lines(trail: Iterable[Entry]) -> Iterator[str]:
    """JSON lines, an entry each; `from_lines` reads them."""
    for entry in trail:
        yield json.dumps(_fields(entry), ensure_ascii=False) + "\n"


def as_csv(trail: Iterable[Entry]) -> bytes:
    """The same for spreadsheet programs, times as people write them; nothing is a formula."""
    rows = (
        [{**_fields(entry), "at": messages.local_time(entry.at)}[name] for name in HEADINGS]
        for entry in trail
    )
    return spreadsheet.as_csv(HEADINGS, rows)


def from_lines(lines: Iterable[str]) -> Iterator[Entry]:
    """The entries of an export. Raises FormatError ``audit.line`` (line)."""
    for number, line in enumerate(lines, 1):
        try:
            yield _entry(json.loads(line))
        except (ValueError, TypeError, KeyError) as error:
            raise FormatError("audit.line", line=number) from error


def _fields(entry: Entry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "at": entry.at,
        "actor": entry.actor,
        "act": entry.act,
        "detail": entry.detail,
        "prev": entry.prev.hex(),
        "hash": entry.hash.hex(),
    }


def _entry(found: Mapping[str, Any]) -> Entry:
    if found.keys() != set(HEADINGS):
        raise ValueError("other members than an entry has")
    return Entry(
        found["seq"], bytes.fromhex(found["prev"]), found["at"], found["actor"], found["act"],
        found["detail"], bytes.fromhex(found["hash"]),
    )  # fmt: skip


def system_trail(system: System) -> Iterator[Entry]:
    """The trail of a deployment."""
    return entries(system.store_database)
