"""Filling a mirror: every batch's leaf file from a site, each compared with the chain.

The site is believed in nothing. The chain says which batches there are, how large, and what their
roots are; a file that does not lead to its root is not kept, and one that was damaged is replaced.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx

from api.sources import Sources
from chain.anchored import Anchored, anchored
from credential.errors import UnavailableError
from credential.facts import Block
from verifier.mirror import LEAF_BYTES, Mirror, root_of

LARGEST = 1 << 20  # credentials of a batch: its tree is built in memory, of 64 MB of leaves
_PATIENCE = 30.0  # seconds until a site's answer is complete, and
_SLOWEST = 10_000  # bytes per second that a longer one has to make
_NOT_FOUND = 404


@dataclass(slots=True)
class Tally:
    """What came of it as of `block`.

    Batches held before, new ones, and those that the site lacks or gives wrongly, or that are
    larger than is kept here.
    """

    block: Block
    before: int = 0
    fetched: int = 0
    absent: list[Anchored] = field(default_factory=list)
    wrong: list[Anchored] = field(default_factory=list)
    too_large: list[Anchored] = field(default_factory=list)


def update(system: Sources, site: str, mirror: Mirror) -> Tally:
    """Bring a mirror up to the finalised block from a site's published leaf files.

    Raises UnavailableError ``chain``, and ``store`` when the site does not answer; what was kept
    until then stays kept. Raises OSError for a folder that cannot be read or written.
    """
    head, address = system.strict_reader.head(), system.deployment.contract
    batches = anchored(system.witnesses, address, system.first_block, head)
    tally = Tally(head)
    try:
        asyncio.run(_fill(site, batches, mirror, tally))
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        raise UnavailableError("store", type(error).__name__) from error
    return tally


async def _fill(site: str, batches: Sequence[Anchored], mirror: Mirror, tally: Tally) -> None:
    # Asked for as it is: a few compressed bytes may stand for gigabytes. Limits are those below.
    plain = {"Accept-Encoding": "identity"}
    async with httpx.AsyncClient(base_url=site, headers=plain, timeout=None) as client:  # noqa: S113
        for batch in batches:
            if mirror.holds(batch.school, batch.seq, batch.root):
                tally.before += 1
            elif batch.size > LARGEST:
                tally.too_large.append(batch)
            else:
                _keep(batch, await _fetched(client, batch), mirror, tally)


def _keep(batch: Anchored, leaves: bytes | None, mirror: Mirror, tally: Tally) -> None:
    if leaves is None:
        tally.absent.append(batch)
    elif len(leaves) != batch.size * LEAF_BYTES or root_of(leaves) != batch.root:
        tally.wrong.append(batch)
    else:
        mirror.add(batch.school, batch.seq, leaves)
        tally.fetched += 1


async def _fetched(client: httpx.AsyncClient, batch: Anchored) -> bytes | None:
    """A leaf file as the site gives it, or the beginning of one that is too long."""
    length, path = batch.size * LEAF_BYTES, f"/api/leaves/{batch.school}/{batch.seq}"
    async with asyncio.timeout(_PATIENCE + length / _SLOWEST), client.stream("GET", path) as answer:
        if answer.status_code == _NOT_FOUND:
            return None
        answer.raise_for_status()
        found = bytearray()
        async for part in answer.aiter_raw():
            found += part
            if len(found) > length:
                break
    return bytes(found)
