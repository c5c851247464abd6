"""`sogoc staff`: who works on the workbench, and as what."""

import asyncio

import click

from api.accounts.names import folded
from api.accounts.passwords import Passwords
from api.clock import today
from api.commands.parameters import Listing
from api.desk.people import initial_password, newcomer
from api.desk.policy import SCOPES, Role
from api.session import Session
from credential.errors import ConfigError, RefusedError
from credential.text import check_text
from store.accounts import Password
from store.service_keys import ServiceKeys
from store.staff import Person, Staff
from web.messages import local_time

_DAY = 86_400  # seconds
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
    found = newcomer(login, name, role, number)
    password, phc = _initial()
    way = Password(found.login, phc)
    Staff(session.system.store_database).add(way, found.name, role, number, actor)
    session.say("cli.staff_password", login=way.name, password=password)


@staff.command("list")
@click.option("--school", "code", help="Chỉ một trường / of one school only.")
@click.pass_obj
def list_staff(session: Session, code: str | None) -> None:
    """Liệt kê / list: login name, name, role, school, since when, until when."""
    number = _school(session, code) if code else None
    names = {each.id: each.code for each in session.system.desk.schools(today())}
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


@staff.command("sign-out")
@click.argument("login", required=False)
@click.option(
    "--all", "everybody", is_flag=True, help="Mọi người, cả người học / everybody, holders too."
)
@_BY
@click.pass_obj
def sign_out(session: Session, login: str | None, everybody: bool, actor: str) -> None:
    """Kết thúc mọi phiên đăng nhập / end all sessions of LOGIN or of everybody.

    Passwords and second factors stay: they may sign in again.
    """
    if (login is None) is not everybody:
        raise click.UsageError("LOGIN | --all")
    people = Staff(session.system.store_database)
    people.sign_out(_person(people, login).account if login else None, actor)
    session.say("cli.staff_signed_out")


@staff.command()
@click.argument("login")
@click.argument("subject")
@_BY
@click.pass_obj
def link(session: Session, login: str, subject: str, actor: str) -> None:
    """Gắn với nơi định danh / let a person of the OpenID provider for staff sign in as LOGIN.

    SUBJECT is what the provider calls them (`sub`).
    """
    issuer = session.settings.staff_oidc_issuer
    if not issuer:
        raise ConfigError("settings.provider")
    people = Staff(session.system.store_database)
    people.link(_person(people, login).account, issuer, subject, actor)
    session.say("cli.staff_linked", login=login, issuer=issuer)


@staff.group(cls=Listing)
def key() -> None:
    """Khóa cho phần mềm khác / keys with which other programs may work for a school."""


@key.command()
@click.argument("name")
@click.option("--school", "code", required=True, help="Mã trường / the school's code.")
@click.option("--act", "acts", required=True, multiple=True, type=click.Choice(SCOPES),
              help="Được làm gì; lặp lại được / what it is for; repeatable.")  # fmt: skip
@click.option("--days", type=click.IntRange(1, 366), default=180, show_default=True,
              help="Dùng được bao nhiêu ngày / days until it ends.")  # fmt: skip
@_BY
@click.pass_obj
def make(
    session: Session, name: str, code: str, acts: tuple[str, ...], days: int, actor: str
) -> None:
    """Cấp một khóa, in một lần / make a key; it is printed once."""
    check_text(name, 80)
    keys = ServiceKeys(session.system.store_database)
    made, _ = keys.make(name, _school(session, code), sorted(set(acts)), days * _DAY, actor)
    session.say("cli.staff_key", name=name, key=made)


@key.command("list")
@click.option("--school", "code", help="Chỉ một trường / of one school only.")
@click.pass_obj
def list_keys(session: Session, code: str | None) -> None:
    """Liệt kê / list: number, name, school, what for, until when, when last used."""
    number = _school(session, code) if code else None
    for each in ServiceKeys(session.system.store_database).all(number):
        seen = local_time(each.seen) if each.seen is not None else "–"
        ended = f"  † {local_time(each.ended)}" if each.ended is not None else ""
        session.show(
            f"{each.id}  {each.name}  {each.school}  {' '.join(each.acts)}"
            f"  {local_time(each.expires)}  {seen}{ended}"
        )


@key.command("end")
@click.argument("number", type=click.IntRange(1))
@_BY
@click.pass_obj
def end_key(session: Session, number: int, actor: str) -> None:
    """Thu hồi một khóa / take a key no more, at once."""
    ServiceKeys(session.system.store_database).end(number, actor)
    session.say("cli.staff_key_ended", number=number)


def _person(people: Staff, login: str) -> Person:
    found = people.named(folded(login))
    if found is None:
        raise RefusedError("staff.unknown")
    return found[0]


def _initial() -> tuple[str, str]:
    """An initial password, and what is kept of it."""
    password = initial_password()
    return password, asyncio.run(Passwords().hash(password))


def _school(session: Session, code: str) -> int:
    found = session.system.desk.school(code, today())
    if found is None:
        raise RefusedError("school.unknown", found=code)
    return found.id
