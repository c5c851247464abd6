"""The command line `sogoc`: every act of a deployment, with words for what went wrong.

Exit codes: 0 done (for `verify`: VALID), 1 refused or faulty (INVALID), 2 a source was silent
(UNDETERMINED), 64 wrong usage. Only this module and `api.demo` print.
"""

import json
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from api import presenting, serving, settings
from api.accrediting import accredit
from api.demo import Demo
from api.progress import Bars
from api.schoolfile import load_school_file
from api.showing import answer_lines, error_lines, fault_line
from api.wiring import System
from credential.errors import FormatError, SogocError, UnavailableError
from credential.facts import Withdrawal
from credential.model import CredentialType, Decision, Lane
from credential.records import Batch
from issuer.delivery import deliver
from issuer.intake import read_class_list, read_score_sheet
from issuer.order import Order
from issuer.revoking import GROUNDS
from verifier.verdict import Verdict
from web import messages

USAGE, REFUSED, SILENT = 64, 1, 2
_CODES = {Verdict.VALID: 0, Verdict.INVALID: REFUSED, Verdict.UNDETERMINED: SILENT}
_FILE_ENDINGS = {".pdf", ".png", ".jpg", ".jpeg", ".webp", ".txt", ".sdjwt"}


class Day(click.ParamType[date]):
    """A day as dd/mm/yyyy or yyyy-mm-dd."""

    name = "dd/mm/yyyy"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day, or a usage error that says what is expected."""
        if isinstance(value, date):
            return value
        for form in ("%d/%m/%Y", "%Y-%m-%d"):
            try:
                return datetime.strptime(value, form).date()  # noqa: DTZ007 — a calendar day
            except ValueError:
                continue
        return self.fail(f"{value!r} is not a day as dd/mm/yyyy (vd. 20/06/2026)", param, ctx)


KIND = click.Choice([kind.key for kind in CredentialType])
DAY = Day()


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--data", type=click.Path(path_type=Path), help="Data folder (SOGOC_DATA, ./data).")
@click.option("--lang", type=click.Choice(messages.LANGUAGES), default="vi", show_default=True,
              help="Language of messages.")  # fmt: skip
@click.version_option(package_name="sogoc")
@click.pass_context
def cli(context: click.Context, data: Path | None, lang: str) -> None:
    """Sổ Gốc — cấp và kiểm tra văn bằng, bảng điểm.

    Issue diplomas and transcripts from a school's Excel file, and verify them against a chain and
    the education data registry. Start with: sogoc demo
    """
    found = settings.load(data)
    context.obj = (context.with_resource(System(found)), lang)


def _with_system(work: Callable[..., Any]) -> Callable[..., Any]:
    """Pass the deployment and the language to a command."""

    @click.pass_context
    def command(context: click.Context, /, *args: Any, **options: Any) -> Any:
        system, lang = context.obj
        return context.invoke(work, system, lang, *args, **options)

    command.__doc__ = work.__doc__
    command.__name__ = work.__name__
    command.__click_params__ = getattr(work, "__click_params__", [])  # type: ignore[attr-defined]
    return command


def say(lang: str, code: str, **params: object) -> None:
    """Print one sentence."""
    click.echo(messages.text(lang, f"cli.{code}", **params))


@cli.command()
@_with_system
def init(system: System, lang: str) -> None:
    """Tạo kho dữ liệu, khóa và hợp đồng / make folders, databases, keys and the contract."""
    system.migrate()
    made, new = system.deploy()
    say(lang, "deployed" if new else "deployed_before", contract="0x" + made.contract.hex())


@cli.command()
@_with_system
def demo(system: System, lang: str) -> None:
    """Chạy thử toàn bộ trên dữ liệu mẫu / the whole main job on sample data.

    Repeating it completes what is missing and changes nothing else.
    """
    Demo(system.settings.data, lang).run()


@cli.command()
@_with_system
def serve(system: System, lang: str) -> None:
    """Mở trang kiểm tra và API / serve the check page and the API."""
    say(lang, "serving", url=f"http://{system.settings.host}:{system.settings.port}/")
    serving.serve_site(system)


@cli.command("settings")
@_with_system
def show_settings(system: System, lang: str) -> None:  # noqa: ARG001 — values need no words
    """In các thiết lập đang dùng / print the settings in force, secrets hidden."""
    for name, value in system.settings.model_dump(mode="json").items():
        click.echo(f"{name} = {json.dumps(value, ensure_ascii=False)}")


@cli.group()
def school() -> None:
    """Trường: nạp, liệt kê, cho phép cấp / schools: load, list, accredit."""


@school.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_with_system
def school_load(system: System, lang: str, file: Path) -> None:
    """Nạp trường, hiệu trưởng, học sinh từ tệp JSON / load a JSON file into the registry.

    Loading the same file again changes nothing. docs/OPERATIONS.md shows the file's form.
    """
    system.migrate()
    schools, pupils = load_school_file(system.registry_database, file.read_bytes())
    say(lang, "loaded", schools=schools, pupils=pupils)


@school.command("list")
@_with_system
def school_list(system: System, lang: str) -> None:  # noqa: ARG001 — names need no words
    """Liệt kê các trường trong cơ sở dữ liệu ngành / list the registry's schools."""
    for found in system.desk.schools(date.today()):  # noqa: DTZ011 — names as of today here
        click.echo(f"{found.code}  {found.name}  ({found.place})")


