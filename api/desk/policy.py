"""Who may do what on the workbench: roles, acts, and the one table of which role may do which act.

A registrar prepares and a principal approves, so nobody does both. The department's officer sees
all schools and acts on schools and people, never on a diploma. An auditor reads and writes nothing.
A service (another program, by its key) may at most prepare.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum

from credential.errors import RefusedError


class Role(StrEnum):
    """What somebody is on the workbench."""

    OFFICER = "officer"
    REGISTRAR = "registrar"
    PRINCIPAL = "principal"
    AUDITOR = "auditor"
    SERVICE = "service"


OF_A_SCHOOL = frozenset({Role.REGISTRAR, Role.PRINCIPAL, Role.SERVICE})
"""Roles that somebody has at one school."""
OF_THE_CITY = frozenset({Role.OFFICER})
"""Roles that somebody has for all schools; an auditor may be either."""
_PEOPLE = (Role.OFFICER, Role.REGISTRAR, Role.PRINCIPAL, Role.AUDITOR)


class Act(Enum):
    """What can be done, as `x-act` and a key's scopes name it, and the roles that may do it."""

    OWN = ("own", *_PEOPLE)
    """One's own account: password, second factor, sessions."""
    READ = ("read", *_PEOPLE, Role.SERVICE)
    """Look at what a school has: register, orders, progress, histories."""
    IMPORT = ("import", Role.REGISTRAR, Role.SERVICE)
    """Bring in lists of pupils and results."""
    PREPARE = ("prepare", Role.REGISTRAR, Role.SERVICE)
    """Prepare an order, for another person to approve."""
    APPROVE = ("approve", Role.PRINCIPAL)
    """Approve and sign what another person prepared, or return it."""
    GIVE_UP = ("give-up", Role.REGISTRAR, Role.PRINCIPAL)
    """Give an order up, or end work that is under way."""
    DELIVER = ("deliver", Role.REGISTRAR, Role.PRINCIPAL)
    """Print, pack and send what was issued."""
    WITHDRAW = ("withdraw", Role.REGISTRAR)
    """Prepare a revocation, a suspension or its end."""
    CORRECT = ("correct", Role.REGISTRAR)
    """Prepare a correction or a reissue."""
    BLANKS = ("blanks", Role.REGISTRAR)
    """Keep the inventory of blanks."""
    COPY = ("copy", Role.REGISTRAR)
    """Prepare certified copies from the register."""
    DIGITISE = ("digitise", Role.REGISTRAR)
    """Enter and check old registers."""
    STAFF = ("staff", Role.OFFICER, Role.PRINCIPAL)
    """Say who works at a school, and which programs may."""
    AUDIT = ("audit", Role.OFFICER, Role.AUDITOR)
    """Read the log of all acts."""
    SCHOOLS = ("schools", Role.OFFICER)
    """Schools: names, mergers, who is accredited."""

    def __init__(self, word: str, *roles: Role) -> None:
        self.word, self.roles = word, frozenset(roles)

    @classmethod
    def of(cls, word: str) -> "Act":
        """The act of that word. Raises RefusedError ``staff.act_unknown`` (found)."""
        for act in cls:
            if act.word == word:
                return act
        raise RefusedError("staff.act_unknown", found=word)


SCOPES = tuple(act.word for act in Act if Role.SERVICE in act.roles)
"""What a service's key may be for."""
_ADDED_BY = {
    Role.OFFICER: frozenset(_PEOPLE),
    Role.PRINCIPAL: frozenset({Role.REGISTRAR, Role.AUDITOR}),
}
"""Whom somebody may add, reset and end: nobody above themselves, a principal no other principal."""


@dataclass(frozen=True, slots=True)
class Member:
    """Who acts: a person with an account, or a service with a key.

    `name` is the full name as printed; it is what orders and the audit log say. `school` is None
    for the whole city. A service may do what its key is for (`scope`), nothing else of its role;
    `maker` is the account of who made the key and answers for what it prepares.
    """

    account: int
    name: str
    role: Role
    school: int | None
    scope: frozenset[Act] | None = None
    maker: int | None = None

    def may(self, act: Act) -> bool:
        """Whether they may do that, to what they see."""
        return self.role in act.roles and (self.scope is None or act in self.scope)

    def sees(self, school: int) -> bool:
        """Whether a school's things are there for them at all; what is not is answered 404."""
        return self.school is None or self.school == school

    @property
    def own(self) -> int:
        """The school that they work at. Raises RefusedError ``staff.no_school`` for the city's."""
        if self.school is None:
            raise RefusedError("staff.no_school")
        return self.school

    @property
    def owner(self) -> str:
        """Whose things are theirs; a program's number may be an account's, too."""
        return f"{'service' if self.role is Role.SERVICE else 'account'}:{self.account}"

    @property
    def actor(self) -> str:
        """Who it was, for the audit log; a program has a number, a person a name."""
        return f"service:{self.account}" if self.role is Role.SERVICE else self.name


def manages(member: Member, role: Role, school: int | None) -> bool:
    """Whether a member may add, reset or end somebody of that role there."""
    within = member.school is None if school is None else member.sees(school)
    return within and role in _ADDED_BY.get(member.role, frozenset())


def fits(role: Role, school: int | None) -> bool:
    """Whether somebody can have that role there (None: for the whole city)."""
    return role not in (OF_A_SCHOOL if school is None else OF_THE_CITY)
