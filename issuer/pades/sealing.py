"""Papers made and signed, many at a time: processes print, this one signs.

Only digests come to the key, so a token's one session and a key file's secret stay here, and the
other processes hold neither.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from pyhanko.sign.timestamps import TimeStamper

from credential.errors import ConfigError
from issuer.delivery import processes
from issuer.pades.containers import Containers
from issuer.pades.keys import Appearance, CertifiedKey, holder
from issuer.pades.placing import Place, place
from issuer.paper.comparing import printed
from issuer.paper.document import Paper
from issuer.paper.pool import mapped


@dataclass(frozen=True, slots=True)
class Seal:
    """With what papers are signed, and the time that they tell (in Viet Nam's zone)."""

    key: CertifiedKey
    at: datetime
    stamper: TimeStamper | None = None


def sealed(papers: Sequence[Paper], seal: Seal, workers: int = 2) -> Generator[bytes, None, None]:
    """Each paper as a signed PDF, in order.

    `workers` processes print. Raises what `printed`, the key and the
    stamper raise, ConfigError ``paper.no_field``.
    """
    with Containers(seal.key, seal.stamper) as containers:
        seen = Appearance(holder(seal.key.chain), seal.at)
        placed = partial(_placed, seen=seen, room=containers.room)
        for each in mapped(placed, papers, processes(papers, workers)):
            yield each.filled(containers.make(each.digest))


def _placed(paper: Paper, seen: Appearance, room: int) -> Place:
    pdf, field = printed(paper, sealed=True)
    if field is None:
        raise ConfigError("paper.no_field", template=paper.credential.type.key)
    return place(pdf, field, seen, room)
