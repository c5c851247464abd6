"""The department's acts on the contract, as values: who may sign them and which call is missing.

Decides that every act is idempotent: it looks at the storage slots that it would change and asks
for no call when they say already what it would make them say. Nothing is read or sent here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from chain import contract
from chain.hexvalues import to_word
from credential.keys import PublicKey
from credential.model import KeyRole


class Office(Enum):
    """Whose signature the contract wants on an act."""

    OWNER = "owner"
    GUARDIAN = "guardian"  # or the owner
    NEXT_OWNER = "next_owner"  # to whom ownership was offered


@dataclass(frozen=True, slots=True)
class Invocation:
    """A function of the contract with its arguments in order."""

    function: str
    arguments: tuple[object, ...] = ()


Missing = Callable[[Sequence[int], int], Invocation | None]


@dataclass(frozen=True, slots=True)
class Act:
    """One act. `missing` gets what stands in `slots` and the head's time in seconds.

    `purpose` names it in the outbox. What can be done and undone is numbered by the events
    (`event`, and its first indexed value, or None for any) that the chain holds so far: until it
    is mined, asking again finds the same transaction, and afterwards it is another act.
    """

    purpose: str
    office: Office
    slots: tuple[int, ...]
    missing: Missing
    event: str | None = None
    about: str | None = None


def set_school(school: int, types: int, valid_from: int = 0, valid_until: int = 0) -> Act:
    """Accredit a school for credential types (bits). Times in seconds; 0: now, and no end.

    `valid_from` is used when the school is new. Types already given stay.
    """

    def missing(slots: Sequence[int], _: int) -> Invocation | None:
        known = contract.unpack("School", slots[0])
        wanted = types | known["types"]
        if known["validFrom"] and (known["validUntil"], known["types"]) == (valid_until, wanted):
            return None
        start = 0 if known["validFrom"] else valid_from
        return Invocation("setSchool", (school, start, valid_until, wanted))

    return _of_school("set-school", school, "SchoolSet", Office.OWNER, missing)


def suspend_school(school: int) -> Act:
    """Stop a school from issuing, from now on."""

    def missing(slots: Sequence[int], _: int) -> Invocation | None:
        suspended = contract.unpack("School", slots[0])["suspendedSince"]
        return None if suspended else Invocation("suspendSchool", (school,))

    return _of_school("suspend-school", school, "SchoolSuspended", Office.GUARDIAN, missing)


def reinstate_school(school: int) -> Act:
    """End a suspension."""

    def missing(slots: Sequence[int], _: int) -> Invocation | None:
        known = contract.unpack("School", slots[0])
        stands = known["validFrom"] and not known["suspendedSince"]
        return None if stands else Invocation("reinstateSchool", (school,))

    return _of_school("reinstate-school", school, "SchoolReinstated", Office.OWNER, missing)


def add_signing_key(school: int, key: PublicKey, valid_from: int = 0, valid_until: int = 0) -> Act:
    """List a key with which a school signs credentials."""
    return _add_key(school, key.kid, valid_from, valid_until, KeyRole.SIGN, key.raw)


def add_chain_key(
    school: int, address: bytes, roles: int, valid_from: int = 0, valid_until: int = 0
) -> Act:
    """List an address (20 bytes) that may anchor (1), suspend (2) or revoke (4)."""
    return _add_key(school, contract.key_id(address), valid_from, valid_until, roles, b"")


def retire_key(key: bytes) -> Act:
    """End a key's validity now; `key` is its id of 32 bytes."""

    def missing(slots: Sequence[int], now: int) -> Invocation | None:
        until = contract.unpack("Key", slots[0])["validUntil"]
        return None if until and until <= now else Invocation("retireKey", (key,))

    return _of_key(f"retire-key:{key.hex()}", key, Office.OWNER, missing)


