"""The pupils behind holdings: their names and birth dates, by the registry or what was issued.

A guardian's access to a pupil's records ends on the day on which the pupil is surely of age
(Civil Code 2015, Article 20: 18 full years); a partial birth date counts as the youngest possible.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from api import clock
from credential.dates import PartialDate
from credential.model import Holder
from credential.records import PupilRecord
from store.accounts import Account, Accounts, Relation

OF_AGE: Final = 18  # full years


class Pupils(Protocol):
    """What knows pupils by ministry code; `registry.desk.Desk` does. Unknown ones are absent."""

    def pupils(self, codes: Sequence[str]) -> Mapping[str, PupilRecord]:
        """Those pupils; blocks. Raises UnavailableError."""
        ...

    def has_personal_no(self, pupil: str, number: str) -> bool:
        """Whether that is the pupil's personal number; blocks. False where none is known."""
        ...


class Issued(Protocol):
    """What knows people out of issued credentials; `store.held.Held` does."""

    def holders(self, pupils: Sequence[str]) -> Mapping[str, Holder]:
        """These pupils as on their newest credentials; blocks."""
        ...


@dataclass(frozen=True, slots=True)
class People:
    """Who is behind an account and its holdings. All methods block, and raise UnavailableError."""

    accounts: Accounts
    registry: Pupils
    issued: Issued
    today: Callable[[], date] = clock.today

    def holders(self, pupils: Sequence[str]) -> Mapping[str, Holder]:
        """Name and birth date by the registry, else by what was issued; others are absent."""
        known = self.registry.pupils(pupils)
        found = {code: Holder(pupil.name, pupil.birth) for code, pupil in known.items()}
        missing = [pupil for pupil in pupils if pupil not in found]
        return {**self.issued.holders(missing), **found} if missing else found

    def birth(self, pupil: str) -> PartialDate | None:
        """One pupil's birth date, if anybody knows it."""
        found = self.holders([pupil]).get(pupil)
        return found.birth if found else None

    def account(self, number: int) -> Account:
        """An account with what it may see today: no guardian sees what belongs to an adult.

        Nor one whose birth date nobody knows, so that a gap never keeps a door open.
        """
        holdings = self.accounts.holdings(number)
        children = [each.pupil for each in holdings if each.relation is Relation.GUARDIAN]
        known = self.holders(children) if children else {}
        on = self.today()
        minors = {pupil for pupil, holder in known.items() if holder.birth.age(on) < OF_AGE}
        kept = (each for each in holdings if each.relation is Relation.SELF or each.pupil in minors)
        return Account(number, tuple(kept))
