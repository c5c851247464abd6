"""`sogoc demo`: the main job on sample data."""

import click

from api.demo import Demo
from api.session import Session


@click.command()
@click.pass_obj
def demo(session: Session) -> None:
    """Chạy thử toàn bộ trên dữ liệu mẫu / the whole main job on sample data.

    From a school's Excel files to diplomas and transcripts, and to four verdicts: genuine, forged,
    revoked, and one while the chain is stopped. Repeating it completes what is missing and changes
    nothing else.
    """
    Demo(session).run()
