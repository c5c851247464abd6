"""`sogoc client`: who may hand in lists by API."""

import click

from api.commands.parameters import Listing
from api.lists.webhooks import check_address, shown_secret
from api.session import Session
from web.messages import local_time


@click.group(cls=Listing)
def client() -> None:
    """Bên dùng API kiểm tra danh sách / those who may hand in lists by API."""


@client.command()
@click.argument("name")
@click.option("--webhook", default="", metavar="https://…",
              help="Nơi báo khi danh sách xong / where it is told of finished lists.")  # fmt: skip
@click.pass_obj
def make(session: Session, name: str, webhook: str) -> None:
    """Cấp khóa API cho một bên / make a client; its API key is printed once.

    With --webhook the secret that signs what is sent there is printed, too. The address must be
    https and public; it cannot be changed, make another client for another one.
    """
    address = check_address(webhook) if webhook else ""
    key, made = session.system.api_clients.make(name, address)
    session.say("cli.api_client", name=name, key=key)
    if address:
        session.say("cli.api_webhook", url=address, secret=shown_secret(made.secret))


@client.command("list")
@click.pass_obj
def list_clients(session: Session) -> None:
    """Liệt kê / list the clients: name, since when, webhook, retired."""
    for found in session.system.api_clients.all():
        ended = f"  † {local_time(found.retired)}" if found.retired is not None else ""
        session.show(f"{found.name}  {local_time(found.created)}  {found.webhook}{ended}".rstrip())


@client.command()
@click.argument("name")
@click.pass_obj
def retire(session: Session, name: str) -> None:
    """Thu hồi khóa API / take a client's key from it; harmless to repeat."""
    session.system.api_clients.retire(name)
    session.say("cli.api_retired", name=name)
