"""An Ethereum chain in this process: py-evm over one SQLite file.

Decides which transactions it takes and when a block is made: one block for each, at once, with
the wall clock's time (at least one second after its parent). A single sequencer never takes a
block back, so the head is final. What JSON-RPC calls things is `chain.rpc`'s.
"""

import os
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eth.abc import BlockAPI, ReceiptAPI, SignedTransactionAPI
from eth.chains.base import MiningChain
from eth.constants import BLANK_ROOT_HASH, POST_MERGE_MIX_HASH, POST_MERGE_NONCE
from eth.db.atomic import AtomicDB
from eth.db.schema import SchemaV1
from eth.estimators.gas import binary_gas_search_exact
from eth.exceptions import PyEVMError
from eth.vm.forks.prague import PragueVM
from eth_keys.exceptions import BadSignature
from eth_utils.exceptions import ValidationError
from rlp.exceptions import RLPException

from chain import defaults
from chain.blockstore import BlockStore
from credential.errors import ConfigError

Chain = Any
Header = Any
State = Any
"""py-evm's objects; its annotations are narrower than what these take and give."""

_CHAIN_ID_KEY = b"sogoc:chain-id"
_MALFORMED = (PyEVMError, ValidationError, RLPException, BadSignature, ValueError, TypeError)
_KNOWN_TYPES = (0, 1, 2)  # legacy, access list, EIP-1559; no blobs, no delegations


class TransactionRefusedError(Exception):
    """A transaction that this chain does not take, with the words that nodes use for it."""


