"""Look-up by number over HTTP: what is printed on the paper, and the holder's birth date."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api import presenting
from api.births import birth
from api.observing import NUMBER
from api.presenting import AnswerModel
from api.site import bodies, problems
from api.site.answering import in_pool, json_response
from api.site.limits import Limits
from api.site.verifying import Note
from credential.dates import PartialDate
from verifier import numbers
from verifier.verify import Answer

PATH = "/api/verify-number"
_LIMIT = 1024  # bytes of a body


class VerifyingNumbers(Protocol):
    """What answers a look-up; `verifier.numbers.Numbers` does."""

    def verify(self, number: str, born: PartialDate) -> Sequence[Answer]:
        """One answer per credential, that which stands first; blocks while sources are asked."""
        ...


class NumberModel(BaseModel):
    """A serial or register number as printed, and the holder's birth date.

    `born` is dd/mm/yyyy or ISO 8601; where the paper has only a year or a month, just that.
    """

    model_config = ConfigDict(extra="forbid")

    number: str = Field(min_length=1, max_length=numbers.MOST)
    born: str = Field(min_length=4, max_length=10)


@dataclass(frozen=True, slots=True)
class LookUp:
    """Looking up under the limits of the site; `waiting` are threads that wait for sources."""

    verifier: VerifyingNumbers
    limits: Limits
    waiting: ThreadPoolExecutor

    async def find(self, members: NumberModel) -> Sequence[Answer]:
        """As `VerifyingNumbers.verify`; what finds nothing counts against its number.

        The address is counted by `Limits.look_up`, before anything is read of a request. Raises
        RefusedError ``number.unknown``, ``number.ambiguous``, ``request.too_many`` (seconds),
        FormatError for a birth date that is none, and UnavailableError.
        """
        born = birth(members.born)
        with self.limits.guessing(numbers.fold(members.number)):
            return await in_pool(self.waiting, lambda: self.verifier.verify(members.number, born))


class FoundModel(AnswerModel):
    """The verdict on the credential that stands, as if it had been scanned, and on `others`.

    Others are of the same person and number: earlier issues, another type.
    """

    others: list[AnswerModel]


def install(app: FastAPI, look_up: LookUp, note: Note) -> None:
    """Add the route."""

    @app.post(
        PATH,
        response_model=FoundModel,
        responses=problems.declared(400, 404, 409, 413, 415, 422, 429, 503),
        openapi_extra=_accepts(),
        operation_id="verify_number",
    )
    async def verify_number(request: Request) -> Response:
        """The verdict on the credential of a number and a birth date.

        A number that nobody has and a wrong birth date give the same 404. An address has so many
        look-ups an hour, a number so many that find nothing a day: 429 with Retry-After.
        """
        look_up.limits.look_up(request)
        found = await look_up.find(await bodies.members(request, _LIMIT, NumberModel))
        note(found[0], NUMBER)
        first, *others = map(presenting.answer, found)
        return json_response(first | {"others": others})


def _accepts() -> dict[str, Any]:
    content = {"application/json": {"schema": NumberModel.model_json_schema()}}
    return {"requestBody": {"required": True, "content": content}}
