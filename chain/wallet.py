"""The key of one account: what it signs, and what can be read back from what it signed.

Asks no chain and sends nothing. A replacement has the nonce of what it replaces and makes the same
call for more money; a filler has that nonce and does nothing, so that later nonces can go on.
"""

from typing import Any

from eth_account import Account
from eth_account.typed_transactions.typed_transaction import TypedTransaction
from eth_hash.auto import keccak
from eth_utils.address import to_canonical_address
from hexbytes import HexBytes

from chain import defaults
from chain.fees import Fees
from credential.records import Call, Transaction


class Wallet:
    """The account of `key` (32-byte private key) on the chain with that id."""

    def __init__(self, key: bytes, chain_id: int) -> None:
        self._key = key
        self._chain_id = chain_id
        self.address = address_of(key)

    def sign(self, purpose: str, call: Call, nonce: int, fees: Fees, block: int) -> Transaction:
        """The raw EIP-1559 transaction for a call (an empty `to` creates a contract)."""
        fields: dict[str, object] = {
            "type": 2,
            "chainId": self._chain_id,
            "nonce": nonce,
            "value": 0,
            "data": call.data,
            "gas": call.gas,
            "maxPriorityFeePerGas": fees.tip,
            "maxFeePerGas": fees.most,
        }
        if call.to:
            fields["to"] = call.to
        signed = Account.sign_transaction(fields, self._key)
        raw, digest = bytes(signed.raw_transaction), bytes(signed.hash)
        return Transaction(purpose, self.address, nonce, raw, digest, block)

    def replacement(self, old: Transaction, fees: Fees, block: int) -> Transaction:
        """The same call with the same nonce for other fees."""
        return self.sign(old.purpose, call_of(old.raw), old.nonce, fees, block)

    def filler(self, old: Transaction, fees: Fees, block: int) -> Transaction:
        """A transaction that does nothing in the place of one that no node takes."""
        return self.sign(old.purpose, self.idle, old.nonce, fees, block)

    @property
    def idle(self) -> Call:
        """A call that does nothing: no money, from the account to itself."""
        return Call(self.address, b"", defaults.GAS_IDLE)


def address_of(key: bytes) -> bytes:
    """The 20-byte address of a private key."""
    return bytes(to_canonical_address(Account.from_key(key).address))


def call_of(raw: bytes) -> Call:
    """The call that a raw transaction of ours makes."""
    fields = _fields(raw)
    return Call(bytes(fields["to"]), bytes(fields["data"]), fields["gas"])


def fees_of(raw: bytes) -> Fees:
    """The fees that a raw transaction of ours offers."""
    fields = _fields(raw)
    return Fees(fields["maxFeePerGas"], fields["maxPriorityFeePerGas"])


def hash_of(raw: bytes) -> bytes:
    """The hash by which the chain knows a raw transaction."""
    return keccak(raw)


def _fields(raw: bytes) -> dict[str, Any]:
    return dict(TypedTransaction.from_bytes(HexBytes(raw)).as_dict())
