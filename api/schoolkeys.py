"""A school's keys as commands name them: by school code and role, by key id, as lines and JSON.

Decides when a new key file takes the place of the old one: only when the chain has listed the new
key and ended the old one. Until then the new one waits beside it as ``NAME.next``.
"""

from api.clock import today
from api.session import Session
from api.wiring import System
from chain import acts, contract
from chain.acts import Act
from credential.errors import FormatError, RefusedError
from credential.facts import LedgerKey
from credential.keys import PublicKey
from credential.model import KeyRole
from credential.records import SchoolRecord
from web import messages

ROLES = {role.name.lower(): role for role in KeyRole}


def school_of(session: Session, code: str) -> SchoolRecord:
    """The school with that code in the registry. Raises FormatError ``school.unknown``."""
    found = session.system.desk.school(code, today())
    if found is None:
        raise FormatError("school.unknown", found=code)
    return found


def listing_act(
    school: int, role: KeyRole, public: bytes, valid_from: int = 0, valid_until: int = 0
) -> Act:
    """List a public key (65 or 32 bytes) or, for every role but signing, an address (20).

    Raises FormatError ``key.malformed`` for what does not fit the role.
    """
    if role is KeyRole.SIGN:
        return acts.add_signing_key(school, PublicKey(public), valid_from, valid_until)
    if len(public) != contract.ADDRESS:
        raise FormatError("key.malformed", length=len(public))
    return acts.add_chain_key(school, public, role, valid_from, valid_until)


class KeyFile:
    """The key file that a school uses for a role, and the one that is to replace it."""

    def __init__(self, system: System, school: int, role: KeyRole) -> None:
        self._system, self._school, self._role = system, school, role
        self._name = system.key_name(school, role)
        self._next = f"{self._name}.next"

    def make(self) -> bytes:
        """Make the key if there is none; its public half (an address, but for signing)."""
        return self._made(self._name)

    def make_next(self) -> bytes:
        """The same for the key that is to come."""
        return self._made(self._next)

    def replacing(self) -> list[Act]:
        """List the next key, then end the one in use.

        Raises RefusedError ``govern.batch_unfinished`` while a batch of the school waits for the
        key in use, unless that is compromised anyway.
        """
        old = id_of(self._role, self._public(self._name))
        self._check_idle(old)
        return [listing_act(self._school, self._role, self.make_next()), acts.retire_key(old)]

    def replace(self) -> None:
        """Let the next key take the place of the one in use, which is kept by its id."""
        old = id_of(self._role, self._public(self._name))
        kept = f"{self._name}.{old[-8:].hex()}"
        if self._system.keystore.holds(self._next):
            self._system.keystore.replace(self._name, self._next, kept)
            self._system.note_key("key.replaced", self._name)

    def _check_idle(self, old: bytes) -> None:
        if self._role not in (KeyRole.SIGN, KeyRole.ANCHOR):
            return
        waiting = [
            each for each in self._system.batches.unfinished() if each.school == self._school
        ]
        if waiting and not self._system.roster.key(old).compromised_since:
            raise RefusedError("govern.batch_unfinished", seq=waiting[0].seq)

    def _made(self, name: str) -> bytes:
        self._system.make_file(name, self._role)
        return self._public(name)

    def _public(self, name: str) -> bytes:
        if self._role is KeyRole.SIGN:
            return self._system.keystore.public(name)
        return self._system.address(name)


def key_json(key: LedgerKey) -> dict[str, object]:
    """A key of the chain for programs; times in seconds, 0 for none."""
    roles = [name for name, role in ROLES.items() if key.roles & role]
    return {
        "key": f"0x{shown_id(key.key_id).hex()}",
        "roles": roles,
        "valid_from": key.valid_from,
        "valid_until": key.valid_until,
        "compromised_since": key.compromised_since,
    }


def key_line(lang: str, key: LedgerKey) -> str:
    """The same for people."""
    found = key_json(key)
    times = {
        name: messages.local_time(time) if time else messages.MISSING
        for name, time in (
            ("start", key.valid_from), ("end", key.valid_until), ("since", key.compromised_since),
        )
    }  # fmt: skip
    return messages.text(lang, "govern.key", key=found["key"], roles=found["roles"], **times)


def shown_id(key_id: bytes) -> bytes:
    """A key id as people write it: of a chain key the address alone."""
    address = key_id[-contract.ADDRESS :]
    return address if contract.key_id(address) == key_id else key_id


def id_of(role: KeyRole, public: bytes) -> bytes:
    """The id (32 bytes) that the chain has of a public key or an address."""
    return PublicKey(public).kid if role is KeyRole.SIGN else contract.key_id(public)
