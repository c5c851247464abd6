"""What every command of `sogoc` works with: the deployment, the language, words, progress."""

from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.loading import load
from api.progress import Progress
from credential.errors import ConfigError
from web import messages

if TYPE_CHECKING:
    from api.settings import Settings
    from api.wiring import System


class Session:
    """One run of a command. `data` is the folder asked for, `lang` the language of messages.

    Settings and parts are loaded when first asked for: a help text needs neither, and loading
    all parts takes longer than most commands.
    """

    def __init__(self, data: Path | None, lang: str, progress: Progress) -> None:
        self.lang = lang
        self.progress = progress
        self._data = data

    @cached_property
    def settings(self) -> "Settings":
        """The settings in force. Raises ConfigError ``settings.*``."""
        from api import settings  # noqa: PLC0415 — see the class

        return settings.load(self._data)

    @cached_property
    def system(self) -> "System":
        """The parts of a deployment that is there. Raises ConfigError ``deployment.none``."""
        found = self.settings
        elsewhere = found.store_url or found.registry_url or found.mirror
        if not elsewhere and not any(found.data.glob("*.sqlite")):
            raise ConfigError("deployment.none", data=str(found.data))
        return self.founding

    @cached_property
    def founding(self) -> "System":
        """The same parts, for a command that may be the first; closed when it ends."""
        return click.get_current_context().with_resource(_parts()(self.settings))

    def say(self, code: str, /, **params: object) -> None:
        """Print one sentence."""
        self.show(messages.text(self.lang, code, **params))

    def word(self, code: str) -> str:
        """A word or a phrase for a place in a sentence."""
        return messages.text(self.lang, code)

    def show(self, text: str) -> None:
        """Print a text, below whatever progress was shown."""
        self.progress.rest()
        click.echo(text)

    def notice(self, text: str) -> None:
        """Print a remark to standard error."""
        self.progress.rest()
        click.echo(f"  · {text}", err=True)


def _parts() -> "type[System]":
    """All parts, or where only verifying is shipped the reading half: its commands need no more."""
    module, name = ("wiring", "System") if find_spec("api.wiring") else ("sources", "Sources")
    found: type[System] = getattr(load(f"api.{module}"), name)
    return found
