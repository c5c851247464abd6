"""The press: from a typst template and texts to a PDF/A-3b file, the same bytes each time."""

import json
import threading
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

import typst

from credential.errors import ConfigError, FormatError

_NO_GLYPH = "could not be displayed with font"  # in typst's message, which carries no code

# A typst compiler serves one call at a time; more than one core is a matter of processes.
_press = threading.Lock()


def print_pdf(template: Path, content: Mapping[str, object], time: datetime) -> bytes:
    """A template filled with texts (its ``sys.inputs.paper``, as JSON), dated that time.

    Threads take turns; for more than one core use a process pool that *spawns* (a forked child of
    a process that has printed before waits for ever on typst's lost threads). Raises FormatError
    ``paper.unprintable`` when a character is in none of the fonts, ConfigError ``paper.template``
    (template) when the template itself is at fault.
    """
    with _press:
        try:
            compiled = _compiler(template).compile(
                format="pdf",
                sys_inputs={"paper": json.dumps(content, ensure_ascii=False)},
                pdf_standards=["a-3b"],
                timestamp=time,
            )
        except typst.TypstError as error:
            if _NO_GLYPH in str(error):
                raise FormatError("paper.unprintable") from error
            raise ConfigError("paper.template", template=template.stem) from error
    assert isinstance(compiled, bytes)
    return compiled


@cache
def _compiler(template: Path) -> typst.Compiler:
    return typst.Compiler(template, root=template.parent, ignore_system_fonts=True)
