"""`sogoc import`: a school's list of pupils, what it would change, and then just that."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from api.annotating import annotated
from api.commands.parameters import FILE
from api.importing import Preview, commit, preview
from api.mending import fault_line
from api.schoolkeys import school_of
from api.session import Session
from api.terminal import printable
from credential.errors import InputError
from issuer.intake.differences import Changed
from issuer.intake.layout import named
from issuer.intake.pupil_lists import PUPIL_LISTS
from web import messages

_SHOWN = 50  # of each kind; the report has all


@click.command("import")
@click.argument("file", type=FILE)
@click.option("--school", "code", required=True,
              help="Mã trường trong sổ gốc / the school's code in the registry.")  # fmt: skip
@click.option("--layout", type=click.Choice([layout.name for layout in PUPIL_LISTS]),
              help="Bố cục của tệp / the file's layout. [default: whichever fits]")  # fmt: skip
@click.option("--column", "columns", multiple=True, metavar="OURS=THEIRS",
              help="Tên cột trong tệp, vd. “Họ tên=Tên học sinh”, lặp lại được "
                   "/ what a column is called in the file; repeatable.")  # fmt: skip
@click.option("--dry-run", is_flag=True,
              help="Chỉ xem trước, không ghi / show what would change only.")  # fmt: skip
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), metavar="OUT.xlsx",
              help="Ghi lại trang tính có đánh dấu ô cần sửa / write the sheet with what to mend "
                   "marked in it.")  # fmt: skip
@click.pass_obj
def import_(
    session: Session, file: Path, code: str, layout: str | None, columns: Sequence[str],
    dry_run: bool, report: Path | None,
) -> None:  # fmt: skip
    """Nhập danh sách học sinh từ Excel, CSV / a list of pupils from Excel or CSV.

    FILE is .xlsx, .xls or CSV in one of the layouts of docs/IMPORT.md. It is compared with the
    registry first. All faults are reported at once and nothing is kept while there is one; the
    same file again changes nothing.
    """
    given = dict(_pair(column) for column in columns)
    layouts = [named(layout, PUPIL_LISTS)] if layout else PUPIL_LISTS
    school, data = school_of(session, code), file.read_bytes()
    found = preview(session.system.desk, school, data, layouts, given)
    _tell(session, found)
    if report is not None:
        report.write_bytes(annotated(data, found.reading, found.faults))
        session.say("importing.report", path=report)
    if dry_run and found.faults:
        raise InputError(found.faults)
    if dry_run:
        session.say("importing.dry_run")
        return
    kept = commit(session.system.registry_database, found)
    session.say("importing.done", count=kept, school=school.name)


def _pair(column: str) -> tuple[str, str]:
    ours, equals, theirs = column.partition("=")
    if not (equals and ours.strip() and theirs.strip()):
        raise click.UsageError(f"--column {column!r}: OURS=THEIRS, vd. “Họ tên=Tên học sinh”")
    return ours.strip(), theirs.strip()


def _tell(session: Session, found: Preview) -> None:
    """What was read, what was mended, what would change."""
    reading, differences = found.reading, found.differences
    session.say("importing.read", layout=reading.layout, sheet=reading.sheet + 1,
                row=reading.header_row, count=len(reading.rows))  # fmt: skip
    counts: Counter[str] = Counter()
    for notice in reading.notices:
        counts[notice.code] += 1
        if counts[notice.code] <= _SHOWN:
            session.notice(fault_line(session.lang, notice))
    for code, count in counts.items():
        if count > _SHOWN:
            session.notice(f"{code} … +{count - _SHOWN}")
    session.say("importing.counts", new=len(differences.new), changed=len(differences.changed),
                moved=len(differences.moved), unchanged=len(differences.unchanged),
                faulty=len({fault.row for fault in found.faults}))  # fmt: skip
    for row in differences.new[:_SHOWN]:
        session.show(printable(f"  + {row.code} {row.name}, {row.class_name}"))
    for each in (*differences.changed[:_SHOWN], *differences.moved[:_SHOWN]):
        session.show(printable(f"  ~ {each.row.code} {each.row.name}: {_changes(session, each)}"))


def _changes(session: Session, changed: Changed) -> str:
    return "; ".join(
        f"{messages.text(session.lang, f'importing.{each.field}')} “{each.old}” → “{each.new}”"
        for each in changed.changes
    )
