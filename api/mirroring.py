"""Filling a mirror: every batch's leaf file from a site, each compared with the chain.

The site is believed in nothing. The chain says which batches there are, how large, and what their
roots are; a file that does not lead to its root is not kept.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from api.sources import Sources
from chain.anchored import Anchored, anchored
from credential.errors import UnavailableError
from credential.facts import Block
from verifier.mirror import LEAF_BYTES, Mirror, root_of

_TIMEOUT = 30.0  # seconds without a byte
_NOT_FOUND = 404

Progress = Callable[[int, int], None]
"""Batches done, of how many."""


@dataclass(slots=True)
class Tally:
    """What came of it as of `block`: batches held before, new ones, absent and wrong ones."""

    block: Block
    before: int
    fetched: int = 0
    absent: list[Anchored] = field(default_factory=list)
    wrong: list[Anchored] = field(default_factory=list)


def update(system: Sources, site: str, mirror: Mirror, progress: Progress) -> Tally:
    """Bring a mirror up to the finalised block from a site's published leaf files.

    Raises UnavailableError ``chain``, and ``store`` when the site does not answer; what was kept
    until then stays kept.
    """
    head, held = system.strict_reader.head(), mirror.held()
    address, first = system.deployment.contract, system.first_block
    missing = anchored(system.witnesses, address, first, head, held)
    tally = Tally(head, len(held))
    with httpx.Client(base_url=site, timeout=_TIMEOUT) as client:
        for done, batch in enumerate(missing):
            progress(done, len(missing))
            _keep(batch, _fetched(client, batch), mirror, tally)
    return tally


def _keep(batch: Anchored, leaves: bytes | None, mirror: Mirror, tally: Tally) -> None:
    if leaves is None:
        tally.absent.append(batch)
    elif len(leaves) != batch.size * LEAF_BYTES or root_of(leaves) != batch.root:
        tally.wrong.append(batch)
    else:
        mirror.add(batch.school, batch.seq, leaves)
        tally.fetched += 1


def _fetched(client: httpx.Client, batch: Anchored) -> bytes | None:
    """A leaf file as the site gives it, or the beginning of one that is too long."""
    try:
        with client.stream("GET", f"/api/leaves/{batch.school}/{batch.seq}") as answer:
            if answer.status_code == _NOT_FOUND:
                return None
            answer.raise_for_status()
            found = bytearray()
            for part in answer.iter_bytes():
                found += part
                if len(found) > batch.size * LEAF_BYTES:
                    break
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise UnavailableError("store", type(error).__name__) from error
    return bytes(found)
