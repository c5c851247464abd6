"""Which keys the ledger lists: read from its KeyAdded events, followed from block to block.

Decides what counts as a listed signing key: an event of the contract whose key id really is the
thumbprint of its public key. Whether a key is valid at some time stands in its slot, not here.

The nodes behind one address may lag, so an empty list of events proves little: before a key counts
as not listed, all events are read once more.
"""

import threading
import time

from chain import contract, defaults
from chain.answers import Log
from chain.node import Node
from chain.turns import Turn
from chain.witnesses import Witnesses
from credential.errors import FormatError, UnavailableError
from credential.facts import Block
from credential.keys import PublicKey


class KeyDirectory:
    """The signing keys of all schools up to a finalised block.

    Any number of threads may look keys up, one at a time may advance. `patience` (seconds) is how
    long a thread waits for another one that is reading all events again.
    """

    def __init__(
        self,
        node: Node | Witnesses,
        address: bytes,
        first_block: int,
        patience: float = defaults.TIMEOUT,
    ) -> None:
        self._node = node
        self._address = address
        self._first = self._next = first_block
        self._rereading = Turn(patience)
        self._reread: tuple[float, str] | None = None  # when (monotonic), and why it failed
        self._noting = threading.Lock()  # guards the two below; never held while asking
        self._keys: dict[int, dict[bytes, bytes]] = {}
        self._logged: set[bytes] = set()

    def advance(self, head: Block) -> None:
        """Read the events up to `head` that were not read before."""
        self._read(self._next, head)
        self._next = head.number + 1

    def find(self, school: int, prefix: bytes, head: Block) -> dict[bytes, bytes]:
        """A school's signing keys whose id starts with `prefix`: id → public key.

        When there is none, all events up to `head` are read again first, unless that happened in
        the last `defaults.RESCAN_PAUSE` seconds. An empty prefix asks for what is known.
        """
        found = self._listed(school, prefix)
        if found or not prefix:
            return found
        with self._rereading:
            if not self._listed(school, prefix):
                self._read_again(head)
        return self._listed(school, prefix)

    def listed(self) -> dict[int, dict[bytes, bytes]]:
        """All signing keys known, by school: id → public key."""
        with self._noting:
            return dict(self._keys)

    def has_logged(self, key_id: bytes) -> bool:
        """Whether some event named that key (32 bytes), of whatever kind and school."""
        return key_id in self._logged

    def _listed(self, school: int, prefix: bytes) -> dict[bytes, bytes]:
        listed = self._keys.get(school, {})
        return {key_id: raw for key_id, raw in listed.items() if key_id.startswith(prefix)}

    def _read_again(self, head: Block) -> None:
        if self._reread is not None and time.monotonic() - self._reread[0] < defaults.RESCAN_PAUSE:
            if self._reread[1]:
                raise UnavailableError("chain", self._reread[1])
            return
        try:
            self._read(self._first, head)
        except UnavailableError as error:
            self._reread = time.monotonic(), str(error.params["reason"])
            raise
        self._reread = time.monotonic(), ""

    def _read(self, first: int, head: Block) -> None:
        topics = [contract.topic("KeyAdded")]
        for log in self._node.history(self._address, topics, first, head):
            self._note(log)

    def _note(self, log: Log) -> None:
        try:
            school, key_id = int.from_bytes(log.topics[1], "big"), log.topics[2]
            raw = contract.event_data("KeyAdded", log.data)[3]
        except (ValueError, IndexError) as error:
            raise UnavailableError("chain", "malformed KeyAdded event") from error
        with self._noting:
            self._logged.add(key_id)
            if is_signing_key(key_id, raw):
                # A new dict, because another thread may be looking at the old one.
                self._keys[school] = {**self._keys.get(school, {}), key_id: raw}


def is_signing_key(key_id: bytes, raw: bytes) -> bool:
    """Whether a key was listed under its own thumbprint; chain keys come without a public key."""
    try:
        return bool(raw) and PublicKey(raw).kid == key_id
    except FormatError:
        return False
