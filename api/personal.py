"""Keys of persons who approve, in files or tokens: listed as theirs before they are used."""

from dataclasses import dataclass

from credential.errors import ConfigError
from credential.keys import Signer
from issuer.devicekeys import DeviceKey
from issuer.keystore import SIGNING, Keystore, personal_name
from store.personal_keys import PersonalKeys


@dataclass(frozen=True, slots=True)
class Persons:
    """The personal keys of one deployment. Raises ConfigError ``key.missing``."""

    keystore: Keystore
    listed: PersonalKeys

    def make(self, school: int, name: str, passphrase: str = "") -> Signer:
        """The key of a person who approves for a school, made as a file if there is none.

        With a `passphrase` only who knows it opens the file; else it is the deployment's.
        """
        file = personal_name(school, name)
        keystore = self.keystore.opened_with(passphrase) if passphrase else self.keystore
        keystore.make_signer(file)
        return keystore.signer(file)

    def take(self, school: int, name: str, place: DeviceKey) -> None:
        """Let a key in a token be that person's, made there if it holds none of that label.

        Harmless to repeat. Raises RefusedError ``key.exists`` if they have another key.
        """
        file = personal_name(school, name)
        held = self.keystore.device(file)
        if held and (held.token, held.label) == (place.token, place.label):
            return
        try:
            self.keystore.use_device(file, place, SIGNING)
        except ConfigError as error:
            if error.code != "device.key_absent":
                raise
            self.keystore.make_in_device(file, place, SIGNING)

    def signer(self, school: int, name: str) -> Signer | None:
        """The key with which that person signs; None unless it is here and listed."""
        file = personal_name(school, name)
        if not self.keystore.holds(file):
            return None
        key = self.keystore.signer(file)
        return key if self.listed.by_id(key.public.kid) else None
