"""The command line `sogoc`: which commands there are, and what becomes of an error.

Exit codes: 0 done (for `verify`: VALID), 1 refused or faulty (INVALID), 2 a source was silent
(UNDETERMINED), 64 wrong usage or nothing that can be read, 70 a fault of ours, 130 interrupted,
141 nobody reads the output. What a command does stands in its module under `api.commands`, which
is imported when the command is used.
"""

import os
import sys
import traceback
from collections.abc import Sequence
from importlib.util import find_spec
from io import TextIOWrapper
from keyword import iskeyword
from pathlib import Path

import click

from api.commands.parameters import Listing
from api.loading import load
from api.mending import error_lines
from api.progress import Progress
from api.session import Session
from credential.errors import FormatError, SogocError, UnavailableError
from web import messages

REFUSED, SILENT, USAGE, FAULT, INTERRUPTED, UNREAD = 1, 2, 64, 70, 130, 141

# Name, module under api.commands, what it is for; in the order of a deployment's life.
_COMMANDS = (
    ("demo", "demo", "Chạy thử toàn bộ trên dữ liệu mẫu / the whole main job on sample data"),
    ("init", "deployment", "Tạo kho dữ liệu, khóa, hợp đồng / make databases, keys, the contract"),
    ("school", "school", "Trường: nạp, cho phép cấp, đình chỉ / schools: load, accredit, suspend"),
    ("import", "importing", "Nhập danh sách học sinh từ Excel / pupils from a school's Excel file"),
    ("check", "check", "Kiểm tra danh sách trước khi cấp / look at a file before issuing from it"),
    ("key", "key", "Khóa: thêm, thay, thôi dùng, bị lộ / keys: add, rotate, retire, mark lost"),
    ("issue", "issue", "Cấp văn bằng, bảng điểm từ tệp Excel / issue from an Excel file"),
    ("amend", "amend", "Chỉnh sửa theo tệp Excel đã sửa / correct what was issued"),
    ("orders", "orders", "Đề nghị cấp: lập, duyệt, trả lại / prepare, approve, return, cancel"),
    ("correct", "correct", "Chỉnh sửa một văn bằng theo quyết định / correct one by decision"),
    ("reissue", "correct", "Cấp lại do lỗi của cơ quan cấp / reissue for the issuer's mistake"),
    ("digitise", "digitise", "Số hóa sổ gốc cũ / old paper registers, by two persons"),
    ("copy", "copying", "Cấp bản sao từ sổ gốc / certified copies from the register"),
    ("annex", "annex", "Phụ lục chỉnh sửa, cấp lại / the annex of a decision, as a document"),
    ("resume", "issue", "Làm tiếp các đợt cấp còn dở / complete every unfinished batch"),
    ("verify", "verify", "Kiểm tra một văn bằng / verify a link, code, PDF, photo or file"),
    ("present", "present", "Chọn mục để chia sẻ / choose what of a signed file to share"),
    ("evidence", "evidence", "Gói bằng chứng / files with which others can check without us"),
    ("mirror", "mirror", "Lưu bản sao bằng chứng / keep all evidence, to verify by oneself"),
    ("revoke", "status", "Thu hồi, không thể khôi phục / revoke for good"),
    ("suspend", "status", "Tạm đình chỉ / suspend until further notice"),
    ("reinstate", "status", "Khôi phục sau đình chỉ / end a suspension"),
    (
        "withdrawn",
        "withdrawn",
        "Văn bằng đã thu hồi, hủy bỏ / the public list of what was withdrawn",
    ),
    ("transfer", "transfer", "Chuyển trường / a pupil from school to school, without paper"),
    ("status", "record", "Tình trạng các đợt cấp, các bản / how far batches came, versions"),
    ("record", "record", "Học bạ số: chữ ký cá nhân / the record: personal signatures"),
    ("book", "book", "Sổ gốc: xem, tìm, in / the register: look, search, print"),
    ("blanks", "blanks", "Kho phôi văn bằng / the inventory of blanks"),
    ("export", "export", "Sang định dạng khác / to ELMO, CLR, Open Badges, CSV, Excel"),
    ("extracts", "record", "Các lần trích xuất học bạ / what was taken out of a pupil's record"),
    ("template", "template", "Mẫu in của trường / papers on a school's own template"),
    ("deliver", "deliver", "Giao: gói, bản in, thông báo / hand out: ZIP, print sheet, notices"),
    ("claims", "claims", "Mã nhận hồ sơ / one-time codes with which holders claim what is theirs"),
    ("staff", "staff", "Người làm việc và vai trò / who works on the workbench, and as what"),
    ("client", "client", "Bên dùng API kiểm tra danh sách / those who may hand in lists by API"),
    ("grade", "grade", "Tính điểm, kết quả học tập, lên lớp / compute a pupil's year by the rules"),
    ("serve", "services", "Mở trang kiểm tra và API / serve the check page and the API"),
    ("registry", "services", "Dịch vụ đối chiếu của sổ gốc / the registry as a service of its own"),
    ("chain", "services", "Chuỗi khối nhúng chạy riêng / the embedded chain by itself"),
    ("ledger", "ledger", "Hợp đồng: đưa lên chuỗi, xem / the contract: deploy, show, retire"),
    ("guardian", "guardian", "Người giám hộ: chỉ định, tạm dừng / appoint, pause, unpause"),
    ("owner", "owner", "Chủ hợp đồng: giao và nhận / owner of the contract: offer, accept"),
    ("index", "index", "Bảng chỉ mục chuỗi khối / the tables of what the ledger logged"),
    ("report", "report", "Phản ánh của người dân / the queue of what the public reports"),
    ("counts", "counts", "Số lượt kiểm tra / how many verifications there were"),
    ("audit", "audit", "Nhật ký: kiểm tra, xuất ra / the log of all acts: find any edit, export"),
    ("settings", "deployment", "In các thiết lập / print the settings in force, secrets hidden"),
)


