"""Claiming what is one's own: a code from the school, the birth date, and a way to come back.

The slip says what confirms its code: the pupil's birth date or personal number; never the other,
and never either of them without the code. A code that nobody has, one that was used or has expired,
and what does not confirm it have one answer after the same steps. A birth date must be as precise
as the known one; a more precise one is taken where only a year or a month is known.
"""

import hmac
from dataclasses import dataclass
from typing import Final

from api.accounts.people import OF_AGE, People
from api.births import birth
from credential import claimcode, personalno
from credential.dates import PartialDate
from credential.errors import FormatError, RefusedError
from store.accounts import Relation, Way
from store.claims import Claim, Claims, Confirmation

_NOBODY: Final = PartialDate(1900)  # compared where no code was found
Known = PartialDate | str
"""What somebody says to know of a pupil: a birth date, or a personal number of 12 digits."""


def known_of(born: str, personal_no: str) -> Known:
    """What was typed, of which one must be empty; digits may be in groups.

    Raises FormatError ``request.invalid``, ``personal_no.invalid`` (masked) and what `birth` does.
    """
    if bool(born) == bool(personal_no):
        raise FormatError("request.invalid", where="born, personal_no")
    if born:
        return birth(born)
    number = "".join(personal_no.split())
    personalno.check_shape(number)
    return number


@dataclass(frozen=True, slots=True)
class Claiming:
    """Finds and uses up claims. All methods block, and raise UnavailableError."""

    claims: Claims
    people: People

    def find(self, code: str, known: Known) -> Claim:
        """The claim of a code in its one spelling, shown with what confirms it.

        Raises RefusedError ``claim_code.unknown``; also for a guardian's code when the pupil has
        come of age.
        """
        claim = self.claims.find(claimcode.digest(code))
        pupil = claim.holding.pupil if claim else ""
        birth_date = self.people.birth(pupil)
        confirmed = self._confirmed(pupil, birth_date or _NOBODY, known)
        if claim is None or birth_date is None or confirmed is not claim.confirmation:
            raise RefusedError("claim_code.unknown")
        guardian = claim.holding.relation is Relation.GUARDIAN
        if guardian and birth_date.age(self.people.today()) >= OF_AGE:
            raise RefusedError("claim_code.unknown")
        return claim

    def _confirmed(self, pupil: str, birth_date: PartialDate, known: Known) -> Confirmation | None:
        """As what it is right, if it is; the registry says so of a number, and tells none."""
        if isinstance(known, PartialDate):
            return Confirmation.BIRTH if _is_right(known, birth_date) else None
        is_right = self.people.registry.has_personal_no(pupil, known)
        return Confirmation.PERSONAL_NO if is_right else None

    def take(self, code: str, known: Known, way: Way | int) -> int:
        """Use a claim up for a new account with that way in, or for the given one; the account.

        Raises as `find`, and what `Accounts.claim` raises.
        """
        return self.people.accounts.claim(self.find(code, known).digest, way)


def _is_right(given: PartialDate, known: PartialDate) -> bool:
    cut = PartialDate(given.year, given.month if known.month else None,
                      given.day if known.day else None)  # fmt: skip
    held, said = (each.number.to_bytes(4, "big") for each in (known, cut))
    return hmac.compare_digest(held, said)
