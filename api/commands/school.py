"""`sogoc school`: schools in the registry, and their standing on the chain."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import click

from api.accrediting import standing
from api.clock import moment, today
from api.commands import offices, schooling
from api.commands.parameters import FILE, KIND, Listing
from api.governing import Hand, governing
from api.schoolfile import load_school_file
from api.schoolkeys import school_of
from api.schoollist import check_keys, read_school_list
from api.session import Session
from chain.acts import reinstate_school, suspend_school
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
    data = file.read_bytes()
    schools, pupils = load_school_file(session.founding.registry_database, data)
    digest = hashlib.sha256(data).hexdigest()
    session.founding.note("registry.loaded", file=digest, schools=schools, pupils=pupils)
    session.say("cli.loaded", schools=schools, pupils=pupils)


@school.command("list")
@click.pass_obj
def list_schools(session: Session) -> None:
    """Liệt kê các trường trong cơ sở dữ liệu ngành / list the registry's schools.

    Each line: code, name today, place.
    """
    for found in session.system.desk.schools(today()):
        session.show(f"{found.code}  {found.name}  ({found.place})")


@school.command()
@click.argument("schools", metavar="CODE|FILE.csv")
@click.option("--type", "kinds", type=KIND, multiple=True,
              default=[kind.key for kind in CredentialType], show_default=True,
              help="Loại được cấp, lặp lại được / a type it may issue; repeatable.")  # fmt: skip
@governing
def accredit(hand: Hand, schools: str, kinds: Sequence[str]) -> int:
    """Cho phép trường cấp, ghi khóa lên chuỗi khối / accredit schools and list their keys on chain.

    CODE is a school's code in the registry; its keys are made here. FILE.csv lists any number of
    schools with the public keys that they made themselves (docs/OPERATIONS.md shows its form);
    all its faults are reported at once, and nothing is sent while there is one. Repeating it
    changes nothing and completes what was interrupted.
    """
    given = [CredentialType.from_key(kind) for kind in kinds]
    if schools.lower().endswith(".csv"):
        return _accredit_list(hand, Path(schools), given)
    system, found = hand.session.system, school_of(hand.session, schools)
    system.make_school_keys(found.id)
    first, then = standing(system, found.id, given)
    return hand.govern([first], then, said="cli.accredited", name=found.name)


for each in (*offices.COMMANDS, *schooling.COMMANDS):
    school.add_command(each)


@school.command()
@click.argument("code")
@governing
def suspend(hand: Hand, code: str) -> int:
    """Đình chỉ quyền cấp của trường / stop a school from issuing, from now on.

    CODE is the school's code. What it issued before stays valid; keys and types stay listed.
    """
    found = school_of(hand.session, code)
    return hand.govern([suspend_school(found.id)], said="govern.suspended", name=found.name)


@school.command()
@click.argument("code")
@governing
def reinstate(hand: Hand, code: str) -> int:
    """Khôi phục quyền cấp của trường / end a school's suspension.

    CODE is the school's code. The owner alone.
    """
    found = school_of(hand.session, code)
    return hand.govern([reinstate_school(found.id)], said="govern.reinstated", name=found.name)


def _accredit_list(hand: Hand, path: Path, kinds: Sequence[CredentialType]) -> int:
    """Accredit all schools of a list; what is wrong with it is said before anything is sent."""
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = f"không đọc được / cannot be read: {path} ({error.strerror})"
        raise click.UsageError(reason) from error
    system, now = hand.session.system, moment()
    schools = system.desk.schools(now.date())
    rows = read_school_list(data, schools, kinds, int(now.timestamp()))
    check_keys(system.roster, rows)
    first, then = [row.standing for row in rows], [act for row in rows for act in row.listing]
    hand.foretell(*first, *then)
    return hand.govern(first, then, said="cli.accredited_list", count=len(rows))
