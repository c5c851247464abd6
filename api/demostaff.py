"""People who work on the demonstration's workbench: one for each role, with a password each."""

import asyncio
from collections.abc import Iterator
from datetime import date

from api.accounts.passwords import Passwords
from api.desk.people import initial_password
from api.desk.policy import Role
from api.wiring import System
from store.accounts import Password
from store.staff import Staff

_LOGINS = {
    Role.REGISTRAR: ("van.thu", "Lê Thị Văn Thư"),
    Role.PRINCIPAL: ("hieu.truong", ""),  # whoever heads the school in the register
    Role.OFFICER: ("chuyen.vien", "Phạm Thị Chuyên Viên"),
    Role.AUDITOR: ("kiem.tra", "Ngô Văn Thanh Tra"),
}
_BY = "demo"


def engage(system: System, school: int, today: date) -> Iterator[tuple[Role, str, str]]:
    """Add those who are not there yet: role, login name and password, which is told once."""
    people, hashing = Staff(system.store_database), Passwords()
    there = {person.login for person in people.all()}
    for role, (login, name) in _LOGINS.items():
        if login in there:
            continue
        named = name or next(iter(system.desk.heads(school, today))).name
        where = school if role in (Role.REGISTRAR, Role.PRINCIPAL) else None
        password = initial_password()
        phc = asyncio.run(hashing.hash(password))
        account = people.add(Password(login, phc), named, role.value, where, _BY)
        people.set_password(account, phc, _BY)  # theirs: nobody has to change it to look around
        yield role, login, password
