"""Questions to one node, and strict reading of its answers.

Decides what an answer must look like: a value of the wrong kind, length or range is
UnavailableError ``chain``, a revert is the RefusedError that `chain.contract` reads from it.
Every read names its block, by hash where a lagging node could answer for another one.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar, cast

from web3 import Web3
from web3.types import RPCEndpoint

from chain import answers, contract, defaults, header
from chain.answers import Log, Mined, Sent
from chain.fees import Market
from chain.header import Header
from chain.hexvalues import as_bytes, as_int, to_hex, to_word
from chain.provider import ChainProvider
from credential.errors import ConfigError, RefusedError, UnavailableError
from credential.facts import ONE_BELIEVED, Block

_T = TypeVar("_T")


class NodeError(Exception):
    """The node answered with an error: its code, words, and revert data if there are any."""

    def __init__(self, error: object) -> None:
        fields = error if isinstance(error, Mapping) else {}
        super().__init__(str(fields.get("message", ""))[:200])
        self.code = fields.get("code")
        data = fields.get("data")
        self.data = data if isinstance(data, str) else None


class Node:
    """The node behind a connection, expected to serve `chain_id`. Who reads it, believes it."""

    trust = ONE_BELIEVED

    def __init__(self, web3: Web3, chain_id: int) -> None:
        self._provider = cast(ChainProvider, web3.provider)
        self.chain_id = chain_id

    def check_chain(self) -> None:
        """Raises ConfigError ``chain.id_differs`` unless the node serves the expected chain."""
        found = self._read(as_int, "eth_chainId", [])
        if found != self.chain_id:
            raise ConfigError("chain.id_differs", expected=self.chain_id, found=found)

    def block(self, at: int | str) -> Block:
        """A block by number or tag (``latest``, ``finalized``)."""
        wanted = to_hex(at) if isinstance(at, int) else at
        return self._read(answers.block, "eth_getBlockByNumber", [wanted, False])

    def blocks(self, numbers: Sequence[int]) -> list[Block]:
        """Several blocks by number, in that order."""
        found: list[Block] = []
        for start in range(0, len(numbers), defaults.BLOCKS_AT_ONCE):
            some = numbers[start : start + defaults.BLOCKS_AT_ONCE]
            requests = [("eth_getBlockByNumber", [to_hex(number), False]) for number in some]
            try:
                found += map(answers.block, self._all(requests))
            except answers.MALFORMED as error:
                raise UnavailableError("chain", "malformed block") from error
        if [block.number for block in found] != list(numbers):
            raise UnavailableError("chain", "another block than asked for")
        return found

    def past(self, number: int) -> Header | None:
        """The header of a block that was passed; None when the node does not keep it."""
        return self._read(answers.past, "eth_getBlockByNumber", [to_hex(number), False])

    def header(self, at: int | str) -> Header:
        """The same, its hash recomputed from its raw fields."""
        wanted = to_hex(at) if isinstance(at, int) else at
        return self._read(header.read, "eth_getBlockByNumber", [wanted, False])

    def proof(self, address: bytes, slots: Sequence[int], at: Block) -> Mapping[str, object]:
        """What the node puts forward for storage slots after a block; `chain.proof` judges it."""
        params = [to_hex(address), [*map(to_word, slots)], to_hex(at.number)]
        return self._read(answers.fields, "eth_getProof", params)

    def storage_root(self, address: bytes, at: Block) -> bytes:
        """The root (32 bytes) of a contract's storage after a block: what it commits to."""
        answer = self.proof(address, [], at)
        try:
            return as_bytes(answer["storageHash"], 32)
        except answers.MALFORMED as error:
            raise UnavailableError("chain", "malformed answer to eth_getProof") from error

    def code(self, address: bytes, at: Block) -> bytes:
        """The runtime code of a contract after a block; empty if there is none."""
        return self._read(as_bytes, "eth_getCode", [to_hex(address), _by_hash(at)])

    def slots(self, address: bytes, slots: Sequence[int], at: Block | None) -> list[int]:
        """Storage slots of a contract after a block (None: at the head), all at once."""
        where = "latest" if at is None else _by_hash(at)
        requests = [("eth_getStorageAt", [to_hex(address), to_word(slot), where]) for slot in slots]
        try:
            return [int.from_bytes(as_bytes(value, 32), "big") for value in self._all(requests)]
        except answers.MALFORMED as error:
            raise UnavailableError("chain", "malformed slot") from error

    def logs(
        self, address: bytes, topics: Sequence[str | None], first: int, last: Block
    ) -> list[Log]:
        """Logs of a contract from block number `first` to block `last`.

        The same request asks for `last`, so that a node which does not have that block yet cannot
        answer with an empty list.
        """
        query = {
            "address": to_hex(address),
            "topics": list(topics),
            "fromBlock": to_hex(first),
            "toBlock": to_hex(last.number),
        }
        block = ("eth_getBlockByNumber", [to_hex(last.number), False])
        try:
            seen, found = self._all([block, ("eth_getLogs", [query])])
            if answers.block(seen).hash != last.hash:
                raise UnavailableError("chain", "another block of that number")
            return [answers.log(entry, address, topics, first, last.number) for entry in found]
        except answers.MALFORMED as error:
            raise UnavailableError("chain", "malformed logs") from error

    def history(
        self, address: bytes, topics: Sequence[str | None], first: int, last: Block
    ) -> Iterator[Log]:
        """The same for any number of blocks, in questions of `defaults.LOG_SPAN` blocks."""
        while first <= last.number:
            end = min(first + defaults.LOG_SPAN - 1, last.number)
            until = last if end == last.number else self.block(end)
            yield from self.logs(address, topics, first, until)
            first = end + 1

    def call(self, to: bytes, data: bytes, sender: bytes, at: int | str = "latest") -> bytes:
        """Try a call without sending it. Raises the RefusedError that the contract gives."""
        where = to_hex(at) if isinstance(at, int) else at
        fields = {"from": to_hex(sender), "to": to_hex(to), "data": to_hex(data)}
        try:
            return self._read(as_bytes, "eth_call", [fields, where], may_fail=True)
        except NodeError as error:
            raise _refusal(error) from error

    def estimate(self, to: bytes, data: bytes, sender: bytes) -> int:
        """The gas that a call (an empty `to` creates a contract) would need at the head.

        Raises the RefusedError that the contract gives.
        """
        fields = {"from": to_hex(sender), "data": to_hex(data)}
        if to:
            fields["to"] = to_hex(to)
        try:
            return self._read(as_int, "eth_estimateGas", [fields], may_fail=True)
        except NodeError as error:
            raise _refusal(error) from error

    def balance(self, address: bytes) -> int:
        """What an account has at the head, in wei."""
        return self._read(as_int, "eth_getBalance", [to_hex(address), "latest"])

    def nonce(self, address: bytes, at: str = "latest") -> int:
        """Transactions of an account that are counted at the head, or at another tag."""
        return self._read(as_int, "eth_getTransactionCount", [to_hex(address), at])

    def market(self) -> Market:
        """The head with its base fee, and the tip that the node suggests, in wei per gas."""
        asked = [("eth_getBlockByNumber", ["latest", False]), ("eth_maxPriorityFeePerGas", [])]
        try:
            head, tip = self._all(asked)
            block, base_fee = answers.block(head), as_int(head.get("baseFeePerGas", "0x0"))
            return Market(block.number, block.time, base_fee, as_int(tip))
        except answers.MALFORMED as error:
            raise UnavailableError("chain", "malformed fees") from error

    def send(self, raw: bytes) -> None:
        """Hand over a raw transaction. Raises NodeError with the node's words."""
        self._read(as_bytes, "eth_sendRawTransaction", [to_hex(raw)], may_fail=True)

    def knows(self, transaction: bytes) -> bool:
        """Whether the node holds a transaction with that hash, mined or waiting."""
        return self._ask("eth_getTransactionByHash", [to_hex(transaction)]) is not None

    def transactions(self, hashes: Sequence[bytes]) -> list[Sent]:
        """Transactions that are in the chain, by hash."""
        found: list[Sent] = []
        for start in range(0, len(hashes), defaults.BLOCKS_AT_ONCE):
            some = hashes[start : start + defaults.BLOCKS_AT_ONCE]
            requests = [("eth_getTransactionByHash", [to_hex(each)]) for each in some]
            try:
                found += map(answers.sent, self._all(requests))
            except answers.MALFORMED as error:
                raise UnavailableError("chain", "malformed transaction") from error
        return found

    def mined(self, transaction: bytes) -> Mined | None:
        """The outcome of a transaction, if it is in the node's current chain."""
        return self._read(answers.mined, "eth_getTransactionReceipt", [to_hex(transaction)])

    def _read(
        self, read: Callable[[Any], _T], method: str, params: list[Any], *, may_fail: bool = False
    ) -> _T:
        answer = self._ask(method, params, may_fail=may_fail)
        try:
            return read(answer)
        except answers.MALFORMED as error:
            raise UnavailableError("chain", f"malformed answer to {method}") from error

    def _ask(self, method: str, params: list[Any], *, may_fail: bool = False) -> Any:
        answer = self._provider.make_request(RPCEndpoint(method), params)
        return _result(answer, may_fail=may_fail)

    def _all(self, requests: Sequence[tuple[str, list[Any]]]) -> list[Any]:
        batch = [(RPCEndpoint(method), params) for method, params in requests]
        return [_result(answer) for answer in self._provider.make_batch_request(batch)]


def _result(answer: Mapping[str, Any], *, may_fail: bool = False) -> Any:
    if "error" not in answer:
        return answer["result"]
    error = NodeError(answer["error"])
    if may_fail:
        raise error
    raise UnavailableError("chain", str(error)) from error


def _refusal(error: NodeError) -> RefusedError | UnavailableError:
    if error.data is None:
        return UnavailableError("chain", str(error))
    try:
        return contract.refusal(as_bytes(error.data))
    except ValueError:
        return UnavailableError("chain", "malformed revert")


def _by_hash(block: Block) -> dict[str, object]:
    return {"blockHash": to_hex(block.hash), "requireCanonical": True}  # EIP-1898