# The distribution that only verifies ships few of the modules.
_SHIPPED = [each for each in _COMMANDS if find_spec(f"api.commands.{each[1]}")]
_NAME = "sogoc" if len(_SHIPPED) == len(_COMMANDS) else "sogoc-verify"


def _plain(name: str) -> str:
    """The name in Python, where ``import`` is taken."""
    return f"{name}_" if iskeyword(name) else name


class Commands(Listing):
    """The commands of `sogoc` that are there, imported one by one when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 — click's signature
        """Their names."""
        return [name for name, _, _ in _SHIPPED]

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002 — click's signature
        cmd_name: str,
    ) -> click.Command | None:
        """The command of that name, if there is one."""
        for name, module, _ in _SHIPPED:
            if name == cmd_name:
                commands = load(f"api.commands.{module}")
                found: click.Command = getattr(commands, _plain(name))
                return found
        return None

    def summaries(self) -> list[tuple[str, str]]:
        """From the table, so that a list of commands imports none."""
        return [(name, summary) for name, _, summary in _SHIPPED]


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--data", type=click.Path(path_type=Path), metavar="FOLDER",
              help="Thư mục dữ liệu / data folder. [default: SOGOC_DATA, or ./data]")  # fmt: skip
@click.option("--lang", type=click.Choice(messages.LANGUAGES), default="vi", show_default=True,
              help="Ngôn ngữ thông báo / language of messages.")  # fmt: skip
@click.version_option(None, "--version", package_name=_NAME,
                      help="In phiên bản / print the version.")  # fmt: skip
def cli(data: Path | None, lang: str) -> None:
    """Sổ Gốc — cấp và kiểm tra văn bằng, bảng điểm.

    Issue diplomas and transcripts from a school's Excel file, and verify them against a chain and
    the education data registry. Start with: sogoc demo
    """


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; return its exit code and print what went wrong.

    Lets BrokenPipeError through when nobody reads what is printed.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    lang, command = messages.LANGUAGES[0], None
    try:
        with cli.make_context(_NAME, given) as context:
            lang = context.params["lang"]
            with Progress(lang) as progress:
                context.obj = Session(context.params["data"], lang, progress)
                try:
                    return cli.invoke(context) or 0
                finally:
                    command = context.invoked_subcommand
    except click.exceptions.Exit as finished:
        return finished.exit_code
    except click.ClickException as error:
        error.show()
        return USAGE if isinstance(error, click.UsageError) else REFUSED
    except (click.Abort, KeyboardInterrupt):
        click.echo(messages.text(lang, "cli.interrupted"), err=True)
        return INTERRUPTED
    except SogocError as error:
        click.echo("\n".join(error_lines(lang, error)), err=True)
        return _code(error, command)
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 — the last catch: an exit code 1 would mean INVALID
        if isinstance(error, ModuleNotFoundError) and len(_SHIPPED) < len(_COMMANDS):
            click.echo(messages.text(lang, "cli.not_shipped"), err=True)
            return USAGE
        click.echo("\n".join(_unforeseen(lang, error)), err=True)
        return FAULT


def _code(error: SogocError, command: str | None) -> int:
    if isinstance(error, UnavailableError):
        return SILENT
    # For `verify`, 1 means INVALID and nothing else.
    return USAGE if isinstance(error, FormatError) or command == "verify" else REFUSED


def _unforeseen(lang: str, error: Exception) -> Sequence[str]:
    """What failed and where, without any value: it might be a person's."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    where = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
    return messages.text(lang, "internal.error"), f"  {type(error).__name__}: {where}"


def main() -> None:
    """Entry point of the command `sogoc`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a letter the terminal lacks is no reason to stop
    try:
        code = run()
    except BrokenPipeError:
        # The reader has seen enough; what is still buffered must not fail again at exit.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.dup2(nowhere, sys.stderr.fileno())
        code = UNREAD
    sys.exit(code)


__all__ = ["cli", "main", "run"]
