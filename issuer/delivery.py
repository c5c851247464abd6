"""Step 9 of issuing: papers, made from what was signed and from nothing else.

A paper is rebuilt from the stored artefact, so that what is printed is what was signed. Files
are named by register number, never by person, and written whole or not at all, so delivering
again after a crash only writes what is missing.
"""

import os
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from credential import qrlink, qrtoken, sdjwt, sdjwt_issuing
from credential.dates import PartialDate
from credential.extracts import Extract, ExtractKind
from credential.model import (
    TERMS,
    CourseResult,
    Credential,
    Decision,
    Holder,
    Place,
    Signer,
    TermOutcome,
    Transcript,
)
from credential.origin import of_members
from credential.records import Batch, BatchState, IssuedCredential
from issuer.paper.comparing import printed
from issuer.paper.document import Paper
from issuer.paper.pool import mapped
from issuer.ports import BatchStore, ExtractLog

Press = Callable[[Sequence[Paper]], Generator[bytes, None, None]]
"""What makes PDFs of papers, in order (`unsealed`, `issuer.pades.sealing.sealed`)."""

FEW = 4
"""With fewer papers than this, starting processes takes longer than printing."""


@dataclass(frozen=True, slots=True)
class Style:
    """What every paper of a deployment has in common: the verifier's address, specimen or not."""

    public_url: str
    specimen: bool


def sd_jwt_of(issued: IssuedCredential) -> str:
    """The SD-JWT with all its disclosures."""
    header = sdjwt_issuing.header(issued.batch.kid, issued.batch.alg)
    to_sign = sdjwt_issuing.signing_input(header, issued.staged.sd_payload)
    jwt = sdjwt_issuing.assemble(to_sign, issued.signatures.sd)
    return f"{jwt}~{issued.staged.disclosures}"


def token_of(issued: IssuedCredential) -> bytes:
    """The QR token."""
    batch, claims = issued.batch, issued.staged.qr_payload
    return qrtoken.assemble(claims, batch.kid, batch.alg, issued.signatures.qr)


def paper_of(issued: IssuedCredential, style: Style, template: Path | None = None) -> Paper:
    """What the paper of a signed credential shows, on the school's template if it has one."""
    text = sd_jwt_of(issued)
    return Paper(
        credential=credential_of(sdjwt.parse(text)),
        code=issued.staged.code,
        verify_url=style.public_url,
        qr=qrlink.encode(token_of(issued), style.public_url),
        sd_jwt=text,
        specimen=style.specimen,
        template=template,
    )


def deliver(
    store: BatchStore,
    log: ExtractLog,
    batch: Batch,
    folder: Path,
    style: Style,
    by: str,
    progress: Callable[[int], None],
    press: Press,
    template: Path | None = None,
) -> list[Path]:
    """Write the papers of a final batch that are not there yet; return their paths, by index.

    Each is noted first as an extract taken by `by`. `progress(n)` is told how many more papers
    exist; what it raises ends the work.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths, missing, extracts = [], [], []
    for issued in store.issued(batch.id):
        path = folder / f"{issued.staged.register_no.replace('/', '-')}.pdf"
        paths.append(path)
        if not path.exists():
            missing.append((path, paper_of(issued, style, template)))
            extracts.append(_extract(issued, by))
    log.note_all(extracts)
    progress(len(paths) - len(missing))
    with closing(press([paper for _, paper in missing])) as made:
        for (path, _), pdf in zip(missing, made, strict=True):
            _write(path, pdf)
            progress(1)
    store.advance(batch.id, BatchState.DELIVERED)
    return paths


def unsealed(papers: Sequence[Paper], workers: int = 2) -> Generator[bytes, None, None]:
    """A `Press` that signs nothing."""
    yield from mapped(_unsealed, papers, processes(papers, workers))


def _unsealed(paper: Paper) -> bytes:
    return printed(paper)[0]


def processes(papers: Sequence[Paper], workers: int) -> int:
    """How many processes print: none for a few papers, unless a school's program runs in them."""
    if len(papers) >= FEW:
        return workers
    return 1 if any(paper.template for paper in papers) else 0


def _extract(issued: IssuedCredential, by: str) -> Extract:
    batch, staged = issued.batch, issued.staged
    paper = ExtractKind.PAPER
    return Extract(staged.pupil, batch.school, batch.seq, staged.index, paper, by, "")


def _write(path: Path, data: bytes) -> None:
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    draft.write_bytes(data)
    draft.replace(path)


def credential_of(found: sdjwt.SdJwt) -> Credential:
    """The credential that a complete SD-JWT says. Raises KeyError if something is hidden."""
    body, shown = found.body, found.disclosed
    decision = body.get("decision")
    return Credential(
        type=found.type,
        school=body["school"],
        school_name=body["school_name"],
        holder=Holder(
            shown["name"],
            PartialDate.from_iso(shown["birth_date"]),
            shown.get("birth_place"),
            shown.get("sex"),
            shown.get("ethnicity"),
        ),
        register_no=body["register_no"],
        year=body["year"],
        issued=date.fromisoformat(body["issued"]),
        signer=Signer(**shown["signer"]),
        serial=body.get("serial"),
        decision=Decision(decision["number"], date.fromisoformat(decision["on"]))
        if decision
        else None,
        classification=shown.get("classification"),
        transcript=_transcript(found) if found.type.has_results else None,
        supersedes=Place(**body["supersedes"]) if "supersedes" in body else None,
        holder_key=found.holder_key,
        origin=of_members(body["origin"], shown.get("origin_signer")) if "origin" in body else None,
    )


def _transcript(found: sdjwt.SdJwt) -> Transcript:
    said = found.outcomes
    outcomes = [
        TermOutcome(
            term, *(said.get(f"{term}.{name}") for name in ("study", "conduct", "absences"))
        )
        for term in TERMS
    ]
    return Transcript(
        grade=found.body["grade"],
        class_name=found.disclosed["class"],
        school_year=found.body["school_year"],
        results=tuple(CourseResult(**row) for row in found.results),
        outcomes=tuple(each for each in outcomes if each != TermOutcome(each.term)),
        promotion=said.get("promotion"),
        title=said.get("title"),
        completion=said.get("completion"),
    )
