"""The annex of a decision as a document of its own: what a line said, what it says now, and why.

PDF for the dossier and for its holder, who keeps it with the paper; JSON for other programs. Made
of what the register keeps, so it can be made again at any time and says the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from credential.annex import Annex
from credential.errors import RefusedError
from credential.extracts import Extract, ExtractKind
from credential.records import AwardLine
from issuer.grounds import grounds
from issuer.paper.press import print_pdf
from registry.histories import Version
from web import messages

if TYPE_CHECKING:
    from api.wiring import System

_TEMPLATE = Path(__file__).parent / "annex.typ"
_WORDS = (
    "title", "of", "register_no", "serial", "old_serial", "ground", "evidence", "signed_by",
    "field", "old", "new", "none", "keep", "cancelled", "nation", "motto",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Document:
    """An annex with the line and the version that it brought; `before` is what was replaced."""

    line: AwardLine
    school_name: str
    version: Version
    before: Version
    annex: Annex


def document(system: "System", line: AwardLine, version: int | None = None) -> Document:
    """The annex of a version, of the newest that has one if none is named.

    Raises RefusedError ``annex.absent``.
    """
    versions = system.desk.history(line).versions
    having = [one for one in versions if one.annex and version in (None, one.version)]
    if not having or having[-1].annex is None:
        raise RefusedError("annex.absent", register_no=line.register_no)
    found, annex = having[-1], having[-1].annex
    school = system.desk.numbered(line.school, found.issued.to_date())
    before = next(one for one in versions if one.version == found.version - 1)
    return Document(line, school.name if school else "", found, before, annex)


def taken(system: "System", line: AwardLine, version: int | None, by: str) -> Document:
    """The same for whoever takes it out, noted as an extract first."""
    made = document(system, line, version)
    held = system.batches.versions(line.school, line.type, [line.register_no])
    newest = max(held, key=lambda one: one.line.version)
    batch, staged = newest.batch, newest.staged
    place = (staged.pupil, batch.school, batch.seq, staged.index)
    system.extracts.note_all([Extract(*place, ExtractKind.PAPER, by, "")])
    return made


def as_json(found: Document) -> Mapping[str, object]:
    """The annex for programs; days ISO 8601, values as printed."""
    annex = found.annex
    return {
        "type": found.line.type.key,
        "school": found.line.school,
        "school_name": found.school_name,
        "register_no": found.line.register_no,
        "version": found.version.version,
        "serial": found.version.serial,
        "old_serial": found.before.serial,
        "kind": annex.kind.value,
        "ground": annex.ground,
        "source": grounds()[annex.ground].source,
        "evidence": annex.evidence,
        "decision": {"number": annex.decision.number, "on": annex.decision.on.isoformat()},
        "signed_by": annex.signed_by,
        "changes": [{"field": field, "old": old, "new": new} for field, old, new in annex.changes],
    }


def as_pdf(found: Document) -> bytes:
    """The annex on paper. Raises FormatError ``paper.unprintable``."""
    annex, ground = found.annex, grounds()[found.annex.ground]
    kind = messages.both(f"kind.{found.line.type.key}")
    content: Mapping[str, object] = {
        "words": {word: messages.both(f"annex.{word}") for word in _WORDS},
        "kind": kind,
        "reissued": found.version.serial != found.before.serial,
        "school": found.school_name,
        "register_no": found.line.register_no,
        "serial": found.version.serial or "",
        "old_serial": found.before.serial or "",
        "ground": ground.name,
        "source": ground.source,
        "evidence": annex.evidence,
        "decision": annex.decision.number,
        "on": f"{annex.decision.on:%d/%m/%Y}",
        "signed_by": annex.signed_by,
        "changes": [
            {"field": messages.both(f"amended.{field}"), "old": old or "", "new": new or ""}
            for field, old, new in annex.changes
        ],
    }
    return print_pdf(_TEMPLATE, content, datetime.combine(annex.decision.on, time(), UTC))
