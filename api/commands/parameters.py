"""Kinds of options that several commands take, and how groups list their commands."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from credential.model import CredentialType


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


class BlockHash(click.ParamType[bytes]):
    """A block's hash as explorers show it."""

    name = "hash"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> bytes:
        """The 32 bytes, or a usage error that says what is expected."""
        try:
            found = bytes.fromhex(str(value).removeprefix("0x"))
        except ValueError:
            found = b""
        if len(found) != 32:
            self.fail(f"{value!r} is not a block hash (0x and 64 hex digits)", param, ctx)
        return found


DAY = Day()
BLOCK_HASH = BlockHash()
KIND = click.Choice([kind.key for kind in CredentialType])
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


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
