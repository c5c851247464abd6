"""`sogoc school`: schools in the registry, and their standing on the chain."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from api.accrediting import accredit as give_standing
from api.commands.parameters import FILE, KIND, Listing
from api.schoolfile import load_school_file
from api.session import Session
from credential.errors import FormatError
from credential.model import CredentialType


@click.group(cls=Listing)
def school() -> None:
    """Trường: nạp, liệt kê, cho phép cấp / schools: load, list, accredit."""


@school.command()
@click.argument("file", type=FILE)
@click.pass_obj
def load(session: Session, file: Path) -> None:
    """Nạp trường, hiệu trưởng, học sinh từ tệp JSON / load a JSON file into the registry.

    Loading the same file again changes nothing. docs/OPERATIONS.md shows the file's form.
    """
    session.founding.migrate()
    schools, pupils = load_school_file(session.founding.registry_database, file.read_bytes())
    session.say("cli.loaded", schools=schools, pupils=pupils)


@school.command("list")
@click.pass_obj
def list_schools(session: Session) -> None:
    """Liệt kê các trường trong cơ sở dữ liệu ngành / list the registry's schools.

    Each line: code, name today, place.
    """
    for found in session.system.desk.schools(date.today()):  # noqa: DTZ011 — names as of today here
        session.show(f"{found.code}  {found.name}  ({found.place})")


@school.command()
@click.argument("code")
@click.option("--type", "kinds", type=KIND, multiple=True,
              default=[kind.key for kind in CredentialType], show_default=True,
              help="Loại được cấp, lặp lại được / a type it may issue; repeatable.")  # fmt: skip
@click.pass_obj
def accredit(session: Session, code: str, kinds: Sequence[str]) -> None:
    """Cho phép trường cấp, ghi khóa lên chuỗi khối / accredit a school and list its keys on chain.

    CODE is the school's code in the registry. Repeating it changes nothing.
    """
    found = session.system.desk.school(code, date.today())  # noqa: DTZ011 — standing starts today
    if found is None:
        raise FormatError("school.unknown", found=code)
    sent = give_standing(
        session.system, found.id, [CredentialType.from_key(kind) for kind in kinds]
    )
    session.say("cli.accredited" if sent else "cli.accredited_before", name=found.name)
