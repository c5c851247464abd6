"""One account that pays for transactions: sign, broadcast, look for the receipt.

Decides fees and which refusals of a node are none. Nothing is broadcast here that was not signed
before with a nonce from the outside: whoever calls records the signed transaction first
(`issuer.ports.BatchStore.record`), so that a crash in between loses nothing and repeats nothing.
"""

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from eth_account import Account
from eth_utils.address import to_canonical_address
from web3 import Web3

from chain import defaults
from chain.node import Node, NodeError
from credential.errors import ConflictError, RefusedError, UnavailableError
from credential.records import Call, Receipt, Transaction

Pending = Callable[[bytes, int], Sequence[Transaction]]
"""`issuer.ports.BatchStore.pending`."""


class Outbox(Protocol):
    """Where transactions are written down before they are sent: part of `BatchStore`."""

    def record(
        self, purpose: str, sender: bytes, floor: int, sign: Callable[[int], Transaction]
    ) -> Transaction:
        """See `issuer.ports.BatchStore.record`."""
        ...

    def pending(self, sender: bytes, from_nonce: int) -> Sequence[Transaction]:
        """See `issuer.ports.BatchStore.pending`."""
        ...


# What nodes say when they hold the transaction already: geth, erigon and reth; anvil; besu;
# nethermind.
_KNOWN = ("already known", "already imported", "known transaction", "alreadyknown")
_REFUSALS = {
    "insufficient funds": "ledger.funds_missing",
    "max fee per gas less than block base fee": "ledger.fee_too_low",
    "underpriced": "ledger.fee_too_low",
    "chain id": "ledger.wrong_chain",
}


