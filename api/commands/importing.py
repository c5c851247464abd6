"""`sogoc import`: a school's file, what it would change, and then just that."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from api.annotating import annotated
from api.clock import school_year_of, today
from api.commands.parameters import FILE
from api.importing import Preview, commit, faults_of_results, preview
from api.mending import fault_line
from api.schoolkeys import school_of
from api.session import Session
from api.terminal import printable
from credential.errors import Fault, InputError
from issuer.intake.differences import Changed
from issuer.intake.layout import named
from issuer.intake.pupil_lists import PUPIL_LISTS, pupils_of
from issuer.intake.reading import prepared
from issuer.intake.results import RESULTS, results_of
from issuer.intake.rows import Reading
from issuer.order import school_year
from web import messages

_SHOWN = 50  # of each kind; the report has all
_LAYOUTS = (*PUPIL_LISTS, *RESULTS)


@click.command("import")
@click.argument("file", type=FILE)
@click.option("--school", "code", required=True,
              help="Mã trường trong sổ gốc / the school's code in the registry.")  # fmt: skip
@click.option("--layout", type=click.Choice([layout.name for layout in _LAYOUTS]),
              help="Bố cục của tệp / the file's layout. [default: whichever fits]")  # fmt: skip
@click.option("--column", "columns", multiple=True, metavar="OURS=THEIRS",
              help="Tên cột trong tệp, vd. “Họ tên=Tên học sinh”, lặp lại được "
                   "/ what a column is called in the file; repeatable.")  # fmt: skip
@click.option("--year", type=click.IntRange(1990, 2199),
              help="Năm kết thúc năm học của tệp kết quả / year in which the school year of "
                   "results ends. [default: this one's]")  # fmt: skip
@click.option("--term", type=click.Choice(["HK1", "HK2", "CN"]),
              help="Học kỳ, nếu tệp không ghi / the term, if no title says it.")  # fmt: skip
@click.option("--subject", metavar="NAME",
              help="Môn của sổ điểm, nếu tệp không ghi / a mark book's subject, if no title "
                   "says it.")  # fmt: skip
@click.option("--dry-run", is_flag=True,
              help="Chỉ xem trước, không ghi / show what would change only.")  # fmt: skip
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), metavar="OUT.xlsx",
              help="Ghi lại trang tính có đánh dấu ô cần sửa / write the sheet with what to mend "
                   "marked in it.")  # fmt: skip
@click.pass_obj
def import_(
    session: Session, file: Path, code: str, layout: str | None, columns: Sequence[str],
    year: int | None, term: str | None, subject: str | None, dry_run: bool, report: Path | None,
) -> None:  # fmt: skip
    """Nhập danh sách học sinh, xem trước tệp kết quả / a school's pupils, a look at its results.

    FILE is .xlsx, .xls or CSV in one of the layouts of docs/IMPORT.md. It is compared with the
    registry first. All faults are reported at once and nothing is kept while there is one; the
    same file again changes nothing. Results are only looked at: sogoc issue makes an order of them.
    """
    given = dict(_pair(column) for column in columns)
    layouts = [named(layout, _LAYOUTS)] if layout else _LAYOUTS
    school, data = school_of(session, code), file.read_bytes()
    table = prepared(data, layouts, given)
    if table.layout in RESULTS:
        ends = year or school_year_of(today())
        results = results_of(table, school_year(ends), term, subject)
        faults = faults_of_results(session.system.desk, school, results, ends)
        _tell_reading(session, results)
        _refuse(session, report, data, results, faults)
        session.say("importing.results", count=len(results.rows))
        return
    found = preview(session.system.desk, school, pupils_of(table))
    _tell_reading(session, found.reading)
    _tell_differences(session, found)
    _refuse(session, report, data, found.reading, found.faults)
    if dry_run:
        session.say("importing.dry_run")
        return
    kept = commit(session.system.registry_database, found)
    digest = hashlib.sha256(data).hexdigest()
    session.system.note("registry.imported", file=digest, school=school.id, pupils=kept)
    session.say("importing.done", count=kept, school=school.name)


def _pair(column: str) -> tuple[str, str]:
    ours, equals, theirs = column.partition("=")
    if not (equals and ours.strip() and theirs.strip()):
        raise click.UsageError(f"--column {column!r}: OURS=THEIRS, vd. “Họ tên=Tên học sinh”")
    return ours.strip(), theirs.strip()


def _refuse(
    session: Session, report: Path | None, data: bytes, reading: Reading[Any],
    faults: Sequence[Fault],
) -> None:  # fmt: skip
    """Write the marked sheet if asked for; then raise InputError if there is anything to mend."""
    if report is not None:
        report.write_bytes(annotated(data, reading, faults))
        session.say("importing.report", path=report)
    if faults:
        raise InputError(faults)


def _tell_reading(session: Session, reading: Reading[Any]) -> None:
    """What was read and what was mended."""
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


def _tell_differences(session: Session, found: Preview) -> None:
    """What would change."""
    differences = found.differences
    session.say("importing.counts", new=len(differences.new), changed=len(differences.changed),
                moved=len(differences.moved), unchanged=len(differences.unchanged),
                faulty=len({fault.row for fault in found.faults}))  # fmt: skip
    _show(session, (f"+ {row.code} {row.name}, {row.class_name}" for row in differences.new))
    for group in (differences.changed, differences.moved):
        _show(session, (f"~ {each.row.code} {each.row.name}: {_changes(session, each)}"
                        for each in group))  # fmt: skip


def _show(session: Session, lines: Iterable[str]) -> None:
    for number, line in enumerate(lines):
        if number < _SHOWN:
            session.show(printable(f"  {line}"))


def _changes(session: Session, changed: Changed) -> str:
    return "; ".join(
        f"{messages.text(session.lang, f'importing.{each.field}')} “{each.old}” → “{each.new}”"
        for each in changed.changes
    )
