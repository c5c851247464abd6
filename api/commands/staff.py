"""`sogoc staff`: who works on the workbench, and as what."""

import asyncio
import secrets
import time
from datetime import date

import click

from api.accounts.names import folded
from api.accounts.passwords import Passwords
from api.commands.parameters import Listing
from api.desk.policy import Role, fits
from api.session import Session
from credential.errors import RefusedError
from credential.text import check_name, nfc
from store.accounts import Password
from store.staff import Person, Staff
from web.messages import local_day, local_time

_ROLES = tuple(role.value for role in Role if role is not Role.SERVICE)
_BY = click.option("--by", "actor", required=True, metavar="NAME",
                   help="Người làm / who does it.")  # fmt: skip


@click.group(cls=Listing)
def staff() -> None:
    """Người làm việc: thêm, xem, thôi việc, cấp lại mật khẩu / who works on the workbench."""


@staff.command()
@click.argument("login")
@click.option("--name", required=True, help="Họ tên như in trên giấy tờ / full name, as printed.")
@click.option("--role", required=True, type=click.Choice(_ROLES), help="Vai trò / role.")
@click.option("--school", "code", help="Mã trường; bỏ trống: toàn thành phố / none: the city.")
@_BY
@click.pass_obj
def add(session: Session, login: str, name: str, role: str, code: str | None, actor: str) -> None:
    """Thêm một người / add a person; an initial password is printed once."""
    number = _school(session, code) if code else None
    if not fits(Role(role), number):
        raise RefusedError("staff.misfit", role=session.word(f"role.{role}"))
    check_name(name := nfc(name).strip())
    password, phc = _initial()
    way = Password(folded(login), phc)
    Staff(session.system.store_database).add(way, name, role, number, actor)
    session.say("cli.staff_password", login=way.name, password=password)


@staff.command("list")
@click.option("--school", "code", help="Chỉ một trường / of one school only.")
@click.pass_obj
def list_staff(session: Session, code: str | None) -> None:
    """Liệt kê / list: login name, name, role, school, since when, until when."""
    number = _school(session, code) if code else None
    names = {each.id: each.code for each in session.system.desk.schools(_today())}
    for each in Staff(session.system.store_database).all(number):
        where = names.get(each.school, str(each.school)) if each.school is not None else "–"
        ended = f"  † {local_time(each.ended)}" if each.ended is not None else ""
        session.show(
            f"{each.login}  {each.name}  {session.word(f'role.{each.role}')}  {where}"
            f"  {local_time(each.since)}{ended}"
        )


@staff.command()
@click.argument("login")
@_BY
@click.pass_obj
def end(session: Session, login: str, actor: str) -> None:
    """Thôi việc / somebody works here no more; signed out everywhere at once."""
    people = Staff(session.system.store_database)
    found = _person(people, login)
    people.end(found.account, actor)
    session.say("cli.staff_ended", login=found.login)


@staff.command()
@click.argument("login")
@_BY
@click.pass_obj
def reset(session: Session, login: str, actor: str) -> None:
    """Cấp lại mật khẩu ban đầu / a new initial password; the second factor is set up anew."""
    people = Staff(session.system.store_database)
    found = _person(people, login)
    password, phc = _initial()
    people.reset(found.account, phc, actor)
    session.say("cli.staff_password", login=found.login, password=password)


def _today() -> date:
    return local_day(time.time())


def _person(people: Staff, login: str) -> Person:
    found = people.named(folded(login))
    if found is None:
        raise RefusedError("staff.unknown")
    return found[0]


def _initial() -> tuple[str, str]:
    """A password of 80 random bits, and what is kept of it."""
    password = "-".join(secrets.token_hex(2) for _ in range(5))
    return password, asyncio.run(Passwords().hash(password))


def _school(session: Session, code: str) -> int:
    found = session.system.desk.school(code, _today())
    if found is None:
        raise RefusedError("school.unknown", found=code)
    return found.id
