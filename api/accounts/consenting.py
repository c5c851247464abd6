"""Who must have consented before a pupil's results are shared, by age; and what each has said.

Under 7 the guardian alone, from 7 to 17 pupil and guardian both, from 18 the pupil alone (Law on
Personal Data Protection 91/2025/QH15, Article 24, as `docs/decisions/0026` reads it). Silence is
no consent. What somebody said counts while their account holds the pupil in that relation, and of
each the last word; of several guardians one must have given it and none have it withdrawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from api.accounts.people import OF_AGE, People
from credential.dates import PartialDate
from credential.errors import RefusedError
from store.accounts import Account, Relation
from store.consents import Consent, ConsentStore

WORDING: Final = "2026-11"
"""Names the text of ``holder.consent_text``; a new text gets a new name."""
HAS_A_SAY: Final = 7  # full years from which the pupil is asked too


def needed(born: PartialDate, on: date) -> frozenset[Relation]:
    """Whose consent is needed on that day."""
    age = born.age(on)
    if age >= OF_AGE:
        return frozenset({Relation.SELF})
    return frozenset({Relation.GUARDIAN} | ({Relation.SELF} if age >= HAS_A_SAY else set()))


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand for a pupil: who must consent, who has, and all that was said."""

    needed: frozenset[Relation]
    given: frozenset[Relation]
    said: tuple[Consent, ...]

    @property
    def complete(self) -> bool:
        """Whether all that is needed is given."""
        return self.needed <= self.given


class Consents:
    """Consent to sharing. All methods block, and raise UnavailableError.

    Ask `allowed` at each view of a share: a withdrawal then ends it at once.
    """

    def __init__(self, store: ConsentStore, people: People) -> None:
        self._store, self._people = store, people

    def allowed(self, pupil: str, account: int, on: date) -> bool:
        """Whether what that account shares of the pupil may be seen on that day."""
        born = self._people.birth(pupil)
        if born is None:
            return False
        holders = dict(self._people.accounts.holders(pupil))
        acting = holders.get(account)
        if acting is None or (acting is Relation.GUARDIAN and born.age(on) >= OF_AGE):
            return False
        return self._standing(pupil, born, on).complete

    def require(self, pupil: str, account: int, on: date) -> None:
        """Raises RefusedError ``consent.missing`` unless `allowed`."""
        if not self.allowed(pupil, account, on):
            raise RefusedError("consent.missing")

    def standing(self, pupil: str, on: date) -> Standing:
        """How things stand. Raises RefusedError ``holding.unknown`` for nobody's birth date."""
        born = self._people.birth(pupil)
        if born is None:
            raise RefusedError("holding.unknown")
        return self._standing(pupil, born, on)

    def say(self, account: Account, pupil: str, *, given: bool) -> None:
        """Give or withdraw as what the account is to the pupil.

        Raises RefusedError ``holding.unknown``.
        """
        relation = account.holding(pupil).relation
        self._store.add(pupil, account.id, relation, WORDING, given=given)

    def _standing(self, pupil: str, born: PartialDate, on: date) -> Standing:
        said = tuple(self._store.of(pupil))
        holders = frozenset(self._people.accounts.holders(pupil))
        return Standing(needed(born, on), in_force(said, holders), said)


def in_force(
    said: Sequence[Consent], holders: frozenset[tuple[int, Relation]]
) -> frozenset[Relation]:
    """As what consent stands, by the last word of each account that holds the pupil so."""
    last = {
        (each.account, each.relation): each.given
        for each in said
        if (each.account, each.relation) in holders
    }
    words = {
        role: [given for (_, relation), given in last.items() if relation is role]
        for role in Relation
    }
    return frozenset(role for role, given in words.items() if given and all(given))
