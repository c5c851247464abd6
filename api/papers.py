"""A school's papers: on which template, signed by whom, into which folder."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from api.sealing import press_of
from api.settings import Settings
from credential.errors import Fault
from credential.model import CredentialType
from credential.records import Batch
from issuer.delivery import deliver, unsealed
from issuer.paper import confined, samples
from issuer.paper.shelf import Shelf

if TYPE_CHECKING:
    from api.wiring import System


@dataclass(frozen=True, slots=True)
class Written:
    """The papers of a batch, by index; `signer` is whom they name as having signed, or nobody."""

    folder: Path
    paths: list[Path]
    signer: str


def write(
    system: "System", batch: Batch, by: str, progress: Callable[[int], None], person: str = ""
) -> Written:
    """Write those papers of a final batch that are not there yet, as extracts taken by somebody.

    Raises what `api.sealing.press_of` and printing raise.
    """
    press, signer = press_of(system, batch.school, person)
    template = shelf(system.settings).find(batch.school, batch.type)
    folder = system.settings.data / "papers" / _name(batch, template, signer)
    paths = deliver(
        system.batches, system.extracts, batch, folder, system.style, by, progress, press, template
    )
    return Written(folder, paths, signer)


def _name(batch: Batch, template: Path | None, signer: str) -> str:
    """Papers on another template, or signed by another, are others: a folder for each kind."""
    plain = f"{batch.school}-{batch.seq:04d}"
    if not (template or signer):
        return plain
    about = f"{template.parent.name if template else ''}/{signer}".encode()
    return f"{plain}-{hashlib.sha256(about).hexdigest()[:8]}"


def shelf(settings: Settings) -> Shelf:
    """The schools' templates."""
    return Shelf(settings.data / "templates")


def trying(settings: Settings) -> Callable[[Path, CredentialType], list[Fault]]:
    """What finds out whether a template may be used in this deployment."""
    return partial(confined.tried, public_url=settings.public_url)


def previewed(settings: Settings, school: int, kind: CredentialType) -> bytes:
    """Made-up data on the template that a school uses for a type."""
    first, _ = samples.papers(kind, settings.public_url)
    (pdf,) = unsealed([replace(first, template=shelf(settings).find(school, kind))])
    return pdf
