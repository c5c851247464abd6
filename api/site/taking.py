"""What holders take with them: a credential as a file, in the form that a wallet or school wants.

Each is noted as an extract before it is handed out, every time. The evidence bundle is gathered
from the chain then, as of the newest finalised block.
"""

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, Literal

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict

from api.accounts.holders import Holders
from api.exporting import FORMS, Asked, convert
from api.site import bodies, problems
from api.site.answering import in_pool
from api.site.mine import SD_JWT, Place, held
from api.site.sessions import Account, Sessions
from api.site.signing_in import body
from credential.errors import RefusedError
from credential.records import ExtractKind, IssuedCredential
from issuer.delivery import sd_jwt_of

PATH: Final = "/api/me/credentials/{place}/file"
EVIDENCE: Final = "application/octet-stream"
_LIMIT = 256  # bytes of a body
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9.-]")  # what a file's name in a header does without
_OWN: Final = {
    "sd-jwt": (ExtractKind.FILE, "sdjwt", SD_JWT),
    "evidence": (ExtractKind.BUNDLE, "sogoc", EVIDENCE),
}

Gather = Callable[[str], bytes]
"""The evidence bundle of an SD-JWT; `api.evidence.gather` makes it. Blocks."""


class FileModel(BaseModel):
    """In which form a credential is taken along."""

    model_config = ConfigDict(extra="forbid", strict=True)

    form: Literal["sd-jwt", "evidence", "elmo", "clr", "ob", "csv", "xlsx"]


def install(
    app: FastAPI,
    holders: Holders,
    sessions: Sessions,
    gather: Gather | None,
    waiting: ThreadPoolExecutor,
) -> None:
    """Add the route. Without `gather` there are no evidence bundles."""

    @app.post(
        PATH,
        response_class=Response,
        responses={200: _files(), **problems.declared(400, 401, 403, 404, 409, 413, 415, 422, 503)},
        openapi_extra=body(FileModel),
        operation_id="take_file",
    )
    async def take(request: Request, place: Place) -> Response:
        """A credential with all it says, for whoever holds its pupil; noted as an extract."""
        mine = await sessions.require(request)
        form = (await bodies.members(request, _LIMIT, FileModel)).form

        def made() -> Response:
            issued = held(holders, mine, place)
            content, ending, media_type = _file(issued, form, gather)
            _note(holders, mine, issued, form)
            number = _UNSAFE.sub("-", issued.staged.register_no)
            headers = {"Content-Disposition": f'attachment; filename="{number}.{ending}"'}
            return Response(content, headers=headers, media_type=media_type)

        return await in_pool(waiting, made)


def _file(issued: IssuedCredential, form: str, gather: Gather | None) -> tuple[bytes, str, str]:
    """Content, ending and media type. Raises what `convert` and gathering raise."""
    text = sd_jwt_of(issued)
    if form in _OWN:
        _, ending, media_type = _OWN[form]
        if form == "sd-jwt":
            return text.encode(), ending, media_type
        if gather is None:
            raise RefusedError("bundle.not_anchored")
        return gather(text), ending, media_type
    found = FORMS[form]
    asked = Asked(text, int(time.time()), issued.staged.pupil)
    return convert(asked, form), found.ending, found.media_type


def _note(holders: Holders, mine: Account, issued: IssuedCredential, form: str) -> None:
    kind = _OWN[form][0] if form in _OWN else ExtractKind.EXCHANGE
    batch, staged = issued.batch, issued.staged
    place = (batch.school, batch.seq, staged.index)
    holders.extracts.note(staged.pupil, *place, kind, f"account:{mine.id}", "")


def _files() -> dict[str, Any]:
    kinds = [SD_JWT, EVIDENCE, *(form.media_type.partition(";")[0] for form in FORMS.values())]
    file = {"schema": {"type": "string", "format": "binary"}}
    return {"description": "The file.", "content": dict.fromkeys(kinds, file)}
