"""Claiming what is one's own: a code from the school, the birth date, and a way to come back.

A code that nobody has, one that was used or has expired and a wrong birth date have one answer
after the same steps. The birth date must be as precise as the known one; a more precise one is
taken where only a year or a month is known.
"""

import hmac
from dataclasses import dataclass
from typing import Final

from api.accounts.people import OF_AGE, People
from credential import claimcode
from credential.dates import PartialDate
from credential.errors import RefusedError
from store.accounts import Relation, Way
from store.claims import Claim, Claims

_NOBODY: Final = PartialDate(1900)  # compared where no code was found


@dataclass(frozen=True, slots=True)
class Claiming:
    """Finds and uses up claims. All methods block, and raise UnavailableError."""

    claims: Claims
    people: People

    def find(self, code: str, born: PartialDate) -> Claim:
        """The claim of a code in its one spelling, shown with the pupil's birth date.

        Raises RefusedError ``claim_code.unknown``; also for a guardian's code when the pupil has
        come of age.
        """
        claim = self.claims.find(claimcode.digest(code))
        known = self.people.birth(claim.holding.pupil if claim else "")
        is_right = _is_right(born, known or _NOBODY)
        if claim is None or known is None or not is_right:
            raise RefusedError("claim_code.unknown")
        guardian = claim.holding.relation is Relation.GUARDIAN
        if guardian and known.age(self.people.today()) >= OF_AGE:
            raise RefusedError("claim_code.unknown")
        return claim

    def take(self, code: str, born: PartialDate, way: Way | int) -> int:
        """Use a claim up for a new account with that way in, or for the given one; the account.

        Raises as `find`, and what `Accounts.claim` raises.
        """
        return self.people.accounts.claim(self.find(code, born).digest, way)


def _is_right(given: PartialDate, known: PartialDate) -> bool:
    cut = PartialDate(given.year, given.month if known.month else None,
                      given.day if known.day else None)  # fmt: skip
    held, said = (each.number.to_bytes(4, "big") for each in (known, cut))
    return hmac.compare_digest(held, said)
