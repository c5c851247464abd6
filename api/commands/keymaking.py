"""`sogoc key make`, `use` and `account`: keys in signing tokens, accounts that govern."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from api.commands.parameters import ROLE
from api.schoolkeys import ROLES, school_of
from api.session import Session
from credential.model import KeyRole
from credential.receipt import OPERATOR
from issuer.devicekeys import DeviceKey
from issuer.keystore import CHAIN, SIGNING

_OPERATOR = "0"  # instead of a school's code: who verifies here


def in_token(*, needed: bool) -> Callable[..., Any]:
    """The options that say where a key is: which module, token and label."""
    options = (
        click.option("--token", required=needed, metavar="LABEL",
                     help="Nhãn của thiết bị ký / the token's label."),
        click.option("--serial", default="", metavar="NUMBER",
                     help="Số sê-ri, nếu trùng nhãn / its serial number, if two have that label."),
        click.option("--module", metavar="PATH",
                     help="Thư viện PKCS#11 của thiết bị / the token's PKCS#11 library. "
                     "[default: the setting token_module]"),
        click.option("--label", metavar="LABEL",
                     help="Nhãn của khóa / the key's label. [default: its name]"),
        click.option("--pin-file", type=click.Path(path_type=Path), metavar="PATH",
                     help="Tệp chứa mã PIN / a file with the PIN. [default: as set, or asked]"),
    )  # fmt: skip

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


_next = click.option(
    "--next", "is_next", is_flag=True,
    help="Khóa sẽ thay khóa đang dùng / the key that will replace the one in use.",
)  # fmt: skip


@click.command()
@click.argument("code")
@click.argument("roles", metavar="[ROLES]", type=ROLE, nargs=-1)
@in_token(needed=True)
@_next
@click.pass_obj
def make(
    session: Session, /, code: str, roles: Sequence[str], label: str | None, is_next: bool,
    **where: Any,
) -> None:  # fmt: skip
    """Tạo khóa của trường ngay trong thiết bị ký / make a school's keys inside a signing token.

    CODE is the school's code (0: the key for receipts), ROLES what keys may do; without any all
    four are made. They can never be taken out of the token. Then: sogoc school accredit, or for
    --next: sogoc key rotate. The PIN is asked for, or read as the settings say.
    """
    asked = [ROLES[each] for each in roles or ROLES]
    if label and len(asked) > 1:
        raise click.UsageError("--label: một khóa / one key")
    system = session.founding
    system.migrate()
    for role in asked:
        name, curve = _name(session, code, role, is_next), _curve(role)
        place = place_of(session, label or name, **where)
        found = system.keystore.make_in_device(name, place, curve)
        system.note_key("key.made", name)
        _say(session, "device.made", name, found)


@click.command()
@click.argument("code")
@click.argument("role", type=ROLE)
@in_token(needed=True)
@_next
@click.pass_obj
def use(
    session: Session, /, code: str, role: str, label: str | None, is_next: bool, **where: Any
) -> None:
    """Dùng khóa đã có trong thiết bị ký / use a key that a token holds already.

    As for a seal from a certification authority. CODE is the school's code (0: the key for
    receipts), ROLE what the key may do: sign needs P-256, the others secp256k1. Then: sogoc school
    accredit, or for --next: sogoc key rotate.
    """
    kind = ROLES[role]
    name = _name(session, code, kind, is_next)
    place = place_of(session, label or name, **where)
    system = session.founding
    found = system.keystore.use_device(name, place, _curve(kind))
    system.note_key("key.used", name)
    _say(session, "device.used", name, found)


@click.command()
@click.argument("name")
@in_token(needed=False)
@click.pass_obj
def account(
    session: Session, /, name: str, token: str | None, label: str | None, **where: Any
) -> None:
    """Tạo khóa cho chủ hợp đồng, người giám hộ / make an account's key and print its address.

    NAME is what --key calls it. The account can do nothing until the contract names it (sogoc
    owner offer, sogoc guardian set) and it has ether for gas; on the embedded chain it has, if it
    is made before "sogoc init". With --token the key is made in a signing token.
    """
    system = session.founding
    system.migrate()
    if token is None:
        system.make_file(name)
    elif not system.keystore.holds(name):
        place = place_of(session, label or name, token=token, **where)
        system.keystore.make_in_device(name, place, CHAIN)
        system.note_key("key.made", name)
    session.show(f"0x{system.address(name).hex()}")


def _name(session: Session, code: str, role: KeyRole, is_next: bool) -> str:
    school = OPERATOR if code == _OPERATOR else school_of(session, code).id
    return session.founding.key_name(school, role) + (".next" if is_next else "")


def _curve(role: KeyRole) -> Any:
    return SIGNING if role is KeyRole.SIGN else CHAIN


def place_of(
    session: Session, label: str, token: str, serial: str, module: str | None,
    pin_file: Path | None,
) -> DeviceKey:  # fmt: skip
    """The place that a command's options name."""
    library = module or session.settings.token_module
    if not library:
        raise click.UsageError("--module: đường dẫn thư viện PKCS#11 / path of the PKCS#11 library")
    pins = str(pin_file.absolute()) if pin_file else ""
    return DeviceKey(library, token, label, serial, pin_file=pins)


def _say(session: Session, code: str, name: str, found: DeviceKey) -> None:
    session.say(code, name=name, token=found.token, serial=found.serial, public=found.public)
