"""What the audit trail calls each act: the one list, in groups as people look for them.

`web.messages` has words for each (under ``audited``); tests refuse an act that is not here, or that
nothing does any more, or that has no words.
"""

from collections.abc import Mapping
from enum import Enum

from credential.records import BatchState
from store.order_records import OrderState
from store.reports import ReportState
from store.transfer_records import TransferState
from store.withdrawals import State


def _each(group: str, states: type[Enum], *more: str) -> tuple[str, ...]:
    return tuple(f"{group}.{state}" for state in (*(one.value for one in states), *more))


GROUPS: Mapping[str, tuple[str, ...]] = {
    "orders": _each("order", OrderState, "cancelling"),
    "batches": (
        "batch.prepared", "batch.approved", *_each("batch", BatchState), "batch.countersigned",
        "batch.certified", "batch.settled", "batch.abandoned",
    ),
    "withdrawals": (*_each("withdrawal", State), "credential.lane", "paper.returned"),
    "register": ("register.taken", "registry.imported", "registry.loaded"),
    "old_lines": (
        "old_line.entered", "old_line.checked", "old_line.returned", "old_line.withdrawn",
        "scans.erased",
    ),
    "blanks": (
        "blanks.received", "blanks.used", "blanks.released", "blanks.spoiled", "blanks.destroyed",
    ),
    "papers": ("template.set", "template.cleared", "notices.put"),
    "claims": ("claims.made",),
    "schools": (
        "school.head", "school.deputy", "school.term_ended", "school.term_void", "school.renamed",
        "school.closed", "school.keys_taken",
    ),
    "staff": (
        "staff.added", "staff.linked", "staff.ended", "staff.reset", "staff.password",
        "staff.factor", "staff.recovered", "staff.signed_in", "staff.signed_out", "sessions.ended",
    ),
    "refused": ("staff.refused",),
    "programs": ("service_key.made", "service_key.ended", "client.made", "client.retired"),
    "keys": ("key.made", "key.used", "key.replaced", "key.seal", "key.personal"),
    "chain": ("transaction.stored", "transaction.replaced"),
    "holders": (
        "account.claimed", "account.entered", "account.way", "account.withdrawn",
        "holder_key.added", "holder_key.ended", "consent.given", "consent.withdrawn",
        "share.made", "share.expired", "share.withdrawn", "share.used_up", "share.locked",
    ),
    "transfers": (
        *_each("transfer", TransferState), "transfer.recoded", "transfer.decided",
        "transfer.undecided",
    ),
    "reports": (
        *_each("report", ReportState), "report.answered", "report.contact_read", "report.erased",
    ),
    "lists": ("list.received",),
    "pupils": ("pupils.seen",),
    "log": ("audit.forgotten",),
}  # fmt: skip
"""Acts by group, as they are called in the trail."""

ACTS = frozenset(act for acts in GROUPS.values() for act in acts)
"""All of them."""


def meant(text: str) -> frozenset[str]:
    """The acts of a group, or those that begin with a text; none for what is neither."""
    if text in GROUPS:
        return frozenset(GROUPS[text])
    return frozenset(act for act in ACTS if act.startswith(text))