def mark_compromised(key: bytes, since: int) -> Act:
    """Say since when (seconds) a key is in the wrong hands; a later time changes nothing."""

    def missing(slots: Sequence[int], _: int) -> Invocation | None:
        known = contract.unpack("Key", slots[0])["compromisedSince"]
        earlier = not known or since < known
        return Invocation("markCompromised", (key, since)) if earlier else None

    return _of_key(f"mark-compromised:{key.hex()}:{since}", key, Office.GUARDIAN, missing)


def set_guardian(guardian: bytes) -> Act:
    """Appoint the guardian by address (20 bytes; all zero: nobody)."""

    def missing(slots: Sequence[int], _: int) -> Invocation | None:
        stands = contract.address_in(slots[0]) == guardian
        return None if stands else Invocation("setGuardian", (guardian,))

    purpose, slots = f"set-guardian:{guardian.hex()}", (contract.slot("_guardian"),)
    return Act(purpose, Office.OWNER, slots, missing, "GuardianSet")


def pause() -> Act:
    """Stop anchoring everywhere."""
    return _switch("pause", Office.GUARDIAN, paused=True)


def unpause() -> Act:
    """Let anchoring go on."""
    return _switch("unpause", Office.OWNER, paused=False)


def retire(successor: bytes) -> Act:
    """End anchoring here for good in favour of another contract (20 bytes)."""

    def missing(slots: Sequence[int], _: int) -> Invocation | None:
        stands = contract.address_in(slots[0]) == successor
        return None if stands else Invocation("retire", (successor,))

    purpose, slots = f"retire:{successor.hex()}", (contract.slot("_successor"),)
    return Act(purpose, Office.OWNER, slots, missing)


def offer_ownership(to: bytes) -> Act:
    """Offer the contract to another owner (20 bytes), who has to accept."""

    def missing(slots: Sequence[int], _: int) -> Invocation | None:
        stands = to in map(contract.address_in, slots)
        return None if stands else Invocation("transferOwnership", (to,))

    slots = (contract.slot("_owner"), contract.slot("_pendingOwner"))
    purpose = f"offer-ownership:{to.hex()}"
    return Act(purpose, Office.OWNER, slots, missing, "OwnershipTransferStarted")


def accept_ownership(by: bytes) -> Act:
    """Take the contract over, as the account (20 bytes) to which it was offered."""

    def missing(slots: Sequence[int], _: int) -> Invocation | None:
        stands = contract.address_in(slots[0]) == by
        return None if stands else Invocation("acceptOwnership")

    purpose, slots = f"accept-ownership:{by.hex()}", (contract.slot("_owner"),)
    return Act(purpose, Office.NEXT_OWNER, slots, missing, "OwnershipTransferred")


def _of_school(purpose: str, school: int, event: str, office: Office, missing: Missing) -> Act:
    slots = (contract.school_slot(school),)
    return Act(f"{purpose}:{school}", office, slots, missing, event, to_word(school))


def _of_key(purpose: str, key: bytes, office: Office, missing: Missing) -> Act:
    return Act(purpose, office, (contract.key_slot(key),), missing)


def _add_key(school: int, key: bytes, start: int, end: int, roles: int, public_key: bytes) -> Act:
    def missing(slots: Sequence[int], now: int) -> Invocation | None:
        known = contract.key_of(key, slots[0])
        ended = (known.valid_until and known.valid_until <= now) or known.compromised_since
        if known.valid_from and (known.school, known.roles) == (school, roles) and not ended:
            return None
        # One that is taken or has ended is refused by the contract, which says why.
        return Invocation("addKey", (school, key, start, end, roles, public_key))

    return _of_key(f"add-key:{key.hex()}", key, Office.OWNER, missing)


def _switch(purpose: str, office: Office, *, paused: bool) -> Act:
    def missing(slots: Sequence[int], _: int) -> Invocation | None:
        return None if contract.paused_in(slots[0]) == paused else Invocation(purpose)

    event = "Paused" if paused else "Unpaused"
    return Act(purpose, office, (contract.slot("_paused"),), missing, event)
