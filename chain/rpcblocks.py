"""Blocks, transactions, receipts and logs of the embedded chain as JSON-RPC shows them."""

from collections.abc import Mapping, Sequence
from typing import Any

from eth.abc import SignedTransactionAPI
from eth.exceptions import HeaderNotFound, TransactionNotFound
from eth_hash.auto import keccak

from chain.engine import Engine, Header
from chain.hexvalues import as_bytes, as_int, to_hex, to_word
from chain.trieproof import rlp_encode

_HEADER_FIELDS = {
    "parentHash": "parent_hash",
    "sha3Uncles": "uncles_hash",
    "miner": "coinbase",
    "stateRoot": "state_root",
    "transactionsRoot": "transaction_root",
    "receiptsRoot": "receipt_root",
    "difficulty": "difficulty",
    "number": "block_number",
    "gasLimit": "gas_limit",
    "gasUsed": "gas_used",
    "timestamp": "timestamp",
    "extraData": "extra_data",
    "mixHash": "mix_hash",
    "nonce": "nonce",
    "baseFeePerGas": "base_fee_per_gas",
    "withdrawalsRoot": "withdrawals_root",
    "blobGasUsed": "blob_gas_used",
    "excessBlobGas": "excess_blob_gas",
    "parentBeaconBlockRoot": "parent_beacon_block_root",
    "requestsHash": "requests_hash",
    "hash": "hash",
}
TAGS = ("latest", "safe", "finalized", "pending")
"""Names of the head: the one sequencer never takes a block back, so it is final at once."""


class UnknownBlockError(Exception):
    """No such block on this chain."""


