"""`sogoc audit`: is the log of all acts whole, and the log for an auditor."""

import time
from collections.abc import Iterator
from pathlib import Path

import click

from api import trail
from api.commands.parameters import ADDRESS, FILE, Listing
from api.commands.things import writing
from api.session import Session
from credential.errors import UnavailableError
from store import actors
from store import audit as log
from store.audit import Entry

_RELAYER = "relayer"


@click.group(cls=Listing)
def audit() -> None:
    """Nhật ký: kiểm tra, xuất ra / the log of all acts: find any edit, export it."""


@audit.command()
@click.option("--file", "path", type=FILE,
              help="Kiểm tra bản xuất này / check this export (JSON lines) instead.")  # fmt: skip
@click.option("--sender", "senders", type=ADDRESS, multiple=True, metavar="ADDRESS",
              help="Tài khoản gửi giao dịch, lặp lại được / an account that sent batches; "
              "repeatable. [default: that of the key relayer]")  # fmt: skip
@click.option("--offline", is_flag=True,
              help="Không hỏi chuỗi khối / without asking the chain.")  # fmt: skip
@click.pass_obj
def verify(
    session: Session, path: Path | None, senders: tuple[bytes, ...], *, offline: bool
) -> int:
    """Kiểm tra nhật ký / recompute the log's hash chain and find any edit.

    Each batch's transaction carries the head of the log onto the chain, so entries that were cut
    off, or a log forged anew, are found too, up to the newest batch. Exit code: 0 whole, 1 edited,
    2 the chain is silent.
    """
    system = session.founding if path else session.system
    heads, silent = [], None
    if not offline:
        try:
            heads = trail.heads_on_chain(system, senders or [system.address(_RELAYER)])
        except UnavailableError as error:
            silent = error
    found = trail.judge(_read(path) if path else trail.system_trail(system), heads)
    false = [] if path else actors.false_names(system.store_database)
    _tell(session, found, asked=not offline and silent is None)
    for ref in false:
        session.say("audit.false_name", ref=ref)
    if found.wrong is None and not false and silent is not None:
        raise silent
    return int(found.wrong is not None or bool(false))


@audit.command()
@click.argument("path", type=click.Path(path_type=Path), metavar="OUT.jsonl|OUT.csv")
@click.pass_obj
def export(session: Session, path: Path) -> None:
    """Xuất nhật ký ra tệp / write the log to a file for an auditor.

    OUT.jsonl can be checked anywhere (sogoc audit verify --file, docs/SECURITY.md says how it is
    computed); OUT.csv is for spreadsheet programs. Persons are named by commitments, as in the log.
    """
    entries = trail.system_trail(session.system)
    with writing(path):
        if path.suffix.lower() == ".csv":
            path.write_bytes(trail.as_csv(entries))
        else:
            with path.open("w", encoding="utf-8") as out:
                out.writelines(trail.as_lines(entries))
    session.say("audit.exported", path=path)


@audit.command()
@click.argument("name")
@click.option("--by", "actor", required=True, metavar="NAME", help="Ai yêu cầu / who asks for it.")
@click.pass_obj
def forget(session: Session, name: str, actor: str) -> int:
    """Xóa tên một người khỏi nhật ký / erase a person's name beside the log.

    NAME as it was given to the commands. Entries stay and stay whole; nobody can find out any more
    whom they mean. Exit code: 0 erased, 1 no such name.
    """
    ref = log.forget(session.system.store_database, int(time.time()), name, actor)
    session.say("audit.no_name" if ref is None else "audit.forgotten", ref=ref)
    return int(ref is None)


def _read(path: Path) -> Iterator[Entry]:
    with path.open(encoding="utf-8") as lines:
        yield from trail.from_lines(lines)


def _tell(session: Session, found: trail.Findings, *, asked: bool) -> None:
    if found.wrong is not None:
        session.say("audit.broken", entry=found.wrong)
        return
    session.say("audit.whole", entries=found.entries)
    if found.newest is not None:
        behind = found.entries - found.newest.number
        batch = f"{found.newest.school}-{found.newest.seq:04d}"
        session.say("audit.anchored", entry=found.newest.number, batch=batch,
                    block=found.newest.block, behind=behind)  # fmt: skip
    elif asked:
        session.say("audit.not_anchored")
