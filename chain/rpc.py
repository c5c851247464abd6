"""The embedded chain answering Ethereum's JSON-RPC: methods, state and execution.

Decides which methods exist and which error each failure becomes. What blocks look like is
`chain.rpcblocks`', what is on the chain is `chain.engine`'s.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from eth.exceptions import Revert
from eth.vm.spoof import SpoofTransaction

from chain import defaults
from chain.engine import Engine, TransactionRefusedError
from chain.hexvalues import as_bytes, as_int, to_hex
from chain.rpcblocks import Blocks, UnknownBlockError
from chain.trieproof import account_proof

# What parameters of the wrong number, kind or form make Python raise.
_UNFIT = (TypeError, ValueError, LookupError, AttributeError, OverflowError)


class RpcError(Exception):
    """An answer that says no: JSON-RPC error code, words, and revert data if there are any."""

    def __init__(self, code: int, message: str, data: str | None = None) -> None:
        super().__init__(message)
        self.error: dict[str, object] = {"code": code, "message": message}
        if data is not None:
            self.error["data"] = data


class Rpc:
    """Answers JSON-RPC requests from an engine, one at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._blocks = blocks = Blocks(engine)
        self._methods: dict[str, Callable[..., object]] = {
            "web3_clientVersion": lambda: "sogoc-embedded/1 (py-evm)",
            "net_version": lambda: str(engine.chain_id),
            "eth_chainId": lambda: to_hex(engine.chain_id),
            "eth_syncing": lambda: False,
            "eth_accounts": list,
            "eth_blockNumber": lambda: to_hex(engine.head.block_number),
            "eth_maxPriorityFeePerGas": lambda: to_hex(defaults.TIP),
            "eth_gasPrice": lambda: to_hex(engine.head.base_fee_per_gas + defaults.TIP),
            "eth_getBlockByNumber": blocks.block,
            "eth_getBlockByHash": blocks.block_by_hash,
            "eth_getTransactionByHash": blocks.transaction,
            "eth_getTransactionReceipt": blocks.receipt,
            "eth_getTransactionCount": self._count,
            "eth_getBalance": self._balance,
            "eth_getCode": self._code,
            "eth_getStorageAt": self._storage,
            "eth_getProof": self._proof,
            "eth_getLogs": blocks.logs,
            "eth_call": self._call,
            "eth_estimateGas": self._estimate,
            "eth_sendRawTransaction": self._send,
        }

    def answer(self, request: object) -> dict[str, object]:
        """The response object for one request object; never raises for what was asked."""
        fields = request if isinstance(request, dict) else {}
        reply: dict[str, object] = {"jsonrpc": "2.0", "id": fields.get("id")}
        try:
            reply["result"] = self._result(fields.get("method"), fields.get("params", []))
        except RpcError as error:
            reply["error"] = error.error
        except UnknownBlockError:
            reply["error"] = {"code": -32000, "message": "block not found"}
        except TransactionRefusedError as error:
            reply["error"] = {"code": -32000, "message": str(error)}
        except sqlite3.Error:  # the disk is full, or the chain is being closed
            reply["error"] = {"code": -32603, "message": "storage failed"}
        except _UNFIT:
            reply["error"] = {"code": -32602, "message": "invalid params"}
        return reply

    def _result(self, method: object, params: object) -> object:
        if not isinstance(method, str) or not isinstance(params, list):
            raise RpcError(-32600, "invalid request")
        if method not in self._methods:
            raise RpcError(-32601, "method not found")
        with self._engine.lock:
            return self._methods[method](*params)

    # --- state ---

    def _count(self, address: str, block: object = "latest") -> str:
        header = self._blocks.header(block)
        return to_hex(self._engine.state(header).get_nonce(as_bytes(address, 20)))

    def _balance(self, address: str, block: object = "latest") -> str:
        header = self._blocks.header(block)
        return to_hex(self._engine.state(header).get_balance(as_bytes(address, 20)))

    def _code(self, address: str, block: object = "latest") -> str:
        return to_hex(
            self._engine.state(self._blocks.header(block)).get_code(as_bytes(address, 20))
        )

    def _storage(self, address: str, slot: str, block: object = "latest") -> str:
        state = self._engine.state(self._blocks.header(block))
        return to_hex(state.get_storage(as_bytes(address, 20), as_int(slot)).to_bytes(32, "big"))

    def _proof(
        self, address: str, slots: Sequence[str], block: object = "latest"
    ) -> dict[str, object]:
        nodes = self._engine.chain.chaindb.db
        root = self._blocks.header(block).state_root
        return account_proof(nodes, root, as_bytes(address, 20), slots)

    # --- execution ---

    def _call(self, call: Mapping[str, str], block: object = "latest") -> str:
        vm = self._engine.chain.get_vm(self._blocks.header(block))
        # The state of the block that would come next: contracts see the time that it is now.
        with vm.in_costless_state() as state:
            spoofed = self._spoofed(call, state)
            computation = state.costless_execute_transaction(spoofed)
        if computation.is_error:
            if isinstance(computation.error, Revert):
                raise RpcError(3, "execution reverted", to_hex(computation.output))
            raise RpcError(-32000, str(computation.error) or type(computation.error).__name__)
        return to_hex(computation.output)

    def _estimate(self, call: Mapping[str, str], block: object = "latest") -> str:
        self._call(call, block)  # a call that fails is told why
        header = self._blocks.header(block)
        with self._engine.chain.get_vm(header).in_costless_state() as state:
            spoofed = self._spoofed(call, state)
        return to_hex(self._engine.chain.estimate_gas(spoofed, header))

    def _spoofed(self, call: Mapping[str, str], state: Any) -> Any:
        sender = as_bytes(call.get("from", "0x" + "00" * 20), 20)
        unsigned = self._engine.chain.create_unsigned_transaction(
            nonce=state.get_nonce(sender),
            gas_price=0,
            gas=as_int(call["gas"]) if "gas" in call else defaults.BLOCK_GAS_LIMIT // 2,
            to=as_bytes(call["to"], 20) if call.get("to") else b"",
            value=as_int(call.get("value", "0x0")),
            data=as_bytes(call.get("input") or call.get("data") or "0x"),
        )
        return SpoofTransaction(unsigned, from_=sender)

    def _send(self, raw: str) -> str:
        return to_hex(self._engine.submit(as_bytes(raw)))
