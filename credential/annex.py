"""The annex (phụ lục) of a decision that changes what a line of the register says.

Circular 21/2019/TT-BGDĐT, article 18 (reissue for the issuer's own mistake) and
articles 22–23 (correction).
"""

from dataclasses import dataclass
from enum import Enum

from credential.model import Decision


class AnnexKind(Enum):
    """Whether the paper stays with its serial, or another is given out in its place."""

    CORRECTED = "corrected"
    REISSUED = "reissued"


@dataclass(frozen=True, slots=True)
class Annex:
    """Why a version takes another's place.

    `ground` is one of `issuer.grounds`, `evidence` names the paper that it rests on, `signed_by` is
    who signed the decision. `changes` are field, old and new value as printed, None where there is
    none.
    """

    kind: AnnexKind
    ground: str
    evidence: str
    decision: Decision
    signed_by: str
    changes: tuple[tuple[str, str | None, str | None], ...]
