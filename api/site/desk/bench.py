"""What every route of the workbench stands on, and the one way in which a route is declared.

`Bench.route` looks who sends a request (`api.site.desk.entry`), that they may do the route's act,
and hands a `Member` to the handler. What belongs to another school than theirs the handler answers
as if it were not there (`Member.sees`).
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeVar

from fastapi import Depends, FastAPI, Path, Request
from pydantic import BaseModel

from api.accounts.passwords import Passwords
from api.accounts.provider import Provider
from api.clock import today
from api.desk import keeping
from api.desk.factors import SecondFactor
from api.desk.policy import Act, Member
from api.desk.sealing import Sealing
from api.site import bodies, problems
from api.site.answering import in_pool
from api.site.desk.entry import Entry
from api.site.limits import Limits
from api.site.sessions import Carried, Cookies
from api.wiring import System
from store.factors import Factors
from store.service_keys import ServiceKeys
from store.sessions import DESK, SessionStore
from store.staff import Staff

KIND: Final = "-desk"
"""What tells the workbench's cookie from the holder's page's."""
BACK: Final = "/api/desk/provider/back"
"""Where staff's provider sends them back to; it has to know this address of the site."""
Number = Annotated[int, Path(ge=1, lt=1 << 31)]
SchoolNumber = Annotated[int, Path(ge=0, lt=1 << 63)]
Seq = Annotated[int, Path(ge=0, lt=1 << 63)]
"""A number of ours in an address."""
_READS: Final = (401, 403, 404, 503)
_WRITES: Final = (400, 401, 403, 404, 409, 413, 415, 422, 429, 503)

_T = TypeVar("_T")
_Handler = TypeVar("_Handler", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Bench:
    """The parts. `waiting` are threads that wait for sources (`ask`)."""

    system: System
    staff: Staff
    keys: ServiceKeys
    factor: SecondFactor
    records: SessionStore
    sessions: Carried
    passwords: Passwords
    limits: Limits
    waiting: ThreadPoolExecutor
    provider: Provider | None = None

    @classmethod
    def over(
        cls,
        system: System,
        passwords: Passwords,
        limits: Limits,
        waiting: ThreadPoolExecutor,
        provider: Provider | None = None,
    ) -> "Bench":
        """The workbench of a deployment."""
        store, settings = system.store_database, system.settings
        records = SessionStore(store, audience=DESK)
        return cls(
            system=system,
            staff=Staff(store),
            keys=ServiceKeys(store),
            factor=SecondFactor(Factors(store), Sealing(settings.staff_key)),
            records=records,
            sessions=Carried(records, Cookies.of(settings.public_url), waiting, KIND),
            passwords=passwords,
            limits=limits,
            waiting=waiting,
            provider=provider,
        )

    @property
    def entry(self) -> Entry:
        """What looks who sends a request."""
        return Entry(
            self.staff, self.keys, self.records, self.sessions, self.limits, self.waiting,
            needs_factor=self.system.settings.needs_second_factor,
            is_closed=lambda school: keeping.is_closed(self.system, school, today()),
        )  # fmt: skip

    async def ask(self, work: Callable[[], _T]) -> _T:
        """What `work` returns, which may block, while the event loop goes on."""
        return await in_pool(self.waiting, work)

    def route(
        self,
        app: FastAPI,
        method: str,
        path: str,
        act: Act,
        *,
        takes: type[BaseModel] | None = None,
        gives: Any = None,
        status: int = 200,
        fresh: bool = False,
        settling: bool = False,
        more: Mapping[str, Any] | None = None,
    ) -> Callable[[_Handler], _Handler]:
        """Declare a route: ``async def name(request: Request, member: Member, …) -> Response``.

        Of the two it may leave out what it does not use; it is looked at all the same.

        `takes` is the JSON that the handler reads by itself (`api.site.bodies`), `gives` what it
        answers; `fresh` asks for a proof of the last minutes, `settling` is open also to who has
        to set up password or second factor first; `more` is added to OpenAPI. The handler's name
        must be the only one of its kind on the workbench.
        """
        entry = self.entry

        async def enter(request: Request) -> Member:
            return await entry.member(request, act, fresh=fresh, settling=settling)

        def declare(handler: _Handler) -> _Handler:
            app.add_api_route(
                path, _handed(handler, enter), methods=[method], status_code=status,
                dependencies=[Depends(enter)],
                response_model=gives, operation_id=f"desk_{handler.__name__}",
                responses=problems.declared(*_statuses(method)),
                openapi_extra={
                    "x-act": act.word,
                    **(bodies.described(takes) if takes else {}),
                    **(more or {}),
                },
            )  # fmt: skip
            return handler

        return declare


def _statuses(method: str) -> Sequence[int]:
    return _READS if method == "GET" else _WRITES


def _handed(handler: _Handler, enter: Callable[[Request], Any]) -> _Handler:
    """The handler, whose parameter `member` the framework fills by asking at the entry first."""
    found = inspect.signature(handler)
    given = {**found.parameters}
    if "member" in given:
        given["member"] = given["member"].replace(
            default=Depends(enter), kind=inspect.Parameter.KEYWORD_ONLY
        )
    order = sorted(given.values(), key=lambda each: each.kind)
    handler.__signature__ = found.replace(parameters=order)  # type: ignore[attr-defined]
    return handler
