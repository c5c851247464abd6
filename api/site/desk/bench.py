"""What every route of the workbench stands on, and the one way in which a route is declared.

`Bench.route` looks who sends a request (a session of the workbench; a write also by its own page),
that their role may do the route's act, and hands a `Member` to the handler. What belongs to another
school than theirs the handler answers as if it were not there (`Member.sees`).
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from fastapi import Depends, FastAPI, Request
from pydantic import BaseModel

from api.accounts.passwords import Passwords
from api.desk.policy import Act, Member, Role
from api.site import problems
from api.site.answering import in_pool
from api.site.limits import Limits
from api.site.sessions import Carried, Cookies
from api.site.signing_in import body
from api.wiring import System
from credential.errors import RefusedError
from store.sessions import DESK, SessionStore
from store.staff import Person, Staff

KIND: Final = "-desk"
"""What tells the workbench's cookie from the holder's page's."""
_READS: Final = (401, 403, 404, 503)
_WRITES: Final = (400, 401, 403, 404, 409, 413, 415, 422, 429, 503)

_T = TypeVar("_T")
_Handler = TypeVar("_Handler", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Bench:
    """The parts. `waiting` are threads that wait for sources (`ask`)."""

    system: System
    staff: Staff
    records: SessionStore
    sessions: Carried
    passwords: Passwords
    limits: Limits
    waiting: ThreadPoolExecutor

    @classmethod
    def over(
        cls, system: System, passwords: Passwords, limits: Limits, waiting: ThreadPoolExecutor
    ) -> "Bench":
        """The workbench of a deployment."""
        store = system.store_database
        records = SessionStore(store, audience=DESK)
        cookies = Cookies.of(system.settings.public_url)
        sessions = Carried(records, cookies, waiting, KIND)
        return cls(system, Staff(store), records, sessions, passwords, limits, waiting)

    async def ask(self, work: Callable[[], _T]) -> _T:
        """What `work` returns, which may block, while the event loop goes on."""
        return await in_pool(self.waiting, work)

    async def member(self, request: Request, act: Act, *, fresh: bool = False) -> Member:
        """Who sends a request and may do that act; `fresh`: and has just shown who they are.

        Raises RefusedError ``session.none``, ``session.csrf``, ``session.foreign``,
        ``session.stale`` and ``staff.forbidden`` (act), and UnavailableError.
        """
        session = await self.sessions.session(request)
        person = await self.ask(lambda: self.staff.find(session.account)) if session else None
        if session is None or person is None:
            raise RefusedError("session.none")
        found = member_of(person)
        if not found.may(act):
            raise RefusedError("staff.forbidden", act=act.word)
        if fresh and not self.records.is_fresh(session):
            raise RefusedError("session.stale")
        return found

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
        more: Mapping[str, Any] | None = None,
    ) -> Callable[[_Handler], _Handler]:
        """Declare a route: ``async def name(request: Request, member: Member, …) -> Response``.

        `takes` is the JSON that the handler reads by itself (`api.site.bodies`), `gives` what it
        answers; `fresh` asks for a proof of the last minutes; `more` is added to OpenAPI. The
        handler's name must be the only one of its kind on the workbench.
        """

        async def entry(request: Request) -> Member:
            return await self.member(request, act, fresh=fresh)

        def declare(handler: _Handler) -> _Handler:
            app.add_api_route(
                path, _handed(handler, entry), methods=[method], status_code=status,
                response_model=gives, operation_id=f"desk_{handler.__name__}",
                responses=problems.declared(*_statuses(method)),
                openapi_extra={"x-act": act.word, **(body(takes) if takes else {}), **(more or {})},
            )  # fmt: skip
            return handler

        return declare


def member_of(person: Person) -> Member:
    """Somebody of the staff as who acts."""
    return Member(person.account, person.name, Role(person.role), person.school)


def _statuses(method: str) -> Sequence[int]:
    return _READS if method == "GET" else _WRITES


def _handed(handler: _Handler, entry: Callable[[Request], Any]) -> _Handler:
    """The handler, whose parameter `member` the framework fills by asking at the entry first."""
    found = inspect.signature(handler)
    given = {**found.parameters}
    given["member"] = given["member"].replace(
        default=Depends(entry), kind=inspect.Parameter.KEYWORD_ONLY
    )
    order = sorted(given.values(), key=lambda each: each.kind)
    handler.__signature__ = found.replace(parameters=order)  # type: ignore[attr-defined]
    return handler
