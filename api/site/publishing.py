"""What anybody may have of the evidence: Merkle paths and leaf files."""

from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Protocol

from fastapi import FastAPI, Path, Response

from api import presenting
from api.presenting import EvidenceModel
from api.site import problems
from api.site.answering import in_pool, json_response
from credential.errors import RefusedError
from credential.facts import Evidence
from credential.model import Deployment

_BINARY = "application/octet-stream"


class PublishedEvidence(Protocol):
    """What anybody may have of the evidence; `store.evidence.EvidenceReader` holds it."""

    def by_digest(self, digest: bytes) -> tuple[int, int, int, Evidence] | None:
        """School, batch number, leaf index and evidence of a leaf hash, if known here."""
        ...

    def leaves(self, school: int, seq: int) -> bytes | None:
        """A batch's leaf hashes joined; None when no such batch is known here."""
        ...


def install(
    app: FastAPI, evidence: PublishedEvidence, deployment: Deployment, waiting: ThreadPoolExecutor
) -> None:
    """Add the routes."""

    @app.get(
        "/api/evidence/{digest}",
        response_model=EvidenceModel,
        responses=problems.declared(404, 422, 503),
        operation_id="evidence",
    )
    async def evidence_of(
        digest: Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="leaf hash")],
    ) -> Response:
        """The Merkle path of an artefact by its leaf hash, to check it without this site."""
        found = await in_pool(waiting, lambda: evidence.by_digest(bytes.fromhex(digest)))
        if found is None:
            raise RefusedError("evidence.unknown")
        return json_response(presenting.evidence(*found, deployment))

    @app.get(
        "/api/leaves/{school}/{seq}",
        response_class=Response,
        responses={200: {"content": {_BINARY: {}}}, **problems.declared(404, 422, 503)},
        operation_id="leaves",
    )
    async def leaves_of(
        school: Annotated[int, Path(ge=0, lt=1 << 32)], seq: Annotated[int, Path(ge=0, lt=1 << 32)]
    ) -> Response:
        """A batch's leaf file, 32 bytes a leaf, 64 a credential: for mirrors to keep."""
        found = await in_pool(waiting, lambda: evidence.leaves(school, seq))
        if found is None:
            raise RefusedError("evidence.unknown")
        return Response(found, media_type=_BINARY)
