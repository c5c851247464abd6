"""Consent to sharing: rows that say who gave or withdrew it, when, to which wording.

A row is written once and never changed; its line in the audit trail binds it. What follows from
the rows, `api.accounts.consenting` decides.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select

from database.connections import Database
from store import audit
from store.account_tables import CONSENTS
from store.accounts import Relation
from store.outbox import now


@dataclass(frozen=True, slots=True)
class Consent:
    """One giving (`given`) or withdrawal. `wording` names the text that was agreed to."""

    account: int
    relation: Relation
    given: bool
    wording: str
    at: int


class ConsentStore:
    """The consents of one deployment. Raises UnavailableError ``store``."""

    def __init__(self, database: Database, clock: Callable[[], int] = now) -> None:
        self._database, self._clock = database, clock

    def add(
        self, pupil: str, account: int, relation: Relation, wording: str, *, given: bool
    ) -> None:
        """Write a giving or a withdrawal down."""
        at = self._clock()
        row = {
            "pupil": pupil, "account": account, "relation": relation.value, "given": given,
            "wording": wording, "at": at,
        }  # fmt: skip
        act = "consent.given" if given else "consent.withdrawn"
        with self._database.writing() as connection:
            made = connection.execute(insert(CONSENTS).values(row).returning(CONSENTS.c.id)).one()
            detail = {"consent": made.id, "relation": relation.value, "wording": wording}
            audit.append(connection, at, f"account:{account}", act, detail)

    def of(self, pupil: str) -> Sequence[Consent]:
        """All that was said about a pupil, oldest first."""
        query = select(
            CONSENTS.c.account,
            CONSENTS.c.relation,
            CONSENTS.c.given,
            CONSENTS.c.wording,
            CONSENTS.c.at,
        ).where(CONSENTS.c.pupil == pupil)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(CONSENTS.c.id)).all()
        return [
            Consent(account, Relation(relation), bool(given), wording, at)
            for account, relation, given, wording, at in rows
        ]
