"""`sogoc school rename`, `merge` and `dissolve`: what becomes of a school."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import click

from api import succession
from api.commands.parameters import DAY
from api.governing import Hand, governing
from api.schoolkeys import school_of
from api.session import Session
from api.succession import Ending
from credential.model import Decision
from registry.succession import KINDS


@click.command()
@click.argument("code")
@click.argument("name")
@click.option("--from", "since", type=DAY, required=True,
              help="Từ ngày / first day of the name.")  # fmt: skip
@click.option("--place", metavar="TEXT",
              help="Địa danh / place. [default: as it was]")  # fmt: skip
@click.option("--decision", metavar="NUMBER", required=True,
              help="Số quyết định đổi tên / number of the decision.")  # fmt: skip
@click.pass_obj
def rename(
    session: Session, code: str, name: str, since: date, place: str | None, decision: str
) -> None:
    """Đổi tên trường / give a school another name from a day on.

    CODE is the school's code. Its number, its keys and what it issued stay as they are: a diploma
    says the name of its day.
    """
    school = school_of(session, code)
    new = session.system.department.rename(school.id, name, place or school.place, since)
    session.founding.note(
        "school.renamed", school=school.id, since=since.isoformat(), decision=decision
    )
    session.say("school.renamed" if new else "school.so_named", name=name, since=since)


def _ending(command: Callable[..., Any]) -> Callable[..., Any]:
    """By which decision, and from when."""
    for decorate in reversed((
        click.option("--on", "since", type=DAY, required=True,
                     help="Trường mới quản lý sổ gốc từ ngày / the successor's first day."),
        click.option("--decision", metavar="NUMBER", required=True,
                     help="Số quyết định / number of the decision."),
        click.option("--decided-on", type=DAY, required=True,
                     help="Ngày quyết định / date of the decision."),
    )):  # fmt: skip
        command = decorate(command)
    return command


@click.command()
@click.argument("codes", nargs=-1, required=True, metavar="CODES")
@click.option("--into", required=True, metavar="CODE",
              help="Trường quản lý sổ gốc sau đó / the school that they become.")  # fmt: skip
@_ending
@governing
def merge(
    hand: Hand, codes: Sequence[str], into: str, since: date, decision: str, decided_on: date
) -> int:
    """Sáp nhập trường / merge schools into another, which keeps their registers.

    What they issued stays valid. The registry says so at once, the chain when it has taken the new
    keys; the same command again completes what was interrupted.
    """
    why = Decision(decision, decided_on)
    return _end(hand, codes, into, since, "merged", why)


@click.command()
@click.argument("code")
@click.option("--successor", required=True, metavar="CODE",
              help="Nơi quản lý sổ gốc sau đó / who keeps the register.")  # fmt: skip
@click.option("--kind", type=click.Choice(KINDS), default="dissolved", show_default=True,
              help="Giải thể hay chia tách / dissolved, or split.")  # fmt: skip
@_ending
@governing
def dissolve(
    hand: Hand, code: str, successor: str, kind: str, since: date, decision: str, decided_on: date
) -> int:
    """Giải thể trường, giao sổ gốc / dissolve a school and give its register to another.

    CODE is the school's code. A school that was split is given to the one that keeps its register.
    What it issued stays valid; its successor can correct, suspend and revoke it, with new keys.
    """
    return _end(hand, [code], successor, since, kind, Decision(decision, decided_on))


COMMANDS = (rename, merge, dissolve)


def _end(
    hand: Hand, codes: Sequence[str], successor: str, since: date, kind: str, decision: Decision
) -> int:
    session, system = hand.session, hand.session.system
    next_ = school_of(session, successor)
    endings = [
        Ending(school_of(session, code), next_, since, kind, decision)
        for code in dict.fromkeys(codes)
    ]
    taken = [(one, school) for one in endings for school in succession.registers(system, one)]
    acts = [act for _, school in taken for act in succession.take_over(system, school)]
    for ending in endings:
        if not hand.dry_run:
            succession.record(system, ending)
        if not hand.as_json:
            said = "succession.would" if hand.dry_run else "succession.done"
            session.say(said, name=ending.school.name, successor=next_.name, since=since)
    done = hand.govern(acts, said="succession.keys", count=len(taken), successor=next_.name)
    if not hand.dry_run:
        for ending, school in taken:
            succession.replace_keys(system, school, ending)
    return done
