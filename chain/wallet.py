"""The key of one account: what it signs, and what can be read back from what it signed.

Asks no chain and sends nothing. A replacement has the nonce of what it replaces and makes the same
call for more money; a filler has that nonce and does nothing, so that later nonces can go on.
"""

from typing import Any

from coincurve import PublicKey
from eth_account.typed_transactions.typed_transaction import TypedTransaction
from eth_hash.auto import keccak
from hexbytes import HexBytes

from chain import defaults
from chain.fees import Fees
from credential.chainkeys import ChainKey
from credential.errors import ConfigError
from credential.records import Call, Transaction

_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141  # SEC 2 §2.4.1
_V = 27  # what Ethereum adds to the parity, outside of typed transactions


class Wallet:
    """The account of `key` on the chain with that id."""

    def __init__(self, key: ChainKey, chain_id: int) -> None:
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
        to_sign = bytes(TypedTransaction.from_dict(fields).hash())
        signature = signed(self._key, to_sign)
        fields |= {
            "v": signature[64] - _V,
            "r": int.from_bytes(signature[:32], "big"),
            "s": int.from_bytes(signature[32:64], "big"),
        }
        raw = bytes(TypedTransaction.from_dict(fields).encode())
        return Transaction(purpose, self.address, nonce, raw, hash_of(raw), block)

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


def address_of(key: ChainKey) -> bytes:
    """The 20-byte address of a chain key."""
    return address_of_point(key.point)


def address_of_point(point: bytes) -> bytes:
    """The 20-byte address of a public half (uncompressed, 65 bytes)."""
    return keccak(point[1:])[-20:]


def signed(key: ChainKey, digest: bytes) -> bytes:
    """The signature of a digest as contracts recover it: r, s (the low one) and v (65 bytes).

    Which v it is follows from the key's public half. Raises ConfigError ``key.wrong_signature``
    when the signature is not that key's, as of a faulty device.
    """
    made = key.sign(digest)
    r, s = made[:32], int.from_bytes(made[32:], "big")
    pair = r + min(s, _ORDER - s).to_bytes(32, "big")
    for parity in (0, 1):
        if _recovered(pair + bytes([parity]), digest) == key.point:
            return pair + bytes([_V + parity])
    raise ConfigError("key.wrong_signature", address=f"0x{address_of(key).hex()}")


def _recovered(signature: bytes, digest: bytes) -> bytes | None:
    try:
        found = PublicKey.from_signature_and_message(signature, digest, hasher=None)
    except ValueError:
        return None
    return found.format(compressed=False)


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
