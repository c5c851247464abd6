"""The world that the chain tests share: accounts, a chain under test, a ledger on it."""

import hashlib
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from web3 import Web3

from chain import contract, defaults
from chain.answers import Mined
from chain.governor import Governor
from chain.node import Node
from chain.reader import LedgerReader
from chain.sender import Sender
from chain.wallet import address_of
from chain.writer import LedgerWriter
from credential.chainkeys import ChainKey, SoftwareChainKey
from credential.model import CredentialType, Deployment, KeyRole
from credential.records import Call, Transaction

SCHOOL, OTHER_SCHOOL = 7, 8
TYPES = CredentialType.THPT_DIPLOMA.bit


def private_key(name: str) -> SoftwareChainKey:
    """A secp256k1 key that is the same in every run."""
    return SoftwareChainKey.of(hashlib.sha256(f"sogoc test key {name}".encode()).digest())


def root_of(name: str) -> bytes:
    """A Merkle root, as far as the contract can tell."""
    return hashlib.sha256(name.encode()).digest()


OWNER, RELAYER, GUARDIAN = private_key("owner"), private_key("relayer"), private_key("guardian")
ANCHOR_KEY, REVOKE_KEY = private_key("anchor"), private_key("revoke")
FUNDED = [address_of(key) for key in (OWNER, RELAYER, GUARDIAN, ANCHOR_KEY, REVOKE_KEY)]


def key_id(key: ChainKey) -> bytes:
    """The id of a chain key: its address, left-padded."""
    return address_of(key).rjust(32, b"\0")


@dataclass
class Net:
    """A chain under test: its connection, and how time and finality move on it."""

    name: str
    web3: Web3
    chain_id: int
    target: str | Path
    finalise: Callable[[], None]
    sleep: Callable[[int], None]

    @property
    def node(self) -> Node:
        return Node(self.web3, self.chain_id)


def rpc(web3: Web3, method: str, *params: Any) -> Any:
    """One request as it is; its result."""
    answer: Any = web3.provider.make_request(method, list(params))  # type: ignore[arg-type]
    assert "error" not in answer, answer
    return answer["result"]


@dataclass
class Outbox:
    """Transactions written down as `chain.sender.Outbox` promises it, in memory."""

    stored: dict[str, Transaction] = field(default_factory=dict)

    def record(
        self, purpose: str, sender: bytes, floor: int, sign: Callable[[int], Transaction]
    ) -> Transaction:
        if purpose not in self.stored:
            taken = {each.nonce for each in self.stored.values() if each.sender == sender}
            # Other tests use the same accounts: the chain's count is always at least ours.
            free = next(nonce for nonce in itertools.count(floor) if nonce not in taken)
            self.stored[purpose] = sign(free)
        return self.stored[purpose]

    def replace(self, old: Transaction, new: Transaction) -> Transaction:
        if self.stored[old.purpose].hash == old.hash:
            self.stored[old.purpose] = replace(new, replaced=(*old.replaced, old.raw))
        return self.stored[old.purpose]

    def pending(self, sender: bytes, from_nonce: int) -> list[Transaction]:
        found = (each for each in self.stored.values() if each.sender == sender)
        return sorted(
            (each for each in found if each.nonce >= from_nonce), key=lambda each: each.nonce
        )


@dataclass
class LedgerUnderTest:
    """A freshly deployed contract with the accounts around it."""

    net: Net
    deployment: Deployment
    outbox: Outbox
    count: int = 0

    def call(self, function: str, *arguments: object) -> Call:
        data = contract.call_data(function, *arguments)
        return Call(self.deployment.contract, data, defaults.GAS_GOVERN)

    def send(self, key: ChainKey, function: str, *arguments: object) -> Mined:
        """Send a call from an account and see it mined; a refusal is raised before."""
        return self.send_call(key, self.call(function, *arguments))

    def send_call(self, key: ChainKey, call: Call) -> Mined:
        self.count += 1
        sender = Sender(self.net.web3, self.net.chain_id, key)
        transaction = sender.perform(Outbox(), f"test:{self.count}", call)
        mined = self.net.node.mined(transaction.hash)
        assert mined is not None
        return mined

    def view(self, function: str, *arguments: object) -> bytes:
        data = contract.call_data(function, *arguments)
        return self.net.node.call(self.deployment.contract, data, bytes(20))

    def governor(self) -> Governor:
        return Governor(self.net.web3, self.deployment, OWNER, self.outbox)

    def reader(self, **options: Any) -> LedgerReader:
        node = Node(self.net.web3, self.deployment.chain_id)
        return LedgerReader(node, self.deployment, **{"max_age": 0.0, **options})

    def writer(self, **keys: ChainKey) -> LedgerWriter:
        by_role = {
            KeyRole.ANCHOR: keys.get("anchor", ANCHOR_KEY),
            KeyRole.SUSPEND: keys.get("suspend", ANCHOR_KEY),
            KeyRole.REVOKE: keys.get("revoke", REVOKE_KEY),
        }
        lookup = lambda school, role: by_role[role]  # noqa: E731
        return LedgerWriter(self.net.web3, self.deployment, RELAYER, lookup)

    def anchored(self, name: str = "batch", size: int = 300) -> bytes:
        """The root of a batch that is anchored with the school's next number."""
        root = root_of(name)
        seq = self.writer().next_seq(SCHOOL)
        self.send(ANCHOR_KEY, "anchorDirect", SCHOOL, seq, root, size)
        return root
