"""Who works where: adding people, new initial passwords, signing out, ending, by who may do so."""

import secrets
from dataclasses import dataclass

from api.accounts.names import folded
from api.desk.policy import Member, Role, fits, manages
from credential.errors import RefusedError
from credential.text import check_name, nfc
from registry.desk import Desk
from store.accounts import Password
from store.staff import Person, Staff
from web.messages import text

_PERSONS = frozenset(role.value for role in Role if role is not Role.SERVICE)


def initial_password() -> str:
    """A password of 80 random bits, to be read out and typed once."""
    return "-".join(secrets.token_hex(2) for _ in range(5))


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody to be added, as checked: login name folded, name as printed."""

    login: str
    name: str
    role: Role
    school: int | None


def newcomer(login: str, name: str, role: str, school: int | None) -> Newcomer:
    """Somebody to be added.

    Raises FormatError ``account.name`` and what `check_name` raises, and RefusedError
    ``staff.misfit`` for a role that nobody can have there.
    """
    check_name(name := nfc(name).strip())
    known = role in _PERSONS
    if not known or not fits(Role(role), school):
        raise RefusedError("staff.misfit", role=text("vi", f"role.{role}"))
    return Newcomer(folded(login), name, Role(role), school)


@dataclass(frozen=True, slots=True)
class People:
    """The staff as a member sees and manages it. All methods block; UnavailableError."""

    staff: Staff
    registry: Desk

    def all(self, member: Member) -> list[Person]:
        """Everybody whom the member sees."""
        return list(self.staff.all(member.school))

    def add(self, member: Member, found: Newcomer, phc: str) -> int:
        """Add somebody; their account.

        Raises RefusedError ``staff.not_yours``, ConflictError ``account.name_taken``.
        """
        if not manages(member, found.role, found.school):
            raise RefusedError("staff.not_yours")
        way = Password(found.login, phc)
        return self.staff.add(
            way, found.name, found.role.value, found.school, member.actor, member.account
        )

    def reset(self, member: Member, account: int, phc: str) -> None:
        """Give somebody a new initial password; raises as `_managed`."""
        self._managed(member, account)
        self.staff.reset(account, phc, member.actor, member.account)

    def end(self, member: Member, account: int) -> None:
        """Somebody works here no more; raises as `_managed`."""
        self._managed(member, account)
        self.staff.end(account, member.actor)

    def sign_out(self, member: Member, account: int) -> None:
        """End all sessions of somebody, who may sign in again; raises as `_managed`."""
        self._managed(member, account)
        self.staff.sign_out(account, member.actor)

    def _managed(self, member: Member, account: int) -> Person:
        """Whom the member may manage.

        Raises RefusedError ``staff.unknown`` also for who is not theirs to see, ``staff.not_yours``
        for one of their rank, and ``staff.yourself``.
        """
        found = self.staff.find(account)
        if found is None or not (member.school is None or found.school == member.school):
            raise RefusedError("staff.unknown")
        if account == member.account:
            raise RefusedError("staff.yourself")
        if not manages(member, Role(found.role), found.school):
            raise RefusedError("staff.not_yours")
        return found
