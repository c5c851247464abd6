"""Kinds of options that several commands take, and how groups list their commands."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from api.clock import past
from api.spelling import day, hexadecimal, moment
from credential.dates import PartialDate
from credential.errors import FormatError
from credential.model import CredentialType


class Day(click.ParamType[date]):
    """A day as dd/mm/yyyy or yyyy-mm-dd."""

    name = "dd/mm/yyyy"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day, or a usage error that says what is expected."""
        if isinstance(value, date):
            return value
        try:
            return day(value)
        except ValueError:
            return self.fail(f"{value!r} is not a day as dd/mm/yyyy (vd. 20/06/2026)", param, ctx)


class PastDay(Day):
    """A day that is not to come."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day. Raises FormatError ``date.in_future``."""
        return past(super().convert(value, param, ctx))


class Moment(click.ParamType[int]):
    """A moment as seconds since 1970; without an offset it is Vietnamese time."""

    name = "dd/mm/yyyy HH:MM"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The moment, or a usage error that says what is expected."""
        if isinstance(value, int):
            return value
        try:
            return moment(value)
        except ValueError:
            return self.fail(
                f"{value!r} is not a moment as dd/mm/yyyy HH:MM (vd. 20/06/2026 08:30)", param, ctx
            )


class Birth(click.ParamType[PartialDate]):
    """A birth as dd/mm/yyyy, mm/yyyy or the year alone."""

    name = "dd/mm/yyyy"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> PartialDate:
        """The birth, as precise as it is known, or a usage error."""
        if isinstance(value, PartialDate):
            return value
        parts = [part for part in reversed(value.split("/")) if part.strip("0")]
        try:
            return PartialDate(*map(int, parts))
        except (ValueError, TypeError, FormatError):
            return self.fail(f"{value!r} is not a birth as dd/mm/yyyy or yyyy", param, ctx)


class Hexadecimal(click.ParamType[bytes]):
    """Bytes as 0x and two digits each, of one of some lengths."""

    def __init__(self, name: str, *lengths: int) -> None:
        self.name = name
        self._lengths = lengths

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> bytes:
        """The bytes, or a usage error that says what is expected."""
        if isinstance(value, bytes):
            return value
        try:
            return hexadecimal(value, *self._lengths)
        except ValueError:
            expected = " / ".join(map(str, self._lengths))
            reason = f"{value!r} is not {self.name}: 0x and {expected} bytes in hexadecimal"
            return self.fail(reason, param, ctx)


_ADDRESS = 20  # bytes

DAY = Day()
BIRTH = Birth()
MOMENT = Moment()
BLOCK_HASH = Hexadecimal("HASH", 32)
ADDRESS = Hexadecimal("ADDRESS", _ADDRESS)
KEY_ID = Hexadecimal("KEY", 32, _ADDRESS)
PUBLIC = Hexadecimal("PUBLIC-KEY", 65, 32, _ADDRESS)
ROLE = click.Choice(["sign", "anchor", "suspend", "revoke"])
KIND = click.Choice([kind.key for kind in CredentialType])
FILE_KIND = click.Choice([kind.key for kind in CredentialType if not kind.has_origin])
REQUESTED = click.option("--requested-on", "requested", type=PastDay(),
                         help="Ngày nhận yêu cầu chỉnh sửa / day on which somebody asked for it.",
                         )  # fmt: skip
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

# Options of whatever can be judged offline.
TRUST = click.option(
    "--trust",
    "trust_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Tệp tin cậy / trust file, with --offline. [default: trust.json in the data folder]",
)
BLOCK = click.option(
    "--block",
    "block_hash",
    type=BLOCK_HASH,
    metavar="HASH",
    help="Mã băm khối mà bạn đã tự kiểm tra / hash of the bundle's block, which you know to be "
    "final; with --offline.",
)


class Listing(click.Group):
    """A group that lists its commands with their whole first sentence, never cut short."""

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002 — click's signature
        formatter: click.HelpFormatter,
    ) -> None:
        """Write the list of commands into a help text."""
        with formatter.section("Commands"):
            formatter.write_dl(self.summaries())

    def summaries(self) -> list[tuple[str, str]]:
        """Each command's name and first sentence."""
        return [(name, found.get_short_help_str(1000)) for name, found in self.commands.items()]
