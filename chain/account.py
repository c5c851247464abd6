"""One account that pays for transactions: sign, broadcast, look for the outcome of each.

Decides which refusals of a node are none. No outcome is stored: the chain is asked each time, so
one that a reorganisation took away is pending again without anyone noticing. What becomes of those
that are not mined is `chain.sender`'s.
"""

from web3 import Web3

from chain import defaults, fees
from chain.answers import Mined
from chain.node import Node, NodeError
from chain.wallet import Wallet, call_of, hash_of
from credential.chainkeys import ChainKey
from credential.errors import ConflictError, RefusedError
from credential.records import Call, Receipt, Transaction

# What nodes say when they hold the transaction already: geth, erigon and reth; anvil; besu;
# nethermind.
_KNOWN = ("already known", "already imported", "known transaction", "alreadyknown")
_REFUSALS = {
    "insufficient funds": "ledger.funds_missing",
    "max fee per gas less than block base fee": "ledger.fee_too_low",
    "underpriced": "ledger.fee_too_low",
    "chain id": "ledger.wrong_chain",
}
# What nodes say of a transaction that cannot become acceptable by waiting: geth, reth and anvil;
# besu; nethermind; py-evm.
_UNFIT = (
    "intrinsic gas",
    "exceeds block gas limit",
    "gas limit too high",
    "initcode size",
    "oversized data",
    "transaction type not supported",
)


class Account:
    """The account of `key` on the chain with that id.

    It never offers more than `fee_cap` wei per gas.
    """

    def __init__(
        self, web3: Web3, chain_id: int, key: ChainKey, fee_cap: int = defaults.FEE_CAP
    ) -> None:
        self._node = Node(web3, chain_id)
        self._wallet = Wallet(key, chain_id)
        self._fee_cap = fee_cap

    @property
    def sender(self) -> bytes:
        """Address (20 bytes) of the account."""
        return self._wallet.address

    def nonce(self) -> int:
        """Transactions of the account that the chain counts at its head."""
        return self._node.nonce(self.sender)

    def sign(self, purpose: str, call: Call, nonce: int) -> Transaction:
        """The raw EIP-1559 transaction for a call (an empty `to` creates a contract).

        Raises RefusedError ``ledger.fee_cap`` when the chain asks for more than the cap.
        """
        market = self._node.market()
        offer = fees.first(market, self._fee_cap)
        return self._wallet.sign(purpose, call, nonce, offer, market.block)

    def broadcast(self, transaction: Transaction) -> None:
        """Hand a recorded transaction to the chain; one that it already holds is no error.

        Raises ConflictError ``ledger.nonce_taken`` when another transaction used the nonce,
        RefusedError ``ledger.funds_missing``, ``ledger.fee_too_low``, ``ledger.wrong_chain``,
        ``ledger.transaction_unfit`` (no node will ever take it) or
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
            unfit = any(text in words for text in _UNFIT)
            code = "ledger.transaction_unfit" if unfit else "ledger.transaction_refused"
            raise RefusedError(code, reason=str(error)) from error

    def receipt(self, transaction: Transaction) -> Receipt | None:
        """The outcome if mined in the current chain; final once its block is finalised.

        Whichever transaction of that nonce was mined counts. If it is not one that was signed for
        the purpose (it does nothing, or is unknown here), the outcome is that it did not succeed.
        """
        finalised = self._node.block("finalized").number  # first, so that it cannot overtake
        found = self._found(transaction)
        if found is None and self._node.nonce(self.sender, "finalized") > transaction.nonce:
            found = self._found(transaction)  # it may have been mined between the two questions
            if found is None:
                return Receipt(succeeded=False, block=0, time=0, final=True)
        if found is None:
            return None
        mined, raw = found
        intended = call_of((*transaction.replaced, transaction.raw)[0])
        return Receipt(
            succeeded=mined.succeeded and call_of(raw) == intended,
            block=mined.block,
            time=self._node.block(mined.block).time,
            final=mined.block <= finalised,
        )

    def mined(self, transaction: Transaction) -> Mined | None:
        """What became of the nonce in the current chain, whichever transaction was mined."""
        found = self._found(transaction)
        return found and found[0]

    def _found(self, transaction: Transaction) -> tuple[Mined, bytes] | None:
        for raw in (transaction.raw, *reversed(transaction.replaced)):
            mined = self._node.mined(hash_of(raw))
            if mined is not None:
                return mined, raw
        return None

    def refusal(self, call: Call) -> RefusedError | None:
        """Why the contract would refuse this call of the account now; None if it would not."""
        try:
            self._node.call(call.to, call.data, self.sender)
        except RefusedError as error:
            return error
        return None