@school.command("accredit")
@click.argument("code")
@click.option("--type", "kinds", type=KIND, multiple=True,
              default=[kind.key for kind in CredentialType], show_default=True,
              help="Credential types it may issue (repeatable).")  # fmt: skip
@_with_system
def school_accredit(system: System, lang: str, code: str, kinds: Sequence[str]) -> None:
    """Cho phép trường cấp, ghi khóa lên chuỗi khối / accredit a school and list its keys."""
    found = system.desk.school(code, date.today())  # noqa: DTZ011 — standing starts today
    if found is None:
        raise FormatError("school.unknown", found=code)
    sent = accredit(system, found.id, [CredentialType.from_key(kind) for kind in kinds])
    say(lang, "accredited" if sent else "accredited_before", name=found.name)


@cli.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--school", "code", required=True, help="School code in the registry.")
@click.option("--type", "kind", type=KIND, required=True)
@click.option("--decision", required=True, help="Number of the decision (số quyết định).")
@click.option("--decided-on", type=DAY, required=True, help="Date of the decision.")
@click.option("--issued", type=DAY, help="Date printed; the decision's date if not given.")
@click.option("--year", type=int, help="Graduation or school year's end; from the date if absent.")
@click.option("--signer", help="Who signs; the head in office that day if not given.")
@click.option("--first-serial", help="Number on the first blank, e.g. T01000001.")
@click.option("--prepared-by", required=True, help="Who prepared the list.")
@click.option("--approved-by", required=True, help="Who approved it: somebody else.")
@click.option("--pdf/--no-pdf", default=True, show_default=True, help="Write the papers too.")
@_with_system
def issue(
    system: System, lang: str, file: Path, code: str, kind: str, decision: str, decided_on: date,
    issued: date | None, year: int | None, signer: str | None, first_serial: str | None,
    prepared_by: str, approved_by: str, pdf: bool,
) -> None:  # fmt: skip
    """Cấp văn bằng hoặc bảng điểm từ tệp Excel / issue from an Excel file.

    FILE is the class list (thpt-diploma) or the year's score sheet (transcript). All faults are
    reported at once and nothing is issued while there is one. The same command again completes
    what was interrupted and issues nothing twice.
    """
    order = Order(
        type=CredentialType.from_key(kind),
        school=code,
        year=year or (issued or decided_on).year,
        issued=issued or decided_on,
        rows=_rows(file, kind, lang),
        prepared_by=prepared_by,
        approved_by=approved_by,
        decision=Decision(decision, decided_on),
        signer=signer,
        first_serial=first_serial,
    )
    with Bars(lang) as bars:
        batch, new = system.issuing(bars.stage).issue(order)
        say(lang, "issued" if new else "issued_before", count=batch.size, seq=batch.seq,
            block=batch.block)  # fmt: skip
        if pdf:
            _papers(system, lang, batch, bars)


def _rows(file: Path, kind: str, lang: str) -> Any:
    """The rows of the file; what was noticed but needs no mending goes to standard error."""
    read = read_class_list if kind == CredentialType.THPT_DIPLOMA.key else read_score_sheet
    found = read(file.read_bytes())
    for notice in found.notices:
        click.echo(f"  · {fault_line(lang, notice)}", err=True)
    return found.rows


def _papers(system: System, lang: str, batch: Batch, bars: Bars) -> None:
    folder = system.settings.data / "papers" / f"{batch.school}-{batch.seq:04d}"
    bars.stage("papers", batch.size)
    deliver(system.batches, batch, folder, system.style, bars.advance)
    say(lang, "papers", folder=folder)


@cli.command()
@_with_system
def resume(system: System, lang: str) -> None:
    """Làm tiếp các đợt cấp còn dở / complete every unfinished batch."""
    with Bars(lang) as bars:
        issuing = system.issuing(bars.stage)
        for batch in system.batches.unfinished():
            done = issuing.resume(batch)
            say(lang, "resumed", seq=done.seq, school=done.school, count=done.size)
    say(lang, "nothing_unfinished")


