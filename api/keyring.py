"""The keys of a deployment: which there are, under which names, in files or in signing tokens."""

from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING

from cryptography import x509

from api.pens import Pens
from api.pins import pin_of
from api.sources import Sources
from chain.wallet import address_of_point
from credential.chainkeys import ChainKey
from credential.errors import ConfigError
from credential.keys import Signer
from credential.model import KeyRole
from credential.receipt import OPERATOR
from issuer.certificates import check, roots_of
from issuer.keystore import Keystore, own_passphrase, personal_name
from store import actors, audit
from store.outbox import now

if TYPE_CHECKING:
    from issuer.devices import AskPin, Devices


class Keyring(Sources):
    """What `Sources` are, with keys. Each key is opened when it is first needed."""

    @cached_property
    def keystore(self) -> Keystore:
        """The keys, in files and in tokens."""
        return Keystore(self.settings.data / "keys", self.passphrase, lambda: self.devices)

    def passphrase(self) -> str:
        """What opens the key files."""
        given = self.settings.passphrase.get_secret_value()
        return given or own_passphrase(self.settings.data / "keys")

    @cached_property
    def devices(self) -> "Devices":
        """The tokens that keys are in. Raises ConfigError ``device.not_installed``."""
        try:
            from issuer.devices import Devices  # noqa: PLC0415 — needs the extra "tokens"
        except ModuleNotFoundError as error:
            raise ConfigError("device.not_installed") from error
        return self._opened.enter_context(closing(Devices(partial(pin_of, self.settings))))

    @cached_property
    def pens(self) -> Pens:
        """The keys that persons opened, each for what they approved."""
        return Pens()

    def devices_by(self, ask_pin: "AskPin") -> "Devices":
        """The same tokens, logged into with what another one answers; to be closed."""
        from issuer.devices import Devices  # noqa: PLC0415 — needs the extra "tokens"

        return Devices(ask_pin, self.devices)

    @staticmethod
    def key_name(school: int, role: KeyRole) -> str:
        """What a school's key file for a role is called."""
        return f"{school}.{role.name.lower()}"

    def signer(self, school: int) -> Signer:
        """A school's signing key, ready to sign."""
        signer = self.keystore.signer(self.key_name(school, KeyRole.SIGN))
        self.keystore.ready(self.key_name(school, KeyRole.ANCHOR))  # its PIN now, not half-way
        return signer

    def certificates(self, school: int, name: str = "") -> Sequence[bytes]:
        """The certificates (DER) of the key of a person who approves, or else of the school's.

        None where file or token have none. Raises RefusedError
        ``certificate.other_key``, ``certificate.not_valid`` and ``certificate.untrusted``.
        """
        key = personal_name(school, name) if name else self.key_name(school, KeyRole.SIGN)
        held = self.keystore.certificates(key) if self.keystore.holds(key) else ()
        return self.checked(key, held)

    def checked(self, key: str, chain: Sequence[bytes]) -> Sequence[bytes]:
        """The certificates of the key of that name, if they may be used now; raises as above."""
        if chain:
            self.check(chain, self.keystore.public(key))
        return chain

    def check(self, chain: Sequence[bytes], public: bytes) -> None:
        """Refuse to sign now with that key under these certificates (`issuer.certificates`)."""
        check(chain, public, datetime.now(UTC), self._roots)

    @cached_property
    def _roots(self) -> Sequence[x509.Certificate]:
        """The trust list, empty where there is none."""
        path = self.settings.certificate_roots
        try:
            return roots_of(path.read_bytes()) if path else ()
        except OSError as error:
            raise ConfigError("certificate.roots") from error

    def address(self, name: str) -> bytes:
        """The address (20 bytes) of the chain key of that name."""
        return address_of_point(self.keystore.public(name))

    @property
    def receipt_signer(self) -> Signer | None:
        """The key that signs receipts, if there is one here (`api.accrediting`)."""
        name = self.key_name(OPERATOR, KeyRole.SIGN)
        return self.keystore.signer(name) if self.keystore.holds(name) else None

    def make_school_keys(self, school: int) -> None:
        """Make the keys that a school has not got yet; listing them on chain comes with it."""
        for role in KeyRole:
            self.make_file(self.key_name(school, role), role)

    def make_file(self, name: str, role: KeyRole = KeyRole.ANCHOR) -> None:
        """Make a key of that name in a file if there is none."""
        if not self.keystore.holds(name):
            signs = role is KeyRole.SIGN
            make = self.keystore.make_signer if signs else self.keystore.make_chain_key
            make(name)
            self.note_key("key.made", name)

    def note_key(self, act: str, name: str) -> None:
        """Note in the audit trail what was done with a key, and where it is."""
        place = self.keystore.device(name)
        where = {"token": place.serial} if place else {"file": True}
        public = self.keystore.public(name).hex()
        self.note(act, key=name, public=public, **where)

    def note(self, act: str, **detail: object) -> None:
        """Note in the audit trail what whoever has the command line did outside of the store."""
        audit.note(self.store_database, now(), actors.OPERATOR, act, **detail)

    def chain_key(self, school: int, role: KeyRole) -> ChainKey:
        """A school's chain key for a role."""
        return self.keystore.chain_key(self.key_name(school, role))
