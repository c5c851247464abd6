"""Running services until they are interrupted: the site, the registry, the embedded chain."""

import errno
import os
import resource
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from types import FrameType

import uvicorn
from fastapi import FastAPI

from api.connections import CONNECTIONS, Connection, Server
from api.desk.jobs import IDLE, THREADS
from api.desk.jobs import Worker as JobWorker
from api.desk.runners import RUNNERS
from api.lists import webhooks, work
from api.lists.checking import Checker
from api.lists.webhooks import Webhooks
from api.lists.work import Worker
from api.notices import sending
from api.notices.ways import sender
from api.rounds import go_round
from api.settings import Settings
from api.site.limits import Limits
from api.wiring import System
from chain.embedded import serve_forever
from credential.errors import ConfigError

_FILES = 500  # open files beside connections: databases, pipes of readers
_GOODBYE = 10  # seconds that running requests get when the service is stopped


@contextmanager
def working(system: System, allowed: Limits) -> Iterator[None]:
    """Work on lists and on the workbench's jobs meanwhile, and tell clients that lists are done.

    All in threads of their own.
    """
    if not system.settings.has_store:
        yield
        return
    checker = Checker(system.verifier, system.numbers, allowed.guessing, system.observer.note)
    jobs = [JobWorker(system, RUNNERS) for _ in range(THREADS)]
    works: list[tuple[str, Callable[[], bool], float]] = [
        ("lists", Worker(system.lists, checker).once, work.IDLE),
        ("webhooks", Webhooks(system.deliveries).once, webhooks.IDLE),
        ("notices", sender(system).once, sending.IDLE),
        *(("jobs", lambda at=at: at.once() is not None, IDLE) for at in jobs),
    ]
    with ExitStack() as running:
        for name, once, pause in works:
            running.enter_context(_meanwhile(name, partial(go_round, once, name, pause)))
        yield


@contextmanager
def indexing(system: System) -> Iterator[None]:
    """Keep the index meanwhile, in a thread of its own, if settings ask for one."""
    if not system.settings.chain_index:
        yield
        return
    with _meanwhile("indexer", system.indexer.follow):
        yield


@contextmanager
def noting(system: System) -> Iterator[None]:
    """Write meanwhile what verifications are noted by, in a thread of its own."""
    if not system.settings.has_store:
        yield
        return
    with _meanwhile("observer", system.observer.keep):
        yield


@contextmanager
def _meanwhile(name: str, work: Callable[[threading.Event], None]) -> Iterator[None]:
    """Run `work` in a thread until the block ends; it stops when its event is set."""
    stop = threading.Event()
    thread = threading.Thread(target=work, args=[stop], name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(_GOODBYE)


def follow(system: System) -> None:
    """Keep the index until interrupted."""
    _heed_interrupts()
    with suppress(KeyboardInterrupt):
        system.indexer.follow(threading.Event())


def listening(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 means any free one.

    Raises ConfigError ``serve.port_taken`` and ``serve.cannot_listen`` (reason).
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=CONNECTIONS)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ConfigError("serve.port_taken", host=host, port=port) from error
        # A name that stands for no address has its reason in words and a negative number.
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
        raise ConfigError("serve.cannot_listen", host=host, port=port, reason=reason) from error


def address(listener: socket.socket) -> str:
    """The address to open in a browser."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def serve(app: FastAPI, listener: socket.socket) -> None:
    """Serve until interrupted (Ctrl+C or SIGTERM); running requests are finished first."""
    config = uvicorn.Config(
        app,
        access_log=False,  # queries and bodies are nobody's business
        log_level="warning",
        server_header=False,
        http=Connection,
        ws="none",
        timeout_graceful_shutdown=_GOODBYE,
    )
    _allow_files()
    _heed_interrupts()
    try:
        Server(config).run([listener])
    except KeyboardInterrupt:
        return  # asked for, and done


def _allow_files() -> None:
    """Let this process open as many files as it may have connections, where the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + _FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def embedded_chain(settings: Settings) -> Path:
    """The embedded chain's file.

    Raises ConfigError ``chain.absent`` if there is none yet, ``chain.not_embedded`` when settings
    name another chain.
    """
    path = Path(settings.chain_targets[0])
    if settings.chain:
        raise ConfigError("chain.not_embedded")
    if not path.exists():
        raise ConfigError("chain.absent")
    return path


def serve_chain(path: Path, chain_id: int) -> None:
    """Own and serve an embedded chain until interrupted; wait while another process owns it."""
    _heed_interrupts()
    try:
        serve_forever(path, chain_id=chain_id)
    except KeyboardInterrupt:
        return  # asked for, and done


def _heed_interrupts() -> None:
    """End on SIGTERM as on Ctrl+C, also where a shell's background has that ignored."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
