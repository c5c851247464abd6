"""The storage layout, written down a second time: verifiers prove these slots for decades.

A change here is a new contract and a new verifier. That the slots hold what their names say is
tested in `Layout.t.sol` with raw reads.
"""

from contracts.artifact import ledger

SLOTS = {
    "_owner": 0,
    "_pendingOwner": 1,
    "_guardian": 2,
    "_successor": 3,
    "_paused": 3,
    "_schools": 4,
    "_heads": 5,
    "_keys": 6,
    "_nameFallback": 7,
    "_versionFallback": 8,
    "_anchors": 9,
    "_words": 10,
}
# Field → (offset, length) in bytes from the low end of the slot.
STRUCTS = {
    "School": {
        "validFrom": (0, 5),
        "validUntil": (5, 5),
        "suspendedSince": (10, 5),
        "types": (15, 8),
        "nextSeq": (23, 4),
        "statusNonce": (27, 4),
    },
    "Key": {
        "school": (0, 4),
        "validFrom": (4, 5),
        "validUntil": (9, 5),
        "compromisedSince": (14, 5),
        "roles": (19, 1),
    },
    "Anchor": {"key": (0, 20), "time": (20, 5), "seq": (25, 4), "size": (29, 3)},
}


def test_no_variable_has_moved() -> None:
    assert dict(ledger().slots) == SLOTS


def test_no_field_of_a_record_has_moved() -> None:
    assert {name: dict(fields) for name, fields in ledger().structs.items()} == STRUCTS
