"""Bringing the contract onto a chain, and the department's acts on it.

Decides that every act is idempotent: the chain's state is read first, and what already stands is
not sent again. The acts are calls; `Sender.perform` records and sends them like any other.
"""

from collections.abc import Callable

from eth_hash.auto import keccak
from web3 import Web3

from chain import contract, defaults
from chain.hexvalues import to_word
from chain.node import Node
from chain.reader import check_ledger
from chain.sender import Outbox, Sender
from chain.trieproof import rlp_encode
from credential.errors import UnavailableError
from credential.keys import PublicKey
from credential.model import Deployment, KeyRole
from credential.records import Call


def deploy(web3: Web3, chain_id: int, key: bytes, outbox: Outbox) -> Deployment:
    """The ledger contract owned by the account of `key`, created if it was not yet.

    The purpose ``deploy:ledger`` finds the same transaction, and so the same address, again.
    Raises ConfigError ``chain.id_differs`` or ``ledger.code_differs``, RefusedError, and
    UnavailableError.
    """
    sender, node = Sender(web3, chain_id, key), Node(web3, chain_id)
    node.check_chain()
    data = contract.creation_data(sender.sender)
    made = sender.perform(outbox, "deploy:ledger", Call(b"", data, defaults.GAS_DEPLOY))
    address = keccak(rlp_encode([made.sender, made.nonce]))[12:]
    check_ledger(node, address, node.block("latest"))
    return Deployment(chain_id, address)


class Governor:
    """The department's acts on the contract of a deployment, sent by the owner's `key`.

    Every act returns whether something was sent: False means that the chain already says so. All
    raise RefusedError with the contract's reason and UnavailableError ``chain``. `first_block` is
    where the contract was created, or any block before.
    """

    def __init__(
        self, web3: Web3, deployment: Deployment, key: bytes, outbox: Outbox, first_block: int = 0
    ) -> None:
        self._node = Node(web3, deployment.chain_id)
        self._sender = Sender(web3, deployment.chain_id, key)
        self._address = deployment.contract
        self._outbox = outbox
        self._first_block = first_block

    def set_school(
        self, school: int, types: int, valid_from: int = 0, valid_until: int = 0
    ) -> bool:
        """Accredit a school for credential types (bits). Times in seconds; 0: now, and no end.

        `valid_from` is used when the school is new. Types already given stay.
        """

        def missing() -> bytes | None:
            known = self._school(school)
            wanted = types | known["types"]
            if known["validFrom"] and (known["validUntil"], known["types"]) == (
                valid_until,
                wanted,
            ):
                return None
            start = 0 if known["validFrom"] else valid_from
            return contract.call_data("setSchool", school, start, valid_until, wanted)

        return self._act(missing, f"set-school:{school}", ("SchoolSet", school))

    def suspend_school(self, school: int) -> bool:
        """Stop a school from issuing, from now on."""

        def missing() -> bytes | None:
            suspended = self._school(school)["suspendedSince"]
            return None if suspended else contract.call_data("suspendSchool", school)

        return self._act(missing, f"suspend-school:{school}", ("SchoolSuspended", school))

    def reinstate_school(self, school: int) -> bool:
        """End a suspension."""

        def missing() -> bytes | None:
            suspended = self._school(school)["suspendedSince"]
            return contract.call_data("reinstateSchool", school) if suspended else None

        return self._act(missing, f"reinstate-school:{school}", ("SchoolReinstated", school))

    def add_signing_key(
        self, school: int, key: PublicKey, valid_from: int = 0, valid_until: int = 0
    ) -> bool:
        """List a key with which a school signs credentials."""
        return self._add_key(school, key.kid, valid_from, valid_until, KeyRole.SIGN, key.raw)

    def add_chain_key(
        self, school: int, address: bytes, roles: int, valid_from: int = 0, valid_until: int = 0
    ) -> bool:
        """List an address (20 bytes) that may anchor (1), suspend (2) or revoke (4)."""
        key_id = address.rjust(32, b"\0")
        return self._add_key(school, key_id, valid_from, valid_until, roles, b"")

    def retire_key(self, key_id: bytes) -> bool:
        """End a key's validity now."""

        def missing() -> bytes | None:
            until = self._key(key_id)["validUntil"]
            ended = until and until <= self._node.block("latest").time
            return None if ended else contract.call_data("retireKey", key_id)

        return self._act(missing, f"retire-key:{key_id.hex()}")

    def mark_compromised(self, key_id: bytes, since: int) -> bool:
        """Say since when (seconds) a key is in the wrong hands; a later time changes nothing."""

        def missing() -> bytes | None:
            known = self._key(key_id)["compromisedSince"]
            earlier = not known or since < known
            return contract.call_data("markCompromised", key_id, since) if earlier else None

        return self._act(missing, f"mark-compromised:{key_id.hex()}:{since}")

    def _add_key(
        self, school: int, key_id: bytes, start: int, end: int, roles: int, public_key: bytes
    ) -> bool:
        def missing() -> bytes | None:
            known = self._key(key_id)
            if known["validFrom"] and (known["school"], known["roles"]) == (school, roles):
                return None
            return contract.call_data("addKey", school, key_id, start, end, roles, public_key)

        return self._act(missing, f"add-key:{key_id.hex()}")

    def _act(
        self,
        missing: Callable[[], bytes | None],
        purpose: str,
        repeatable: tuple[str, int] | None = None,
    ) -> bool:
        """Send what `missing` says (None: nothing) under a purpose that names this one act.

        What can be done again later is numbered by its events so far: until it is mined, asking
        again finds the same transaction, and afterwards it is another act.
        """
        for sent in (False, True, True):
            data = missing()
            if data is None:
                return sent
            number = "" if repeatable is None else f":{self._count(*repeatable)}"
            call = Call(self._address, data, defaults.GAS_GOVERN)
            self._sender.perform(self._outbox, purpose + number, call)
        # Twice an act that was recorded earlier came first; somebody else is at work, too.
        raise UnavailableError("chain", "state does not settle")

    def _count(self, event: str, school: int) -> int:
        topics = [contract.topic(event), to_word(school)]
        head = self._node.block("latest")
        return sum(1 for _ in self._node.history(self._address, topics, self._first_block, head))

    def _school(self, school: int) -> dict[str, int]:
        return contract.unpack("School", self._slot(contract.school_slot(school)))

    def _key(self, key_id: bytes) -> dict[str, int]:
        return contract.unpack("Key", self._slot(contract.key_slot(key_id)))

    def _slot(self, slot: int) -> int:
        return self._node.slots(self._address, [slot], None)[0]
