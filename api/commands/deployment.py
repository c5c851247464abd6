"""`sogoc init` and `settings`: a deployment as a whole."""

import json
from urllib.parse import urlsplit

import click
from pydantic import SecretStr

from api.session import Session

_HIDDEN = "•••"
_ADDRESSES = ("store_url", "registry_url", "registry_service", "chain")


@click.command()
@click.pass_obj
def init(session: Session) -> None:
    """Tạo kho dữ liệu, khóa và hợp đồng / make folders, databases, keys and the contract.

    The key for receipts, too, is made and listed, where the contract's owner is a key of this
    folder; otherwise: sogoc key receipt. Repeating it changes nothing. Next: sogoc school load
    """
    from api.accrediting import list_receipt_key  # noqa: PLC0415 — as api.session

    system = session.founding
    system.migrate()
    made, new = system.deploy()
    code = "cli.deployed" if new else "cli.deployed_before"
    session.say(code, contract=f"0x{made.contract.hex()}")
    if system.owns_contract:
        list_receipt_key(system)
        session.say("receipt.key_listed")


@click.command()
@click.pass_obj
def settings(session: Session) -> None:
    """In các thiết lập đang dùng / print the settings in force, secrets hidden.

    They come from sogoc.toml in the data folder and from SOGOC_… in the environment, which wins.
    docs/OPERATIONS.md explains each.
    """
    for name, value in session.settings:
        session.show(f"{name} = {json.dumps(shown(name, value), ensure_ascii=False)}")


def shown(name: str, value: object) -> str | int | bool:
    """A setting's value as it may be printed.

    Secrets are hidden, and so is all of an address that may hold one: user and password, and what
    stands behind the host, since providers of chains put their keys there.
    """
    if isinstance(value, SecretStr):
        return _HIDDEN if value.get_secret_value() else ""
    if isinstance(value, bool | int):
        return value
    if name not in _ADDRESSES:
        return str(value)
    return " ".join(map(_without_secrets, str(value).split()))


def _without_secrets(text: str) -> str:
    if "://" not in text or text.startswith("sqlite:"):
        return text
    where = urlsplit(text)
    user, at, host = where.netloc.rpartition("@")
    behind = (where.path + where.query + where.fragment).strip("/")
    hidden_user, hidden_path = user and _HIDDEN, f"/{_HIDDEN}" if behind else ""
    return f"{where.scheme}://{hidden_user}{at}{host}{hidden_path}"
