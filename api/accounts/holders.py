"""What the holder's page stands on: accounts and all that belongs to them, over a store.

The registry tells names and birth dates; where it is only asked over HTTP, which tells no values,
what was issued does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.accounts.claiming import Claiming
from api.accounts.consenting import Consents
from api.accounts.passwords import Passwords
from api.accounts.people import People, Pupils
from api.accounts.provider import Provider
from credential.records import PupilRecord
from database.connections import Database
from store.accounts import Accounts
from store.claims import Claims
from store.consents import ConsentStore
from store.extracts import Extracts
from store.held import Held
from store.holder_keys import HolderKeys
from store.sessions import SessionStore
from store.sign_ins import SignIns


class NoPupils:
    """A registry that tells nothing of pupils."""

    def pupils(self, codes: Sequence[str]) -> Mapping[str, PupilRecord]:  # noqa: ARG002
        """Nobody."""
        return {}

    def has_personal_no(self, pupil: str, number: str) -> bool:  # noqa: ARG002
        """Nobody's."""
        return False


@dataclass(frozen=True)
class Holders:
    """The parts. `provider` is None where no OpenID provider is named."""

    accounts: Accounts
    sessions: SessionStore
    sign_ins: SignIns
    people: People
    claiming: Claiming
    consents: Consents
    held: Held
    keys: HolderKeys
    extracts: Extracts
    passwords: Passwords
    provider: Provider | None

    @classmethod
    def over(
        cls, store: Database, registry: Pupils | None, provider: Provider | None = None
    ) -> "Holders":
        """The parts over a store and, if it is at hand, a registry."""
        accounts, held = Accounts(store), Held(store)
        people = People(accounts, registry or NoPupils(), held)
        return cls(
            accounts=accounts,
            sessions=SessionStore(store),
            sign_ins=SignIns(store),
            people=people,
            claiming=Claiming(Claims(store), people),
            consents=Consents(ConsentStore(store), people),
            held=held,
            keys=HolderKeys(store),
            extracts=Extracts(store),
            passwords=Passwords(),
            provider=provider,
        )
