"""The press: from a typst template and texts to a PDF/A-3b file, the same bytes each time."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import typst

from credential.errors import ConfigError, FormatError

_NOWHERE = "packages"  # a folder that no template has
_NO_GLYPH = "could not be displayed with font"  # in typst's message, which carries no code

# A typst compiler serves one call at a time; more than one core is a matter of processes.
_press = threading.Lock()


@dataclass(frozen=True, slots=True)
class Field:
    """Where a template wants its visible signature: page from 1, points from the upper left."""

    page: int
    x: float
    y: float
    width: float
    height: float


def print_pdf(template: Path, content: Mapping[str, object], time: datetime) -> bytes:
    """`print_page` for what nobody signs."""
    return print_page(template, content, time)[0]


def print_page(
    template: Path, content: Mapping[str, object], time: datetime
) -> tuple[bytes, Field | None]:
    """A template filled with texts (its ``sys.inputs.paper``, as JSON), dated that time; its field.

    Threads take turns; for more than one core use a process pool that *spawns* (a forked child of
    a process that has printed before waits for ever on typst's lost threads). Raises FormatError
    ``paper.unprintable`` when a character is in none of the fonts, ConfigError ``paper.template``
    (template) when the template itself is at fault.
    """
    with _press:
        compiler = _compiler(template)
        try:
            compiled = compiler.compile(
                format="pdf",
                sys_inputs={"paper": json.dumps(content, ensure_ascii=False)},
                pdf_standards=["a-3b"],
                timestamp=time,
            )
            fields = json.loads(compiler.query("<seal-field>", field="value"))
        except typst.TypstError as error:
            if _NO_GLYPH in str(error):
                raise FormatError("paper.unprintable") from error
            raise ConfigError("paper.template", template=template.stem) from error
    assert isinstance(compiled, bytes)
    return compiled, Field(**fields[-1]) if fields else None


@cache
def _compiler(template: Path) -> typst.Compiler:
    """A template reads its own folder and the fonts in it; packages are nowhere to be found."""
    folder = template.parent
    return typst.Compiler(
        template,
        root=folder,
        font_paths=[folder],
        ignore_system_fonts=True,
        package_path=folder / _NOWHERE,
        package_cache_path=folder / _NOWHERE,
    )
