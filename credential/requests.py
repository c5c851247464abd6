"""Requests for copies of a register: who asks, in which capacity, by which paper, for what fee."""

from dataclasses import dataclass
from enum import Enum


class Capacity(Enum):
    """Who may ask for a copy: how they stand to the person whom the line names."""

    HOLDER = "holder"
    REPRESENTATIVE = "representative"
    AUTHORISED = "authorised"
    PARENT = "parent"
    CHILD = "child"
    SPOUSE = "spouse"
    SIBLING = "sibling"
    HEIR = "heir"


@dataclass(frozen=True, slots=True)
class CopyRequest:
    """Who asks for a copy, how they stand to its holder, by what paper, and the fee (đồng).

    `dossier` is the number under which the request was taken: the same person may ask again.
    """

    applicant: str
    capacity: Capacity
    proof: str | None = None
    fee: int = 0
    dossier: str | None = None
