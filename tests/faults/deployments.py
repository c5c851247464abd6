"""Deployments that faults are done to, and an account of what came of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from api import sample, settings
from api.accrediting import accredit
from api.demo import sample_file
from api.schoolfile import load
from api.settings import FILE
from api.wiring import System
from benchmarks.deployment import diploma_order, diplomas
from chain import contract
from chain.answers import Log
from chain.hexvalues import to_word
from chain.node import Node
from credential import merkle
from credential.model import CredentialType, Decision
from issuer.delivery import sd_jwt_of, token_of
from issuer.intake.rows import PupilRow
from issuer.order import Order
from registry.tables import AWARDS
from store.tables import CREDENTIALS, OUTBOX
from tests.chain.world import Net, rpc

EMBEDDED, ANVIL = "embedded chain, SQLite", "anvil, PostgreSQL"
ON_ANVIL = [pytest.mark.anvil, pytest.mark.postgres]
SCHOOL = sample.schools()[0].id
_PUPILS = 10_000  # of an order of any size, so that no two orders share one


@dataclass(frozen=True)
class Site:
    """A deployment with one accredited school in a folder; its settings say where the rest is."""

    name: str
    data: Path

    def system(self) -> System:
        """Its parts. Close them before another process is to own an embedded chain."""
        return System(settings.load(self.data))


def made(name: str, data: Path, net: Net | None = None, **urls: str) -> Site:
    """A new deployment: on the embedded chain, or on a node that gives its accounts money."""
    given = dict(urls)
    if net is not None:
        given |= {"chain": str(net.target)}
    lines = [f'{key} = "{value}"\n' for key, value in given.items()]
    lines += [f"chain_id = {net.chain_id}\n"] if net else []
    data.mkdir()
    (data / FILE).write_text("".join(lines))
    site = Site(name, data)
    with site.system() as system:
        system.migrate()
        for role in ("owner", "relayer"):
            system.keystore.make_chain_key(role)
            if net is not None:
                account = "0x" + system.address(role).hex()
                rpc(net.web3, "anvil_setBalance", account, hex(10**24))
        system.deploy()
        load(system.registry_database, sample_file())
        accredit(system, SCHOOL, list(CredentialType))
    return site


def order(number: int, size: int) -> Order:
    """The order of that number: pupils of its own, the same ones each time."""
    return diploma_order(size, number * _PUPILS)


def corrected(number: int, size: int) -> Order:
    """The order that corrects every second pupil's birth place in the order of that number."""
    first = order(number, size)
    rows = tuple(
        replace(row, birth_place="Đồng Nai") if at % 2 == 0 else row
        for at, row in enumerate(first.rows)
        if isinstance(row, PupilRow)
    )
    again = replace(first, rows=rows, first_serial=None, reason="Nhập sai nơi sinh")
    return replace(again, decision=Decision("77/QĐ-THPTM1", date(2026, 6, 20)))


def enrol(site: Site, number: int, size: int) -> Order:
    """The same, its pupils known to the register from now on."""
    with site.system() as system:
        return diplomas(system, size, number * _PUPILS)


@dataclass
class Count:
    """What went wrong with an order or with the deployment as a whole. All should be zero."""

    lost: int = 0
    twice: int = 0
    gaps: int = 0
    unfinished: int = 0

    def __add__(self, other: "Count") -> "Count":
        pairs = ((getattr(self, each.name), getattr(other, each.name)) for each in fields(self))
        return Count(*(one + two for one, two in pairs))


def count(system: System, asked: Order) -> Count:
    """Compare register, store and chain after an order was issued, whatever happened meanwhile."""
    batch = system.batches.batch(asked.ref)
    assert batch is not None, "the batch is lost"
    pupils = {row.code for row in asked.rows}
    anchors = _anchors(system)
    return Count(
        lost=_missing(system, batch.id, asked.ref, pupils) + (batch.root not in anchors),
        twice=_repeated(system) + len(anchors) - len(set(anchors)),
        gaps=_gaps(system),
        unfinished=len(system.batches.unfinished()),
    )


def _missing(system: System, batch: int, ref: str, pupils: set[str]) -> int:
    """Pupils without a line in the register, a stored credential, or both signatures; bad trees."""
    with system.registry_database.reading() as connection:
        lines = set(connection.scalars(select(AWARDS.c.pupil).where(AWARDS.c.batch_ref == ref)))
    issued = list(system.batches.issued(batch))
    stored = {one.staged.pupil for one in issued}
    return len(pupils - lines) + len(pupils - stored) + (not _tree_fits(system, batch))


def _tree_fits(system: System, batch: int) -> bool:
    """Whether signatures and rows, put together anew, have the root that was anchored."""
    issued = list(system.batches.issued(batch))
    leaves = []
    for one in issued:
        jwt = sd_jwt_of(one).partition("~")[0]
        leaves += [merkle.leaf_hash(jwt.encode()), merkle.leaf_hash(token_of(one))]
    return merkle.levels(leaves)[-1] == issued[0].batch.root


def _repeated(system: System) -> int:
    """Pupils with the same version of a line, or of a credential, twice."""
    found = 0
    for database, columns in (
        (system.registry_database, (AWARDS.c.pupil, AWARDS.c.version)),
        (system.store_database, (CREDENTIALS.c.pupil, CREDENTIALS.c.version)),
    ):
        with database.reading() as connection:
            rows = connection.execute(select(*columns)).all()
            found += sum(times - 1 for times in Counter(map(tuple, rows)).values())
    return found


def _anchors(system: System) -> Sequence[bytes]:
    """The roots that the chain holds for the school, from its events."""
    node = Node(system.web3, system.deployment.chain_id)
    topics = [contract.topic("Anchored"), to_word(SCHOOL)]
    head = node.block("latest")
    logs: list[Log] = list(node.history(system.deployment.contract, topics, 0, head))
    return [log.topics[3] for log in logs]


def _gaps(system: System) -> int:
    """Nonces of the relayer that were left out, or given out and not used; numbers, too."""
    with system.store_database.reading() as connection:
        nonces = set(
            connection.scalars(
                select(OUTBOX.c.nonce).where(OUTBOX.c.sender == system.ledger.sender)
            )
        )
    with system.registry_database.reading() as connection:
        numbers = set(connection.scalars(select(AWARDS.c.number).where(AWARDS.c.school == SCHOOL)))
    return len(nonces ^ set(range(system.ledger.nonce()))) + len(
        numbers ^ set(range(1, len(numbers) + 1))
    )