class Sender:
    """The account of `key` (32-byte private key) on the chain with that id."""

    def __init__(self, web3: Web3, chain_id: int, key: bytes) -> None:
        self._node = Node(web3, chain_id)
        self._key = key
        self._address = address_of(key)

    @property
    def sender(self) -> bytes:
        """Address (20 bytes) of the account."""
        return self._address

    def nonce(self) -> int:
        """Transactions of the account that the chain counts at its head."""
        return self._node.nonce(self._address)

    def sign(self, purpose: str, call: Call, nonce: int) -> Transaction:
        """The raw EIP-1559 transaction for a call (an empty `to` creates a contract)."""
        base_fee, tip = self._node.fees()
        fields: dict[str, object] = {
            "type": 2,
            "chainId": self._node.chain_id,
            "nonce": nonce,
            "value": 0,
            "data": call.data,
            "gas": call.gas,
            "maxPriorityFeePerGas": tip,
            "maxFeePerGas": base_fee * defaults.BASE_FEE_ROOM + tip,
        }
        if call.to:
            fields["to"] = call.to
        signed = Account.sign_transaction(fields, self._key)
        return Transaction(
            purpose=purpose,
            sender=self._address,
            nonce=nonce,
            raw=bytes(signed.raw_transaction),
            hash=bytes(signed.hash),
        )

    def broadcast(self, transaction: Transaction) -> None:
        """Hand a recorded transaction to the chain; one that it already holds is no error.

        Raises ConflictError ``ledger.nonce_taken`` when another transaction used the nonce,
        RefusedError ``ledger.funds_missing``, ``ledger.fee_too_low``, ``ledger.wrong_chain`` or
        ``ledger.transaction_refused``, and UnavailableError.
        """
        try:
            self._node.send(transaction.raw)
        except NodeError as error:
            words = str(error).lower()
            if any(known in words for known in _KNOWN) or self._node.knows(transaction.hash):
                return
            if "nonce too low" in words:
                raise ConflictError("ledger.nonce_taken", nonce=transaction.nonce) from error
            code = next((code for text, code in _REFUSALS.items() if text in words), None)
            if code is not None:
                raise RefusedError(code) from error
            raise RefusedError("ledger.transaction_refused", reason=str(error)) from error

    def flush(self, pending: Pending) -> None:
        """Broadcast every stored transaction of the account that the chain does not count yet.

        In order of nonces, because one that was recorded but never sent (its process was killed)
        blocks all later ones of the account. `pending` is `BatchStore.pending`. Those the chain
        knows are no error, nor is a nonce that was used meanwhile; otherwise as `broadcast`.
        """
        for transaction in pending(self._address, self.nonce()):
            try:
                self.broadcast(transaction)
            except ConflictError:
                continue  # its nonce is no gap any more; whoever waits for it is told

    def receipt(self, transaction: Transaction) -> Receipt | None:
        """The outcome if mined in the current chain; final once its block is finalised."""
        mined = self._node.mined(transaction.hash)
        if mined is None:
            return None
        return Receipt(
            succeeded=mined.succeeded,
            block=mined.block,
            time=self._node.block(mined.block).time,
            final=mined.block <= self._node.block("finalized").number,
        )

    def refusal(self, call: Call) -> RefusedError | None:
        """Why the contract would refuse this call of the account now; None if it would not."""
        try:
            self._node.call(call.to, call.data, self._address)
        except RefusedError as error:
            return error
        return None

    def perform(
        self, outbox: Outbox, purpose: str, call: Call, wait: float = defaults.RECEIPT_WAIT
    ) -> Transaction:
        """Record, broadcast and wait (at most `wait` seconds) until the call has succeeded.

        What was recorded before for this account goes out first. The same purpose finds the same
        transaction again. One that had already failed before is left behind and a new one is made.
        Raises RefusedError with the contract's reason when it fails now, and UnavailableError when
        it is not mined in time (it stays recorded).
        """
        transaction, outcome = self._recorded(outbox, purpose, call)
        if outcome is None:
            self.flush(outbox.pending)
            self.broadcast(transaction)
            self.finish(transaction, call, wait)
        return transaction

    def begin(self, outbox: Outbox, purpose: str, call: Call) -> Transaction:
        """The first half of `perform`, without the wait, so that many can be on their way.

        Who begins flushes once before the first one.
        """
        transaction, outcome = self._recorded(outbox, purpose, call)
        if outcome is None:
            self.broadcast(transaction)
        return transaction

    def finish(
        self, transaction: Transaction, call: Call, wait: float = defaults.RECEIPT_WAIT
    ) -> Receipt:
        """The second half: the receipt of a success. Raises as `perform`."""
        receipt = self.wait_for(transaction, wait)
        if not receipt.succeeded:
            raise self.refusal(call) or RefusedError("ledger.refused", selector="")
        return receipt

    def _recorded(
        self, outbox: Outbox, purpose: str, call: Call
    ) -> tuple[Transaction, Receipt | None]:
        """The stored transaction of that purpose that has not failed, and its outcome if mined."""
        attempt, name = 0, purpose
        while True:
            signed = partial(self._signed_if_accepted, name, call)
            transaction = outbox.record(name, self._address, self.nonce(), signed)
            earlier = self.receipt(transaction)
            if earlier is None or earlier.succeeded:
                return transaction, earlier
            attempt += 1
            name = f"{purpose}#{attempt}"

    def _signed_if_accepted(self, purpose: str, call: Call, nonce: int) -> Transaction:
        error = self.refusal(call) if call.to else None
        if error is not None:
            raise error
        return self.sign(purpose, call, nonce)

    def wait_for(self, transaction: Transaction, wait: float = defaults.RECEIPT_WAIT) -> Receipt:
        """The outcome of a broadcast transaction, awaited for at most `wait` seconds.

        Raises UnavailableError ``chain`` when it is not mined in time.
        """
        deadline = time.monotonic() + wait
        pause = defaults.RECEIPT_POLL[0]
        while (receipt := self.receipt(transaction)) is None:
            if time.monotonic() > deadline:
                raise UnavailableError("chain", "not mined in time")
            time.sleep(pause)
            pause = min(2 * pause, defaults.RECEIPT_POLL[1])
        return receipt


def address_of(key: bytes) -> bytes:
    """The 20-byte address of a private key."""
    return bytes(to_canonical_address(Account.from_key(key).address))
