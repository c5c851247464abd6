"""Which keys the ledger lists: read from its KeyAdded events, followed from block to block.

Decides what counts as a listed signing key: an event of the contract whose key id really is the
thumbprint of its public key. Whether a key is valid at some time stands in its slot, not here.
"""

from chain import contract
from chain.node import Log, Node
from credential.errors import FormatError, UnavailableError
from credential.facts import Block
from credential.keys import PublicKey


class KeyDirectory:
    """The signing keys of all schools up to a finalised block. One thread at a time may advance."""

    def __init__(self, node: Node, address: bytes, first_block: int) -> None:
        self._node = node
        self._address = address
        self._next = first_block
        self._keys: dict[int, dict[bytes, bytes]] = {}

    def advance(self, head: Block) -> None:
        """Read the events up to `head`. A finalised block never changes, so none is read twice."""
        topics = [contract.topic("KeyAdded")]
        for log in self._node.history(self._address, topics, self._next, head):
            self._note(log)
        self._next = head.number + 1

    def find(self, school: int, prefix: bytes) -> dict[bytes, bytes]:
        """A school's signing keys whose id starts with `prefix`: id → public key."""
        listed = self._keys.get(school, {})
        return {key_id: raw for key_id, raw in listed.items() if key_id.startswith(prefix)}

    def _note(self, log: Log) -> None:
        try:
            school, key_id = int.from_bytes(log.topics[1], "big"), log.topics[2]
            raw = contract.event_data("KeyAdded", log.data)[3]
        except (ValueError, IndexError) as error:
            raise UnavailableError("chain", "malformed KeyAdded event") from error
        if raw and _thumbprint(raw) == key_id:
            # A new dict, because another thread may be looking at the old one.
            self._keys[school] = {**self._keys.get(school, {}), key_id: raw}


def _thumbprint(raw: bytes) -> bytes | None:
    try:
        return PublicKey(raw).kid
    except FormatError:
        return None
