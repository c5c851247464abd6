"""Keys of persons who approve, in files or tokens: listed as theirs before they are used."""

from dataclasses import dataclass

from credential.keys import Signer
from issuer.keystore import Keystore, personal_name
from store.personal_keys import PersonalKeys


@dataclass(frozen=True, slots=True)
class Persons:
    """The personal keys of one deployment. Raises ConfigError ``key.missing``."""

    keystore: Keystore
    listed: PersonalKeys

    def make(self, school: int, name: str) -> Signer:
        """The key of a person who approves for a school, made as a file if there is none."""
        file = personal_name(school, name)
        self.keystore.make_signer(file)
        return self.keystore.signer(file)

    def signer(self, school: int, name: str) -> Signer | None:
        """The key with which that person signs; None unless it is here and listed."""
        file = personal_name(school, name)
        if not self.keystore.holds(file):
            return None
        key = self.keystore.signer(file)
        return key if self.listed.by_id(key.public.kid) else None
