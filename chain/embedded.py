"""One embedded chain for all processes of a machine: one owns the file, the others ask it.

Decides who serves: whoever holds the lock beside the file. It opens the chain, listens on a local
address and writes that address into a file; everybody else connects there. When the owner goes
away, however, the kernel frees the lock and the next one that asks becomes the owner.

Files beside ``chain.sqlite``: ``chain.sqlite.lock`` and ``chain.sqlite.address``.
"""

import fcntl
import os
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from chain import defaults
from chain.engine import Engine
from chain.rpc import Rpc
from chain.server import RpcServer
from chain.transport import GoneError, HttpTransport
from credential.errors import ConfigError, UnavailableError


class _Owner:
    """The chain, opened and served by this process."""

    def __init__(self, path: Path, lock: BinaryIO, chain_id: int, funded: Sequence[bytes]) -> None:
        self._lock = lock
        self._address = _beside(path, ".address")
        self._engine = Engine(path, chain_id, funded)
        self.rpc = Rpc(self._engine)
        self._server = RpcServer(self.rpc)
        _write_private(self._address, self._server.address)

    def close(self) -> None:
        """Give the chain up; the lock goes last, when all is on disk."""
        self._server.close()
        self._address.unlink(missing_ok=True)
        self._engine.close()
        self._lock.close()


class EmbeddedChain:
    """A way to ask the embedded chain in `path`, as its owner or through its owner.

    `chain_id` and `funded` (20-byte addresses that get a balance) make the chain when the file is
    new; without `funded` none is made. Thread-safe. Every method raises ConfigError
    ``chain.absent``, ``chain.id_differs`` for a file of another chain, or ``chain.path_unusable``.
    """

    def __init__(
        self,
        path: Path,
        *,
        chain_id: int = defaults.CHAIN_ID,
        funded: Sequence[bytes] = (),
        timeout: float = defaults.TIMEOUT,
    ) -> None:
        self._path = path.resolve()
        self._chain_id = chain_id
        self._funded = tuple(funded)
        self._timeout = timeout
        self._role = threading.Lock()  # guards the three fields below
        self._owner: _Owner | None = None
        self._remote: HttpTransport | None = None
        self._closed = False

    def close(self) -> None:
        """Stop serving (if this is the owner), release the lock, end connections."""
        with self._role:
            self._closed = True
            if self._owner is not None:
                self._owner.close()
            if self._remote is not None:
                self._remote.close()
            self._owner = self._remote = None

    def own(self) -> bool:
        """Become the owner if nobody else is; say whether this process is it now."""
        with self._role:
            if self._closed:
                raise UnavailableError("chain", "closed")
            if self._owner is None:
                lock = _try_lock(_beside(self._path, ".lock"))
                if lock is not None:
                    self._become_owner(lock)
            return self._owner is not None

    def post(self, request: bytes) -> Any:
        """The parsed answer to a JSON-RPC body. Raises UnavailableError ``chain``."""
        deadline = time.monotonic() + self._timeout
        while True:
            owner = self._owner
            if owner is None and self._remote is None and self.own():
                owner = self._owner
            if owner is not None:
                return _answered(owner.rpc, request)
            try:
                return self._connected().post(request)
            except GoneError:
                self._disconnect()
            if time.monotonic() > deadline:
                raise UnavailableError("chain", "no owner answers")
            time.sleep(defaults.TAKE_OVER_POLL)

    def _become_owner(self, lock: BinaryIO) -> None:
        try:
            self._owner = _Owner(self._path, lock, self._chain_id, self._funded)
        except BaseException:
            lock.close()
            raise

    def _connected(self) -> HttpTransport:
        with self._role:
            if self._closed:
                raise UnavailableError("chain", "closed")
            if self._remote is None:
                try:
                    address = _beside(self._path, ".address").read_text(encoding="ascii")
                except FileNotFoundError as error:
                    raise GoneError from error
                self._remote = HttpTransport(address, self._timeout, local=True)
            return self._remote

    def _disconnect(self) -> None:
        with self._role:
            if self._remote is not None:
                self._remote.close()
                self._remote = None


def serve_forever(
    path: Path,
    *,
    chain_id: int = defaults.CHAIN_ID,
    funded: Sequence[bytes] = (),
    stop: threading.Event | None = None,
) -> None:
    """Own and serve the chain in `path` until `stop` is set (or the process is interrupted).

    While another process owns it, wait to take over.
    """
    stop = stop or threading.Event()
    chain = EmbeddedChain(path, chain_id=chain_id, funded=funded)
    try:
        while not chain.own() and not stop.wait(0.2):
            pass
        stop.wait()
    finally:
        chain.close()


def _answered(rpc: Rpc, request: bytes) -> Any:
    asked = orjson.loads(request)
    return [rpc.answer(one) for one in asked] if isinstance(asked, list) else rpc.answer(asked)


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _try_lock(path: Path) -> BinaryIO | None:
    """The lock file, held; None while another process (or another chain object) holds it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("ab")
    except OSError as error:
        raise ConfigError("chain.path_unusable", path=str(path.parent)) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def _write_private(path: Path, text: str) -> None:
    """Put a file in place whole, readable by this user only."""
    draft = _beside(path, f".{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)
