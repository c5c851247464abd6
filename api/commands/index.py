"""`sogoc index`: the tables of what the ledger logged, which quick verification reads."""

import click

from api import serving
from api.commands.parameters import Listing
from api.session import Session


@click.group(cls=Listing)
def index() -> None:
    """Bảng chỉ mục chuỗi khối / the tables of what the ledger logged.

    `sogoc serve` keeps them, too; of several processes one does. They can be made anew at any time.
    """


@index.command()
@click.pass_obj
def follow(session: Session) -> None:
    """Cập nhật liên tục / keep the tables up to date. Ctrl+C ends it."""
    session.say("cli.index_following")
    serving.follow(session.system)


@index.command()
@click.pass_obj
def once(session: Session) -> int:
    """Cập nhật một lần / bring the tables up to date, then say how far they are."""
    session.system.indexer.advance()
    return _show(session)


@index.command()
@click.pass_obj
def rebuild(session: Session) -> int:
    """Lập lại từ đầu / forget the tables and read everything anew."""
    session.system.indexer.rebuild()
    return _show(session)


@index.command()
@click.pass_obj
def status(session: Session) -> int:
    """Độ trễ / how far the tables are behind the chain.

    Exit code: 0 verifications use them, 1 they do not, because they are behind or were never made.
    """
    return _show(session)


def _show(session: Session) -> int:
    found = session.system.indexer.lag()
    if found.final is None:
        session.say("cli.index_none", blocks=found.blocks)
    else:
        words = {"final": found.final, "blocks": found.blocks, "seconds": found.seconds}
        session.say("cli.index_kept" if found.kept else "cli.index_behind", **words)
    if found.error:
        session.say("cli.index_error", error=found.error)
    return 0 if found.kept else 1
