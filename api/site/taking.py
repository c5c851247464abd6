"""What holders take with them: a credential as a file, in the form that a wallet or school wants.

Each is noted as an extract before it is handed out, every time. The evidence bundle is gathered
from the chain then, as of the newest finalised block.
"""

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, Literal

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict

from api.accounts.holders import Holders
from api.exporting import FORMS, Asked, convert
from api.site import bodies, problems
from api.site.answering import in_pool
from api.site.mine import SD_JWT, Place, extract, held
from api.site.sessions import Sessions
from credential.errors import UnavailableError
from credential.extracts import ExtractKind
from credential.records import IssuedCredential
from issuer.delivery import sd_jwt_of

PATH: Final = "/api/me/credentials/{place}/file"
EVIDENCE: Final = "application/octet-stream"
_LIMIT = 256  # bytes of a body
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9.-]")  # what a file's name in a header does without

Gather = Callable[[str], bytes]
"""The evidence bundle of an SD-JWT; `api.evidence.gather` makes it. Blocks."""


def nothing_gathered(_text: str) -> bytes:
    """Where there is no chain to gather from. Raises UnavailableError."""
    raise UnavailableError("chain", "silent")


class FileModel(BaseModel):
    """In which form a credential is taken along."""

    model_config = ConfigDict(extra="forbid", strict=True)

    form: Literal["sd-jwt", "evidence", "elmo", "clr", "ob", "csv", "xlsx"]


def install(
    app: FastAPI,
    holders: Holders,
    sessions: Sessions,
    gather: Gather,
    waiting: ThreadPoolExecutor,
) -> None:
    """Add the route."""

    @app.post(
        PATH,
        response_class=Response,
        responses={200: _files(), **problems.declared(400, 401, 403, 404, 409, 413, 415, 422, 503)},
        openapi_extra=bodies.described(FileModel),
        operation_id="take_file",
    )
    async def take(request: Request, place: Place) -> Response:
        """A credential with all it says, for whoever holds its pupil; noted as an extract."""
        mine = await sessions.require(request)
        form = (await bodies.members(request, _LIMIT, FileModel)).form

        def made() -> Response:
            issued = held(holders, mine, place)
            file = _file(issued, form, gather)
            holders.extracts.note_all([extract(mine, issued, file.kind)])
            name = f"{_UNSAFE.sub('-', issued.staged.register_no)}.{file.ending}"
            headers = {"Content-Disposition": f'attachment; filename="{name}"'}
            return Response(file.content, headers=headers, media_type=file.media_type)

        return await in_pool(waiting, made)


@dataclass(frozen=True, slots=True)
class _File:
    """What is handed out, and as what it is noted."""

    content: bytes
    ending: str
    media_type: str
    kind: ExtractKind


def _file(issued: IssuedCredential, form: str, gather: Gather) -> _File:
    """Raises what `convert` and gathering raise."""
    text = sd_jwt_of(issued)
    if form == "sd-jwt":
        return _File(text.encode(), "sdjwt", SD_JWT, ExtractKind.FILE)
    if form == "evidence":
        return _File(gather(text), "sogoc", EVIDENCE, ExtractKind.BUNDLE)
    found = FORMS[form]
    content = convert(Asked(text, int(time.time()), issued.staged.pupil), form)
    return _File(content, found.ending, found.media_type, ExtractKind.EXCHANGE)


def _files() -> dict[str, Any]:
    kinds = [SD_JWT, EVIDENCE, *(form.media_type.partition(";")[0] for form in FORMS.values())]
    file = {"schema": {"type": "string", "format": "binary"}}
    return {"description": "The file.", "content": dict.fromkeys(kinds, file)}
