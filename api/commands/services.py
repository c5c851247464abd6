"""`sogoc serve`, `registry` and `chain`: what runs until it is interrupted."""

import click

from api import assembly, serving
from api.commands.parameters import Listing
from api.session import Session


@click.command()
@click.pass_obj
def serve(session: Session) -> None:
    """Mở trang kiểm tra và API / serve the check page and the API.

    Settings host and port say where (SOGOC_HOST, SOGOC_PORT). Ctrl+C ends it.
    """
    with serving.listening(session.settings.host, session.settings.port) as listener:
        limits = assembly.limits(session.settings)
        app = assembly.site(session.system, limits)
        session.say("cli.serving", url=serving.address(listener))
        system = session.system
        with serving.indexing(system), serving.noting(system), serving.working(system, limits):
            serving.serve(app, listener)


@click.group(cls=Listing)
def registry() -> None:
    """Cơ sở dữ liệu ngành như một dịch vụ / the education data registry as a service."""


@registry.command("serve")
@click.pass_obj
def registry_serve(session: Session) -> None:
    """Mở dịch vụ đối chiếu / serve match answers over HTTP to clients with credentials.

    Settings host and registry_port say where. Ctrl+C ends it.
    """
    with serving.listening(session.settings.host, session.settings.registry_port) as listener:
        app = assembly.registry(session.system)
        session.say("cli.serving", url=serving.address(listener))
        serving.serve(app, listener)


@registry.command("client")
@click.argument("name")
@click.pass_obj
def registry_client(session: Session, name: str) -> None:
    """Cấp quyền đối chiếu cho một hệ thống / register a client; its secret is printed once.

    NAME goes into the client's setting registry_client, the secret into registry_secret.
    """
    secret = assembly.clients(session.system).add(name, name)
    session.say("cli.client", name=name, secret=secret)


@click.group(cls=Listing)
def chain() -> None:
    """Chuỗi khối nhúng chạy riêng / the embedded chain in a process of its own."""


@chain.command("serve")
@click.pass_obj
def chain_serve(session: Session) -> None:
    """Giữ chuỗi khối nhúng và phục vụ các lệnh khác / hold the embedded chain and serve it.

    Other commands on the same data folder find it by themselves. Without this command, whichever
    of them comes first holds the chain. Ctrl+C ends it.
    """
    path = serving.embedded_chain(session.settings)
    session.say("cli.chain_serving", file=path)
    serving.serve_chain(path, session.settings.chain_id)
