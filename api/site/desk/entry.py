"""Who sends a request to the workbench, and may they do that: by session or by a service's key.

A session counts only with all that its person needs: a password of their own, a second factor. A
request with a key has no cookie's rights, so it needs no page's token.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from fastapi import Request

from api.desk.policy import Act, Member, Role
from api.site.answering import in_pool
from api.site.limits import Limits
from api.site.sessions import Carried
from credential.errors import RefusedError
from store.service_keys import PREFIX, ServiceKey, ServiceKeys
from store.sessions import Session, SessionStore
from store.staff import Person, Staff

PASSWORD = "password"  # noqa: S105 (a way to sign in, no secret)
"""The way of a session that began with a password alone."""

_STILL = (Act.OWN, Act.READ, Act.AUDIT)
"""What people of a school that is no more may do."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Entry:
    """Looks at a request.

    `needs_factor`: a password alone is not enough. `is_closed` says whether a school is no more:
    its people may still look, and do nothing.
    """

    staff: Staff
    keys: ServiceKeys
    records: SessionStore
    sessions: Carried
    limits: Limits
    waiting: ThreadPoolExecutor
    needs_factor: bool
    is_closed: Callable[[int], bool]

    async def member(
        self, request: Request, act: Act, *, fresh: bool = False, settling: bool = False
    ) -> Member:
        """Who sends a request and may do that act; `fresh`: and has just shown who they are.

        `settling`: also who has to set up password or second factor first. Raises RefusedError
        ``session.none``, ``session.csrf``, ``session.foreign``, ``session.stale``,
        ``staff.own_password``, ``staff.second_factor``, ``staff.school_closed``,
        ``service_key.wrong`` and ``staff.forbidden`` (noted), and UnavailableError.
        """
        key = _bearer(request)
        if key is not None:
            return await self._service(key, act, fresh=fresh)
        session, person = await self.person(request)
        found = member_of(person)
        if not found.may(act):
            await self._refuse(found, act)
        missing = self.missing(session, person)
        if missing and not settling:
            raise RefusedError(missing)
        await self._check_open(found, act)
        if fresh and not self.records.is_fresh(session):
            raise RefusedError("session.stale")
        return found

    async def person(self, request: Request) -> tuple[Session, Person]:
        """Whose session it is. Raises RefusedError ``session.none``, and as `member` does."""
        session = await self.sessions.session(request)
        if session is None:
            raise RefusedError("session.none")
        person = await self._ask(lambda: self.staff.find(session.account))
        if person is None:
            raise RefusedError("session.none")
        return session, person

    def missing(self, session: Session, person: Person) -> str | None:
        """What a person has to do before anything else, as the code of a sentence."""
        if person.initial is not None and session.way != "oidc":
            return "staff.own_password"
        if session.way == PASSWORD and self.needs_factor:
            return "staff.second_factor"
        return None

    async def _service(self, key: str, act: Act, *, fresh: bool) -> Member:
        shown = await self._ask(lambda: self.keys.of(key))
        self.limits.service(shown.id)
        found = service_of(shown)
        if fresh or not found.may(act):
            await self._refuse(found, act)
        await self._check_open(found, act)
        return found

    async def _check_open(self, member: Member, act: Act) -> None:
        school = member.school
        if school is None or act in _STILL:
            return
        if await self._ask(lambda: self.is_closed(school)):
            raise RefusedError("staff.school_closed")

    async def _refuse(self, member: Member, act: Act) -> None:
        whose = member.account if member.role is not Role.SERVICE else -member.account
        if self.limits.notes_refusal(whose):
            detail = {"why": "staff.forbidden", "wanted": act.word, "school": member.school}
            await self._ask(lambda: self.staff.note(member.actor, "staff.refused", **detail))
        raise RefusedError("staff.forbidden")

    async def _ask(self, work: Callable[[], _T]) -> _T:
        return await in_pool(self.waiting, work)


def member_of(person: Person) -> Member:
    """Somebody of the staff as who acts."""
    return Member(person.account, person.name, Role(person.role), person.school)


def service_of(key: ServiceKey) -> Member:
    """A service as who acts."""
    scope = frozenset(Act.of(word) for word in key.acts)
    return Member(key.id, key.name, Role.SERVICE, key.school, scope, key.maker)


def _bearer(request: Request) -> str | None:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not given.startswith(PREFIX):
        return None
    return given