class Engine:
    """The chain in `path`, made with `chain_id` and balances for `funded` if it is not there yet.

    Raises ConfigError ``chain.absent`` if it is not and nobody is funded, ``chain.id_differs`` if
    the file holds another chain. All public methods are
    thread-safe; there must be one engine per file (`chain.embedded` sees to that).
    """

    def __init__(self, path: Path, chain_id: int, funded: Sequence[bytes]) -> None:
        self.lock = threading.RLock()
        self.chain_id = chain_id
        self.store = BlockStore(path)
        self._waiting: dict[tuple[bytes, int], SignedTransactionAPI] = {}
        try:
            self.chain: Chain = self._open(funded)
        except BaseException:
            self.store.close()
            raise

    def _open(self, funded: Sequence[bytes]) -> Chain:
        chain_class: Any = type(
            "EmbeddedChain",
            (MiningChain,),
            {
                "chain_id": self.chain_id,
                "vm_configuration": ((0, PragueVM),),
                "gas_estimator": staticmethod(binary_gas_search_exact),
            },
        )
        database = AtomicDB(self.store)
        if not database.exists(SchemaV1.make_canonical_head_hash_lookup_key()):
            if not funded:  # nobody could ever send anything on such a chain
                raise ConfigError("chain.absent")
            with self.store.transaction():
                chain_class.from_genesis(database, _genesis(), _balances(funded))
                self.store[_CHAIN_ID_KEY] = self.chain_id.to_bytes(8, "big")
        found = int.from_bytes(self.store[_CHAIN_ID_KEY], "big")
        if found != self.chain_id:
            raise ConfigError("chain.id_differs", expected=self.chain_id, found=found)
        return chain_class(database)

    def close(self) -> None:
        """Close the file."""
        with self.lock:
            self.store.close()

    @property
    def head(self) -> Header:
        """The newest block's header; it is final."""
        return self.chain.get_canonical_head()

    def block(self, header: Header) -> BlockAPI:
        """The whole block of a header."""
        found: BlockAPI = self.chain.get_block_by_header(header)
        return found

    def receipts(self, header: Header) -> tuple[ReceiptAPI, ...]:
        """The receipts of a block, in order."""
        builder = self.chain.get_vm_class(header).get_receipt_builder()
        return tuple(self.chain.chaindb.get_receipts(header, builder))

    def state(self, header: Header) -> State:
        """The state after a block, for reading."""
        return self.chain.get_vm(header).state

    def submit(self, raw: bytes) -> bytes:
        """Take a raw transaction, mine it at once, and return its hash.

        One whose predecessors are missing waits in memory and is mined right after them. Raises
        TransactionRefusedError.
        """
        with self.lock:
            transaction = self._decoded(raw)
            sender = transaction.sender
            due = self.state(self.head).get_nonce(sender)
            if transaction.nonce < due:
                raise TransactionRefusedError("nonce too low")
            if transaction.nonce > due:
                self._keep(transaction)
                return transaction.hash
            self._mine(transaction)
            self._mine_waiting(sender, due + 1)
            return transaction.hash

    def _decoded(self, raw: bytes) -> SignedTransactionAPI:
        try:
            transaction = PragueVM.get_transaction_builder().decode(raw)
            transaction.validate()
            waiting = self._waiting.get((transaction.sender, transaction.nonce))
        except _MALFORMED as error:
            raise TransactionRefusedError("invalid transaction") from error
        if (transaction.type_id or 0) not in _KNOWN_TYPES:
            raise TransactionRefusedError("transaction type not supported")
        # py-evm itself would take a transaction that was signed for another chain.
        if transaction.chain_id != self.chain_id:
            raise TransactionRefusedError("invalid chain id for signer")
        if waiting is not None and waiting.hash == transaction.hash:
            raise TransactionRefusedError("already known")
        if self.store.exists(SchemaV1.make_transaction_hash_to_block_lookup_key(transaction.hash)):
            raise TransactionRefusedError("already known")
        return transaction

    def _keep(self, transaction: SignedTransactionAPI) -> None:
        sender = transaction.sender
        if sum(1 for other, _ in self._waiting if other == sender) >= defaults.QUEUE_LIMIT:
            raise TransactionRefusedError("nonce too high")
        self._waiting[sender, transaction.nonce] = transaction

    def _mine_waiting(self, sender: bytes, nonce: int) -> None:
        while (transaction := self._waiting.pop((sender, nonce), None)) is not None:
            try:
                self._mine(transaction)
            except TransactionRefusedError:
                return  # its sender finds it missing and sends it again
            nonce += 1

    def _mine(self, transaction: SignedTransactionAPI) -> None:
        parent = self.head
        if transaction.gas > parent.gas_limit:
            raise TransactionRefusedError("exceeds block gas limit")
        self.chain.header = self.chain.create_header_from_parent(
            parent,
            timestamp=max(int(time.time()), parent.timestamp + 1),
            gas_limit=parent.gas_limit,
            mix_hash=os.urandom(32),  # what contracts read as prevrandao
        )
        if transaction.max_fee_per_gas < self.chain.header.base_fee_per_gas:
            raise TransactionRefusedError("max fee per gas less than block base fee")
        cost = transaction.gas * transaction.max_fee_per_gas + transaction.value
        if self.state(parent).get_balance(transaction.sender) < cost:
            raise TransactionRefusedError("insufficient funds for gas * price + value")
        try:
            with self.store.transaction():
                _, receipt, _ = self.chain.apply_transaction(transaction)
                block = self.chain.mine_block()
                for log in receipt.logs:
                    topics = [topic.to_bytes(32, "big") for topic in log.topics]
                    self.store.note_log(log.address, topics, block.number)
        except (PyEVMError, ValidationError) as error:
            raise TransactionRefusedError(str(error)) from error


def _genesis() -> dict[str, object]:
    return {
        "difficulty": 0,
        "nonce": POST_MERGE_NONCE,
        "mix_hash": POST_MERGE_MIX_HASH,
        "extra_data": b"",
        "gas_limit": defaults.BLOCK_GAS_LIMIT,
        "coinbase": bytes(20),
        "timestamp": int(time.time()) - 1,
        "receipt_root": BLANK_ROOT_HASH,
        "transaction_root": BLANK_ROOT_HASH,
    }


def _balances(funded: Sequence[bytes]) -> dict[bytes, dict[str, object]]:
    account = {"balance": defaults.GENESIS_BALANCE, "nonce": 0, "code": b"", "storage": {}}
    return {address: dict(account) for address in funded}
