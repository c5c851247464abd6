"""With what a school's papers are signed: which key, whether its certificate may be used now."""

from functools import partial
from typing import TYPE_CHECKING

from api.clock import moment
from credential.model import KeyRole
from issuer.delivery import Press, unsealed
from issuer.keystore import personal_name
from issuer.pades.keyfolder import SealFolder
from issuer.pades.keys import CertifiedKey, holder, of_signer
from issuer.pades.sealing import Seal, sealed
from issuer.pades.timestamps import Authority

if TYPE_CHECKING:  # the help of a command must not wait for the chain's libraries
    from api.keyring import Keyring


def seal_name(school: int) -> str:
    """What a school's seal is called in the key folder."""
    return f"{school}.seal"


def seals(keyring: "Keyring") -> SealFolder:
    """Keys that sign papers and nothing else."""
    folder = keyring.settings.data / "keys"
    return SealFolder(folder, keyring.passphrase, lambda: keyring.devices)


def seal_of(keyring: "Keyring", school: int, person: str = "") -> Seal | None:
    """With what a school's papers are signed from now on: by a person's key, if one is named.

    None where there is no certificate. Raises RefusedError ``certificate.other_key``,
    ``certificate.not_valid`` and ``certificate.untrusted``, ConfigError ``key.*``, ``device.*``.
    """
    key = _certified(keyring, school, person)
    if key is None:
        return None
    address = keyring.settings.timestamp_url
    at = moment().replace(microsecond=0)
    return Seal(key, at, Authority(address) if address else None)


def press_of(keyring: "Keyring", school: int, person: str = "") -> tuple[Press, str]:
    """What makes a school's papers, and whom they will name as having signed; nobody is empty.

    Raises what `seal_of` raises.
    """
    seal = seal_of(keyring, school, person)
    if seal is None:
        return unsealed, ""
    return partial(sealed, seal=seal), holder(seal.key.chain)


def _certified(keyring: "Keyring", school: int, person: str) -> CertifiedKey | None:
    found = None if person else seals(keyring).find(seal_name(school))
    if found is not None:
        key, public = found
        keyring.check(key.chain, public)
        return key
    chain = keyring.certificates(school, person)
    name = personal_name(school, person) if person else keyring.key_name(school, KeyRole.SIGN)
    return of_signer(keyring.keystore.signer(name), chain) if chain else None
