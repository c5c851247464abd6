"""From a target to a web3 connection with limits: an embedded chain's file, or a node's URL.

Decides that whatever goes wrong on the way, or comes back malformed, is UnavailableError
``chain``: silence and nonsense never stand for an answer. What a well-formed answer means is
`chain.node`'s.
"""

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

import orjson
from web3 import Web3
from web3.providers.base import JSONBaseProvider
from web3.types import RPCEndpoint, RPCResponse

from chain import defaults
from chain.transport import GoneError, HttpTransport
from credential.errors import ConfigError, UnavailableError

if TYPE_CHECKING:
    from chain.embedded import EmbeddedChain


class _Link(Protocol):
    def post(self, request: bytes) -> Any: ...
    def close(self) -> None: ...


class ChainProvider(JSONBaseProvider):
    """web3's way to a chain through one link. Thread-safe; makes no request of its own accord."""

    # A contract must not make this process open a URL (EIP-3668; CVE-2026-40072).
    global_ccip_read_enabled = False

    def __init__(self, link: _Link) -> None:
        super().__init__()
        self._link = link
        self._ids = itertools.count(1)

    def close(self) -> None:
        """End the connection; the owner of an embedded chain stops serving it."""
        self._link.close()

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        """One request. Raises UnavailableError ``chain``."""
        request = self._request(method, params)
        return _checked(self._post(request), request["id"])

    def make_batch_request(self, requests: list[tuple[RPCEndpoint, Any]]) -> list[RPCResponse]:
        """Several requests at once; the answers stand in their order."""
        batch = [self._request(method, params) for method, params in requests]
        answers = self._post(batch)
        if not isinstance(answers, list) or len(answers) != len(batch):
            raise UnavailableError("chain", "incomplete batch")
        by_id = {answer.get("id"): answer for answer in answers if isinstance(answer, dict)}
        return [_checked(by_id.get(request["id"]), request["id"]) for request in batch]

    def is_connected(self, show_traceback: bool = False) -> bool:
        """Whether somebody answers."""
        try:
            self.make_request(RPCEndpoint("eth_chainId"), [])
        except UnavailableError:
            if show_traceback:
                raise
            return False
        return True

    def _request(self, method: str, params: Any) -> dict[str, Any]:
        identifier = next(self._ids)
        return {"jsonrpc": "2.0", "id": identifier, "method": method, "params": params or []}

    def _post(self, request: object) -> Any:
        try:
            return self._link.post(orjson.dumps(request, default=_plain))
        except GoneError as error:
            raise UnavailableError("chain", "connection") from error


def connect(
    target: str | Path,
    *,
    chain_id: int = defaults.CHAIN_ID,
    funded: Sequence[bytes] = (),
    timeout: float = defaults.TIMEOUT,
) -> Web3:
    """A connection to the chain at an http(s) URL, or to the embedded chain in a file.

    `timeout` (seconds) bounds each question as a whole. An embedded chain is made, if it is not
    there, with `chain_id` and balances for the `funded` addresses (20 bytes); with none it is not.
    Nothing is asked yet. Raises ConfigError ``chain.target_invalid``, and ``chain.not_named`` for a
    file where no embedded chain is shipped.
    """
    link: _Link
    if isinstance(target, Path) or "://" not in target:
        link = _embedded()(Path(target), chain_id=chain_id, funded=funded, timeout=timeout)
    elif target.startswith(("http://", "https://")):
        link = HttpTransport(target, timeout)
    else:
        raise ConfigError("chain.target_invalid", scheme=target.partition("://")[0])
    return Web3(ChainProvider(link))


def _embedded() -> "type[EmbeddedChain]":
    """Imported when it is used: who only verifies has none, and it takes a second to load."""
    try:
        from chain.embedded import EmbeddedChain  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise ConfigError("chain.not_named") from error
    return EmbeddedChain


def close(web3: Web3) -> None:
    """End a connection made by `connect`."""
    cast(ChainProvider, web3.provider).close()


def _checked(answer: object, identifier: int) -> RPCResponse:
    if (
        not isinstance(answer, dict)
        or answer.get("id") != identifier
        or ("result" in answer) == ("error" in answer)
    ):
        raise UnavailableError("chain", "malformed answer")
    return cast(RPCResponse, answer)


def _plain(value: object) -> object:
    """What web3 passes in requests besides JSON's own kinds."""
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return dict(value)  # type: ignore[call-overload]
