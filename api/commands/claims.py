"""`sogoc claims`: one-time codes with which pupils and guardians claim what is theirs."""

from collections.abc import Sequence
from pathlib import Path

import click

from api.accounts import slips
from api.accounts.people import OF_AGE
from api.clock import today
from api.commands.parameters import Listing
from api.commands.things import write_private, writing
from api.session import Session
from credential.errors import RefusedError
from credential.records import PupilRecord, SchoolRecord
from store.accounts import Accounts, Relation
from store.claims import Claims
from web import messages

_DAY = 86_400  # seconds
_ENDINGS = (".pdf", ".csv")


@click.group(cls=Listing)
def claims() -> None:
    """Mã nhận hồ sơ / one-time codes with which pupils and guardians claim what is theirs."""


@claims.command()
@click.option("--school", "code", required=True, help="Mã trường / the school's code.")
@click.option("--class", "class_name", help="Cả lớp / all pupils of a class.")
@click.option(
    "--batch",
    type=click.IntRange(min=0),
    metavar="SEQ",
    help="Mọi học sinh của một đợt cấp / all pupils of a batch, by its number.",
)
@click.option("--pupil", "pupils", multiple=True, help="Mã học sinh / a pupil's code; repeatable.")
@click.option(
    "--guardian",
    is_flag=True,
    help="Cho cha mẹ, người giám hộ / for parents and guardians instead.",
)
@click.option(
    "--by-birth",
    is_flag=True,
    help="Xác nhận bằng ngày sinh, dù đã biết số định danh / confirmed by the birth date even "
    "where the personal number is known.",
)
@click.option(
    "--days",
    type=click.IntRange(1, 365),
    default=60,
    show_default=True,
    help="Dùng được bao nhiêu ngày / days for which a code can be used.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="slips.pdf (phiếu để cắt / slips to be cut) hoặc/or slips.csv.",
)
@click.option("--by", "actor", required=True, metavar="NAME", help="Người làm / who makes them.")
@click.pass_obj  # fmt: skip
def make(
    session: Session,
    code: str,
    class_name: str | None,
    batch: int | None,
    pupils: tuple[str, ...],
    days: int,
    output: Path,
    actor: str,
    *,
    guardian: bool,
    by_birth: bool,
) -> None:
    """Tạo mã và in phiếu / make codes and write their slips.

    Give exactly one of --class, --batch and --pupil. An earlier code of the same pupil that nobody
    used is none any more. The file holds secrets: only its owner may read it.
    """
    if sum((class_name is not None, batch is not None, bool(pupils))) != 1:
        raise click.UsageError("--class, --batch, --pupil: đúng một / give exactly one")
    if output.suffix not in _ENDINGS:
        raise click.UsageError(f"-o: {' / '.join(_ENDINGS)}")
    school = _school(session, code)
    found = _pupils(session, school, class_name, batch, pupils)
    relation = Relation.GUARDIAN if guardian else Relation.SELF
    asked = [each for each in found if relation is Relation.SELF or _is_minor(each)]
    if not asked:
        raise RefusedError("claim_code.nobody")
    store = Claims(session.system.store_database)
    by_birth = by_birth or bool(session.system.settings.registry_service)
    made = slips.make(store, asked, relation, days * _DAY, actor, by_birth=by_birth)
    page = session.system.settings.public_url.rstrip("/") + "/me"
    is_pdf = output.suffix == ".pdf"
    content = slips.as_pdf(made, school.name, page) if is_pdf else slips.as_csv(made)
    with writing(output):
        write_private(output, content)
    session.say("cli.claims_made", number=len(made), path=output, until=made[0].until)
    if len(found) > len(made):
        session.notice(
            messages.text(session.lang, "cli.claims_adults", number=len(found) - len(made))
        )


@claims.command()
@click.argument("pupil")
@click.option("--by", "actor", required=True, metavar="NAME", help="Người làm / who does it.")
@click.pass_obj
def withdraw(session: Session, pupil: str, actor: str) -> None:
    """Lấy lại hồ sơ từ mọi tài khoản / take a pupil's records from every account.

    For a slip that fell into the wrong hands; unused codes of the pupil end, too. Afterwards make
    new ones.
    """
    number = Accounts(session.system.store_database).withdraw(pupil, actor)
    session.say("cli.claims_withdrawn", number=number)


def _school(session: Session, code: str) -> SchoolRecord:
    found = session.system.desk.school(code, today())
    if found is None:
        raise RefusedError("school.unknown", found=code)
    return found


def _pupils(
    session: Session,
    school: SchoolRecord,
    class_name: str | None,
    batch: int | None,
    codes: Sequence[str],
) -> Sequence[PupilRecord]:
    """Those asked for. Raises RefusedError ``claim_code.pupils`` for codes that are not of it."""
    system = session.system
    if class_name is not None:
        return system.desk.pupils_of(school.id, class_name)
    if batch is not None:
        found = system.batches.numbered(school.id, batch)
        codes = [row.pupil for row in system.batches.staged(found.id)] if found else []
    known = system.desk.pupils(codes)
    # of a batch also those who went to another school since
    theirs = {
        code for code, pupil in known.items() if batch is not None or pupil.school == school.id
    }
    if strange := [code for code in codes if code not in theirs]:
        raise RefusedError("claim_code.pupils", found=", ".join(strange))
    return [known[code] for code in dict.fromkeys(codes)]


def _is_minor(pupil: PupilRecord) -> bool:
    return pupil.birth.age(today()) < OF_AGE
