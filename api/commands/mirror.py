"""`sogoc mirror`: all evidence of a deployment, kept by anybody."""

from pathlib import Path

import click

from api.commands.things import writing
from api.session import Session


@click.command()
@click.argument("site", metavar="URL")
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
              help="Thư mục lưu / where to keep the files. [default: the setting mirror, or mirror "
                   "in the data folder]")  # fmt: skip
@click.pass_obj
def mirror(session: Session, site: str, folder: Path | None) -> int:
    """Lưu bản sao bằng chứng / keep every batch's leaf file, each compared with the chain.

    URL is a verifier's site. With the settings mirror, chain and contract, "sogoc verify" needs
    none of the issuer's servers then. Repeating it fetches what is new.

    Exit code: 0 complete, 1 some files are wrong, absent or too large, 2 chain or site silent.
    """
    from api.mirroring import update  # noqa: PLC0415 — it loads what no help text needs
    from verifier.mirror import Mirror  # noqa: PLC0415

    folder = folder or session.settings.mirror or session.settings.data / "mirror"
    with writing(folder):
        found = update(session.founding, site, Mirror(folder))
    session.say("cli.mirrored", before=found.before, new=found.fetched, block=found.block.number)
    for batch in found.wrong:
        session.say("cli.mirror_wrong", school=batch.school, seq=batch.seq)
    for batch in found.absent:
        session.say("cli.mirror_absent", school=batch.school, seq=batch.seq)
    for batch in found.too_large:
        session.say("cli.mirror_too_large", school=batch.school, seq=batch.seq, size=batch.size)
    return 1 if found.wrong or found.absent or found.too_large else 0
