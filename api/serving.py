"""Running services until they are interrupted: the site, the registry, the embedded chain."""

import errno
import os
import resource
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import FrameType

import uvicorn
from fastapi import FastAPI

from api.connections import CONNECTIONS, Connection, Server
from api.lists.checking import Checker
from api.lists.desk import Desk
from api.lists.webhooks import Webhooks
from api.lists.work import Worker
from api.settings import Settings
from api.site.app import Parts, create_app
from api.site.directory import SigningKeys
from api.site.limits import Allowance, Limits
from api.site.pages import Site
from api.succeeding import Successions
from api.wiring import System
from chain.embedded import serve_forever
from credential.errors import ConfigError
from registry.access import Clients
from registry.service import create_service
from web import messages

_FILES = 500  # open files beside connections: databases, pipes of readers
_GOODBYE = 10  # seconds that running requests get when the service is stopped


def limits(settings: Settings) -> Limits:
    """What one address may ask of this process."""
    return Limits(Allowance(lookups=settings.lookups_per_hour, lists=settings.lists_per_day))


def site(system: System, allowed: Limits | None = None) -> FastAPI:
    """The check page and the API over a deployment."""
    settings, noting = system.settings, _notes(system)
    about = Site(
        system.deployment,
        settings.public_url,
        settings.specimen,
        receipts=system.receipt_signer is not None,
        reports=noting,
        lists=_list_limits(settings) if noting else None,
        first_block=system.first_block,
        stale_after=settings.chain_stale_after,
    )
    parts = Parts(
        system.verifier,
        system.published,
        system.readiness,
        lambda: system.index_lag,
        numbers=system.numbers,
        receipts=system.receipts,
        signing_keys=lambda: _signing_keys(system),
        lists=_desk(system),
        limits=allowed or limits(settings),
        successions=_successions(system),
    )
    if noting:
        parts = replace(
            parts,
            note=system.observer.note,
            reports=system.intake,
            sums=system.counts.between,
        )
    return create_app(parts, about)


def _successions(system: System) -> Successions | None:
    """What leads from a superseded credential to the next: where the index and the papers are."""
    if not system.settings.chain_index or system.mirror is not None:
        return None
    return Successions(system.verifier, system.published, system.history)


def _signing_keys(system: System) -> SigningKeys:
    """All schools' signing keys by the chain, with today's names by the registry.

    A registry that is asked over HTTP answers claims and tells no names.
    """
    block, keys = system.reader.signing_keys()
    if system.matcher is None or system.settings.registry_service:
        return SigningKeys(block, keys, {})
    schools = system.desk.schools(datetime.now(messages.VIETNAM).date())
    return SigningKeys(block, keys, {school.id: school.name for school in schools})


def _notes(system: System) -> bool:
    """Whether there is a store to write to; a site over a mirror has none."""
    return system.settings.mirror is None


def _list_limits(settings: Settings) -> dict[str, int]:
    """What the page about lists says of their limits."""
    return {
        "rows": settings.list_rows,
        "per_day": settings.lists_per_day,
        "hours": settings.list_kept_hours,
    }


def _desk(system: System) -> Desk | None:
    """Where lists are handed in; nowhere beside a mirror, which has no store."""
    if not _notes(system):
        return None
    return Desk(system.lists, system.api_clients, system.settings.list_rows)


@contextmanager
def working(system: System, allowed: Limits) -> Iterator[None]:
    """Work on lists meanwhile and tell clients that theirs are done, in threads of their own."""
    if not _notes(system):
        yield
        return
    stop = threading.Event()
    checker = Checker(system.verifier, system.numbers, allowed.guessing, system.observer.note)
    worker = Worker(system.lists, checker)
    webhooks = Webhooks(system.deliveries)
    threads = [
        threading.Thread(target=each.follow, args=[stop], name=type(each).__name__, daemon=True)
        for each in (worker, webhooks)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(_GOODBYE)


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
    if not _notes(system):
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
    signal.signal(signal.SIGTERM, _interrupt)
    with suppress(KeyboardInterrupt):
        system.indexer.follow(threading.Event())


def clients(system: System) -> Clients:
    """Who may ask the registry over HTTP."""
    return Clients(system.registry_database)


def registry(system: System) -> FastAPI:
    """The registry's service. It asks its own database, whatever settings say."""
    return create_service(system.own_matcher, clients(system))


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
    signal.signal(signal.SIGTERM, _interrupt)
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
    for number in (signal.SIGTERM, signal.SIGINT):  # a shell in the background ignores the latter
        signal.signal(number, _interrupt)
    try:
        serve_forever(path, chain_id=chain_id)
    except KeyboardInterrupt:
        return  # asked for, and done


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
