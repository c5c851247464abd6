"""Bringing the contract onto a chain: once, whoever asks how often."""

from eth_hash.auto import keccak
from web3 import Web3

from chain import contract, defaults
from chain.acts import Invocation
from chain.node import Node
from chain.plan import Plan, Proposal
from chain.reader import check_ledger
from chain.sender import Outbox, Sender
from chain.trieproof import rlp_encode
from credential.chainkeys import ChainKey
from credential.model import Deployment
from credential.records import Call


def deploy(
    web3: Web3,
    chain_id: int,
    key: ChainKey,
    outbox: Outbox,
    owner: bytes | None = None,
    fee_cap: int = defaults.FEE_CAP,
) -> Deployment:
    """The ledger contract, created by the account of `key` if it was not yet.

    It belongs to `owner` (20 bytes; None: the creator). The purpose ``deploy:ledger`` finds the
    same transaction, and so the same address, again. Raises ConfigError ``chain.id_differs`` or
    ``ledger.code_differs``, RefusedError, and UnavailableError.
    """
    sender, node = Sender(web3, chain_id, key, fee_cap), Node(web3, chain_id)
    node.check_chain()
    data = contract.creation_data(owner or sender.sender)
    made = sender.perform(outbox, "deploy:ledger", Call(b"", data, defaults.GAS_DEPLOY))
    address = keccak(rlp_encode([made.sender, made.nonce]))[12:]
    check_ledger(node, address, node.block("latest"))
    return Deployment(chain_id, address)


def plan(web3: Web3, chain_id: int, account: bytes, owner: bytes | None = None) -> Plan:
    """What `deploy` would send from an account (20 bytes)."""
    node = Node(web3, chain_id)
    node.check_chain()
    owner = owner or account
    data = contract.creation_data(owner)
    gas = node.estimate(b"", data, account)
    made = Proposal(Invocation("constructor", (owner,)), b"", data, (account,), account, gas)
    market = node.market()
    return Plan([made], 0, market.base_fee, market.tip, account)