class Blocks:
    """What stands in the blocks of an engine. The caller holds the engine's lock."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def header(self, block: object) -> Header:
        """The header of a number, a tag or an EIP-1898 object. Raises UnknownBlockError."""
        chain = self._engine.chain
        try:
            if isinstance(block, Mapping):  # EIP-1898
                wanted = block.get("blockHash")
                if wanted is not None:
                    return chain.get_block_header_by_hash(as_bytes(wanted, 32))
                block = block.get("blockNumber")
            if block in TAGS:
                return self._engine.head
            number = 0 if block == "earliest" else as_int(block)
            return chain.get_canonical_block_header_by_number(number)
        except HeaderNotFound as error:
            raise UnknownBlockError from error

    def block(self, block: object, full: object = False) -> dict[str, object] | None:
        """A block with its transactions' hashes, or with all of them in `full`."""
        try:
            header = self.header(block)
        except UnknownBlockError:
            return None
        found: dict[str, object] = {
            name: to_hex(getattr(header, field)) for name, field in _HEADER_FIELDS.items()
        }
        whole = self._engine.block(header)
        found["logsBloom"] = to_hex(header.bloom.to_bytes(256, "big"))
        found["uncles"], found["withdrawals"] = [], []
        found["size"] = to_hex(len(rlp_encode(whole)))
        found["transactions"] = [
            self._transaction_fields(header, index, transaction)
            if full
            else to_hex(transaction.hash)
            for index, transaction in enumerate(whole.transactions)
        ]
        return found

    def block_by_hash(self, block: str, full: object = False) -> dict[str, object] | None:
        """The same by hash."""
        return self.block({"blockHash": block}, full)

    def _locate(self, wanted: str) -> tuple[Header, int] | None:
        chain = self._engine.chain
        try:
            number, index = chain.get_canonical_transaction_index(as_bytes(wanted, 32))
        except TransactionNotFound:
            return None
        return chain.get_canonical_block_header_by_number(number), index

    def transaction(self, wanted: str) -> dict[str, object] | None:
        """A mined transaction by hash."""
        place = self._locate(wanted)
        if place is None:
            return None
        header, index = place
        transaction = self._engine.block(header).transactions[index]
        return self._transaction_fields(header, index, transaction)

    def _transaction_fields(
        self, header: Header, index: int, transaction: SignedTransactionAPI
    ) -> dict[str, object]:
        tip = min(
            transaction.max_priority_fee_per_gas,
            transaction.max_fee_per_gas - header.base_fee_per_gas,
        )
        return {
            **_place(header, index),
            "hash": to_hex(transaction.hash),
            "type": to_hex(transaction.type_id or 0),
            "chainId": to_hex(self._engine.chain_id),
            "nonce": to_hex(transaction.nonce),
            "from": to_hex(transaction.sender),
            "to": to_hex(transaction.to) if transaction.to else None,
            "value": to_hex(transaction.value),
            "gas": to_hex(transaction.gas),
            "gasPrice": to_hex(header.base_fee_per_gas + tip),
            "maxFeePerGas": to_hex(transaction.max_fee_per_gas),
            "maxPriorityFeePerGas": to_hex(transaction.max_priority_fee_per_gas),
            "input": to_hex(transaction.data),
            "accessList": [],
            "v": to_hex(transaction.y_parity),
            "r": to_hex(transaction.r),
            "s": to_hex(transaction.s),
        }

    def receipt(self, wanted: str) -> dict[str, object] | None:
        """The receipt of a mined transaction."""
        place = self._locate(wanted)
        if place is None:
            return None
        header, index = place
        receipts = self._engine.receipts(header)
        transaction = self._engine.block(header).transactions[index]
        receipt, before = receipts[index], receipts[index - 1].gas_used if index else 0
        fields = self._transaction_fields(header, index, transaction)
        created = keccak(rlp_encode([transaction.sender, transaction.nonce]))[12:]
        return {
            **_place(header, index),
            "transactionHash": fields["hash"],
            "type": fields["type"],
            "from": fields["from"],
            "to": fields["to"],
            "status": to_hex(int(receipt.state_root == b"\x01")),
            "gasUsed": to_hex(receipt.gas_used - before),
            "cumulativeGasUsed": to_hex(receipt.gas_used),
            "effectiveGasPrice": fields["gasPrice"],
            "contractAddress": None if transaction.to else to_hex(created),
            "logsBloom": to_hex(receipt.bloom.to_bytes(256, "big")),
            "logs": [
                log for log in self._block_logs(header) if log["transactionIndex"] == to_hex(index)
            ],
        }

    def _block_logs(self, header: Header) -> list[dict[str, Any]]:
        hashes = [transaction.hash for transaction in self._engine.block(header).transactions]
        found: list[dict[str, Any]] = []
        for index, receipt in enumerate(self._engine.receipts(header)):
            for log in receipt.logs:
                found.append(
                    {
                        **_place(header, index),
                        "transactionHash": to_hex(hashes[index]),
                        "logIndex": to_hex(len(found)),
                        "address": to_hex(log.address),
                        "topics": [to_word(topic) for topic in log.topics],
                        "data": to_hex(log.data),
                        "removed": False,
                    }
                )
        return found

    def logs(self, query: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The logs that fit a filter; the index makes this cost what is found."""
        addresses = [to_hex(as_bytes(address, 20)) for address in _listed(query.get("address"))]
        topics = [
            [to_hex(as_bytes(topic, 32)) for topic in _listed(wanted)]
            for wanted in query.get("topics", [])
        ]
        if "blockHash" in query:
            headers = [self.header({"blockHash": query["blockHash"]})]
        else:
            headers = self._headers_with_logs(query, addresses, topics)
        return [
            log
            for header in headers
            for log in self._block_logs(header)
            if (not addresses or log["address"] in addresses) and _fits(log["topics"], topics)
        ]

    def _headers_with_logs(
        self, query: Mapping[str, Any], addresses: Sequence[str], topics: Sequence[Sequence[str]]
    ) -> list[Header]:
        head = self._engine.head.block_number
        first = self.header(query.get("fromBlock", "latest")).block_number
        until = query.get("toBlock", "latest")
        known = until in (*TAGS, "earliest")
        last = self.header(until).block_number if known else min(as_int(until), head)
        blocks = self._engine.store.blocks_with_logs(
            [as_bytes(address) for address in addresses],
            [[as_bytes(topic) for topic in choice] for choice in topics],
            first,
            last,
        )
        return [self.header(hex(number)) for number in blocks]


def _place(header: Header, index: int) -> dict[str, object]:
    return {
        "blockHash": to_hex(header.hash),
        "blockNumber": to_hex(header.block_number),
        "transactionIndex": to_hex(index),
    }


def _listed(value: object) -> list[object]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _fits(topics: Sequence[str], wanted: Sequence[Sequence[str]]) -> bool:
    """Whether topics fit a filter: by position, each a choice, an empty one being any."""
    if len(topics) < len(wanted):
        return False
    return all(not choice or topic in choice for topic, choice in zip(topics, wanted, strict=False))