def _ground_option(name: str, lane: Lane) -> Callable[[Any], Any]:
    """Revoking needs one of the circular's grounds; other changes are their own reason."""
    if lane is Lane.REVOKED:
        return click.option("--ground", type=click.Choice(list(GROUNDS)), required=True)
    return click.option("--ground", default=name, hidden=True)


def _status_command(name: str, lane: Lane, about: str) -> None:
    @cli.command(name, help=about)
    @click.argument("key")
    @_ground_option(name, lane)
    @click.option("--decision", required=True, help="Number of the decision.")
    @click.option("--on", "day", type=DAY, required=True, help="Date of the decision.")
    @click.option("--by", "actor", required=True, help="Who carries it out.")
    @_with_system
    def change(
        system: System, lang: str, key: str, ground: str, decision: str, day: date, actor: str
    ) -> None:
        cause = Withdrawal(ground, decision, day)
        found = system.revoking.change(key, lane, cause, actor)
        say(lang, name, register_no=found.staged.register_no)


_status_command(
    "revoke",
    Lane.REVOKED,
    "Thu hồi, không thể khôi phục / revoke for good. KEY: look-up code or register number.",
)
_status_command(
    "suspend", Lane.SUSPENDED, "Tạm đình chỉ / suspend. KEY: look-up code or register number."
)
_status_command("reinstate", Lane.ACTIVE,
    "Khôi phục sau đình chỉ / end a suspension. KEY: look-up code or register number.")  # fmt: skip


@cli.command()
@click.argument("thing")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@_with_system
def verify(system: System, lang: str, thing: str, as_json: bool) -> int:
    """Kiểm tra một văn bằng / verify THING: link, digits, SD-JWT, look-up code, PDF or image file.

    "-" reads standard input. Exit code: 0 VALID, 1 INVALID, 2 UNDETERMINED, 64 cannot be read.
    """
    answer = system.verifier.verify(_thing(thing))
    if as_json:
        click.echo(json.dumps(presenting.answer(answer), ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(answer_lines(lang, answer)))
    return _CODES[answer.conclusion.verdict]


def _thing(given: str) -> str | bytes:
    """What the argument stands for: a file's bytes, or the text itself."""
    if given == "-":
        data = sys.stdin.buffer.read()
    elif len(given) < 1024 and Path(given).is_file():
        data = Path(given).read_bytes()
    elif Path(given).suffix.lower() in _FILE_ENDINGS and "/V#" not in given:
        raise click.UsageError(f"there is no file {given}")
    else:
        return given
    return data.decode("ascii").strip() if data.isascii() and data[:5] != b"%PDF-" else data


@cli.command()
@_with_system
def audit(system: System, lang: str) -> int:
    """Kiểm tra nhật ký / recompute the audit log's hash chain and find any edit."""
    broken = system.audit()
    say(lang, "audit_ok" if broken is None else "audit_broken", entry=broken)
    return 0 if broken is None else REFUSED


@cli.group("registry")
def registry_group() -> None:
    """Cơ sở dữ liệu ngành như một dịch vụ / the education data registry as a service."""


@registry_group.command("serve")
@_with_system
def registry_serve(system: System, lang: str) -> None:
    """Mở dịch vụ đối chiếu / serve match answers over HTTP (client credentials)."""
    say(lang, "serving", url=f"http://{system.settings.host}:{system.settings.registry_port}/")
    serving.serve_registry(system)


@registry_group.command("client")
@click.argument("name")
@_with_system
def registry_client(system: System, lang: str, name: str) -> None:
    """Cấp quyền đối chiếu cho một hệ thống / register a client; its secret is printed once."""
    say(lang, "client", name=name, secret=serving.clients(system).add(name, name))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; return its exit code and print what went wrong."""
    lang = "vi"
    try:
        with cli.make_context("sogoc", list(arguments or sys.argv[1:])) as context:
            lang = context.params.get("lang", lang)
            return cli.invoke(context) or 0
    except click.exceptions.Exit as finished:
        return finished.exit_code
    except click.UsageError as error:
        error.show()
        return USAGE
    except click.ClickException as error:
        error.show()
        return REFUSED
    except click.Abort:
        return 130
    except SogocError as error:
        for line in error_lines(lang, error):
            click.echo(line, err=True)
        return _failure(error, arguments)


def _failure(error: SogocError, arguments: Sequence[str] | None) -> int:
    if isinstance(error, UnavailableError):
        return SILENT
    verifying = "verify" in (arguments or sys.argv[1:])
    return USAGE if isinstance(error, FormatError) or verifying else REFUSED


def main() -> None:
    """Entry point of the command `sogoc`."""
    sys.exit(run())


__all__ = ["cli", "main", "run"]
