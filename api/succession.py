"""A school that is no more, and its register in its successor's hands: registry first, then chain.

The registry's word is effective at once: nothing new is issued under the old number, the
successor's head signs what is corrected. On the chain the old number keeps its accreditation,
because what is corrected is anchored under it; its keys are ended and new ones listed for it, which
its successor holds.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from api.schoolkeys import KeyFile
from api.wiring import System
from chain import acts
from chain.acts import Act
from credential.model import Decision, KeyRole
from credential.records import SchoolRecord
from store import audit

_TAKEN = "school.keys_taken"


class Ending(NamedTuple):
    """That a school ends the day before `since`, and who keeps its register."""

    school: SchoolRecord
    successor: SchoolRecord
    since: date
    kind: str
    decision: Decision

    def taken(self, school: int) -> dict[str, object]:
        """What the audit trail says of keys that were replaced because of it."""
        return {"school": school, "successor": self.successor.id}


def record(system: System, ending: Ending) -> bool:
    """Enter a succession in the registry; False if it is there."""
    new = system.department.close(
        ending.school.id, ending.successor.id, ending.since, ending.kind, ending.decision
    )
    system.note(
        "school.closed", school=ending.school.id, successor=ending.successor.id,
        kind=ending.kind, since=ending.since.isoformat(), decision=ending.decision.number,
    )  # fmt: skip
    return new


def registers(system: System, ending: Ending) -> Sequence[int]:
    """The registers that change hands: the school's own and those that it kept.

    Those whose keys were replaced before are left out.
    """
    found, known = [ending.school.id], system.department.successions()
    for school in found:
        found += [each.school for each in known if each.successor == school]
    done = system.store_database
    return [
        school
        for school in found
        if _TAKEN not in {act for _, _, act in audit.about(done, ending.taken(school))}
    ]


def take_over(system: System, school: int) -> list[Act]:
    """What gives a register to new keys and ends those in use.

    Where the school's keys are not here, they are ended; the successor lists its own (`sogoc key
    add`). Keys that wait from a run that was cut off are taken again. Raises RefusedError
    ``govern.batch_unfinished``.
    """
    if system.keystore.holds(system.key_name(school, KeyRole.SIGN)):
        return [act for role in KeyRole for act in KeyFile(system, school, role).replacing()]
    return [acts.retire_key(key.key_id) for key in system.roster.keys(school)]


def replace_keys(system: System, school: int, ending: Ending) -> None:
    """Let the new keys take their places, once the chain lists them."""
    for role in KeyRole:
        if system.keystore.holds(system.key_name(school, role)):
            KeyFile(system, school, role).replace()
    system.note(_TAKEN, **ending.taken(school))
