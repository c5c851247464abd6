"""What a batch's papers are handed over as: a ZIP by classes, or a sheet to print."""

import os
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from api import papers
from api.accounts import slips
from api.clock import today
from api.printers import Printers
from api.wiring import System
from credential.errors import RefusedError
from credential.extracts import Extract, ExtractKind
from credential.model import Lane
from credential.records import (
    Batch,
    BatchState,
    IssuedCredential,
    PupilRecord,
    StagedCredential,
)
from issuer.delivery import Style, paper_of, unsealed
from issuer.packing import Item, pack
from issuer.paper.document import Paper
from issuer.paper.sheets import joined
from store.accounts import Relation
from store.claims import Claims
from web import messages

SLIPS_DAYS = 60
"""Days for which codes on the slips of a ZIP can be used."""

_DAY = 86_400  # seconds

Stage = Callable[[str, int], None]
Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Packed:
    """How many papers it has, how many were left out because they do not stand, who signed."""

    count: int
    left_out: int
    signer: str


@dataclass(frozen=True, slots=True)
class Printing:
    """How a sheet is printed: on pre-printed blanks or not, with marks, moved for which printer."""

    blank: bool = False
    marks: bool = False
    printer: str = ""


def write_zip(
    system: System, batch: Batch, out: Path, by: str, stage: Stage, advance: Advance,
    *, person: str = "", with_slips: bool = False,
) -> Packed:  # fmt: skip
    """Write the papers that are not there yet, then those that stand into one ZIP.

    With slips, each pupil gets a fresh claim code, made just before it is written. Raises what
    `api.papers.write` raises, and RefusedError ``delivery.not_final``.
    """
    check(batch)
    stage("papers", batch.size)
    written = papers.write(system, batch, by, advance, person)
    standing = [
        (issued.staged, path)
        for issued, path in zip(system.batches.issued(batch.id), written.paths, strict=True)
        if issued.lane is Lane.ACTIVE
    ]
    stage("packing", len(standing))
    pupils = system.desk.pupils([row.pupil for row, _ in standing])
    items = [_item(row, path, pupils.get(row.pupil)) for row, path in standing]
    beside = []
    if with_slips:
        name = messages.text("vi", "delivery.slips_file")
        beside.append((name, _slips(system, batch, list(pupils.values()), by)))
    with _whole(out) as file:
        pack(file, _counted(items, advance), beside)
    return Packed(len(items), batch.size - len(items), written.signer)


def check(batch: Batch) -> None:
    """Nothing is handed out before the chain has it. Raises RefusedError ``delivery.not_final``."""
    if batch.state not in (BatchState.FINAL, BatchState.DELIVERED):
        raise RefusedError("delivery.not_final", state=batch.state.value)


def _item(row: StagedCredential, path: Path, about: PupilRecord | None) -> Item:
    name, group = (about.name, about.class_name) if about else ("", "")
    return Item(path, name, group, row.register_no)


def write_sheet(
    system: System, batch: Batch, out: Path, by: str, stage: Stage, advance: Advance,
    printing: Printing,
) -> Packed:  # fmt: skip
    """Print the papers that stand into one PDF, in the list's order, noted as extracts first.

    Raises RefusedError ``printer.unknown`` and ``delivery.not_final``.
    """
    check(batch)
    offset = Printers(system.settings.data).offset(printing.printer)
    template = papers.shelf(system.settings).find(batch.school, batch.type)
    issued = [one for one in system.batches.issued(batch.id) if one.lane is Lane.ACTIVE]
    system.extracts.note_all([_extract(each, by) for each in issued])
    made = [_printed(each, system.style, template, printing) for each in issued]
    stage("papers", len(made))
    with closing(unsealed(made)) as pdfs:
        whole = joined(_passing(pdfs, advance), offset)
    with _whole(out) as file:
        file.write(whole)
    return Packed(len(made), batch.size - len(made), "")


def _printed(
    issued: IssuedCredential, style: Style, template: Path | None, printing: Printing
) -> Paper:
    paper = paper_of(issued, style, template)
    return replace(paper, overlay=printing.blank, marks=printing.marks)


def _extract(issued: IssuedCredential, by: str) -> Extract:
    batch, staged = issued.batch, issued.staged
    return Extract(staged.pupil, batch.school, batch.seq, staged.index, ExtractKind.PAPER, by, "")


def _slips(system: System, batch: Batch, pupils: Sequence[PupilRecord], by: str) -> bytes:
    claims = Claims(system.store_database)
    by_birth = bool(system.settings.registry_service)  # then /me cannot ask about numbers
    made = slips.make(claims, pupils, Relation.SELF, SLIPS_DAYS * _DAY, by, by_birth=by_birth)
    school = system.desk.numbered(batch.school, today())
    page = system.settings.public_url.rstrip("/") + "/me"
    return slips.as_pdf(made, school.name if school else "", page)


def _counted(items: Sequence[Item], advance: Advance) -> Generator[Item, None, None]:
    for item in items:
        yield item
        advance(1)


def _passing(pdfs: Generator[bytes, None, None], advance: Advance) -> Generator[bytes, None, None]:
    for pdf in pdfs:
        yield pdf
        advance(1)


@contextmanager
def _whole(out: Path) -> Iterator[IO[bytes]]:
    """A file that is there whole or not at all, for its owner alone."""
    draft = out.with_name(f".{out.name}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with os.fdopen(os.open(draft, flags, 0o600), "wb") as file:
        yield file
    draft.replace(out)
