"""`sogoc template`: papers on a school's own template."""

from pathlib import Path
from tempfile import TemporaryDirectory

import click

from api.commands.parameters import KIND, Listing
from api.commands.things import writing
from api.papers import previewed, shelf, trying
from api.schoolkeys import school_of
from api.session import Session
from credential.errors import RefusedError
from credential.model import CredentialType
from issuer.paper.shelf import begin as begin_in
from issuer.paper.shelf import check as check_given

_GIVEN = click.Path(exists=True, path_type=Path)


def _kind(key: str) -> CredentialType:
    return next(each for each in CredentialType if each.key == key)


@click.group(cls=Listing)
def template() -> None:
    """Mẫu in của trường / papers on a school's own template."""


@template.command()
@click.argument("kind", metavar="TYPE", type=KIND)
@click.argument("folder", type=click.Path(path_type=Path))
@click.pass_obj
def begin(session: Session, kind: str, folder: Path) -> None:
    """Chép mẫu mặc định để sửa / write the default template into a new folder, to begin with."""
    if folder.exists():
        raise RefusedError("template.exists", folder=folder)
    with writing(folder):
        begin_in(_kind(kind), folder)
    session.say("template.begun", folder=folder)


@template.command()
@click.argument("kind", metavar="TYPE", type=KIND)
@click.argument("given", metavar="FOLDER", type=_GIVEN)
@click.pass_obj
def check(session: Session, kind: str, given: Path) -> None:
    """Kiểm tra mẫu, không lưu gì / try a template and keep nothing.

    FOLDER holds main.typ and what it needs (fonts, pictures), or is a single .typ file. Every fault
    is told at once.
    """
    with TemporaryDirectory() as folder:
        check_given(given, _kind(kind), Path(folder), trying(session.settings))
    session.say("template.good")


@template.command("set")
@click.argument("code")
@click.argument("kind", metavar="TYPE", type=KIND)
@click.argument("given", metavar="FOLDER", type=_GIVEN)
@click.pass_obj
def set_(session: Session, code: str, kind: str, given: Path) -> None:
    """Dùng mẫu của trường từ nay / take a school's template into use, if it passes.

    CODE is the school's code. A template that fails changes nothing. Papers that are written
    already stay as they are.
    """
    system, school = session.system, school_of(session, code)
    digest = shelf(system.settings).put(school.id, _kind(kind), given, trying(system.settings))
    system.note("template.set", school=school.id, kind=kind, digest=digest)
    session.say("template.set", name=school.name, digest=digest)


@template.command()
@click.argument("code")
@click.argument("kind", metavar="TYPE", type=KIND)
@click.pass_obj
def clear(session: Session, code: str, kind: str) -> None:
    """Trở lại mẫu mặc định / go back to the default template."""
    system, school = session.system, school_of(session, code)
    shelf(system.settings).clear(school.id, _kind(kind))
    system.note("template.cleared", school=school.id, kind=kind)
    session.say("template.cleared", name=school.name)


@template.command()
@click.argument("code")
@click.argument("kind", metavar="TYPE", type=KIND)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True,
              help="Tệp PDF / where the PDF goes.")  # fmt: skip
@click.pass_obj
def preview(session: Session, code: str, kind: str, output: Path) -> None:
    """In thử với dữ liệu mẫu / print made-up data on the template in use."""
    system, school = session.system, school_of(session, code)
    pdf = previewed(system.settings, school.id, _kind(kind))
    with writing(output):
        output.write_bytes(pdf)
    session.say("template.previewed", path=output)


__all__ = ["template"]
