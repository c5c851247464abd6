"""`sogoc extracts`: what was taken out of a pupil's record."""

from datetime import datetime

import click

from api.session import Session
from web.messages import VIETNAM


@click.command()
@click.argument("pupil")
@click.pass_obj
def extracts(session: Session, pupil: str) -> None:
    """Các lần trích xuất học bạ của một học sinh / what was taken out of a pupil's record.

    PUPIL is the ministry's code. Newest first: when, in what form, of which credential, by whom
    and for whom.
    """
    found = session.system.extracts.of(pupil.strip())
    for each in found:
        session.say(
            "extract.line",
            at=f"{datetime.fromtimestamp(each.at, VIETNAM):%d/%m/%Y %H:%M}",
            what=session.word(f"extract.{each.kind.value}"),
            batch=f"{each.school}-{each.seq:04d}",
            index=each.index,
            by=each.by,
            to=each.to or session.word("extract.own"),
        )
    if not found:
        session.say("extract.none")
