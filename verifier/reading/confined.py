"""Taking a PDF apart in a process that may not eat the machine: who watches `pages`."""

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from credential.errors import FormatError, RefusedError

MEMORY = 1_500_000_000  # bytes of address space, of which Python and the libraries take 300 MB
SECONDS = 10  # of computing; a five-page scan takes two
_PATIENCE = 3 * SECONDS  # seconds of waiting, for a machine that is busy
_AT_ONCE = threading.BoundedSemaphore(2)
_ROOT = Path(__file__).parents[2]
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from verifier.reading.pages import main; main()"
)
_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH")  # no secrets for a parser of hostile files


@dataclass(frozen=True, slots=True)
class Parts:
    """Texts attached to a PDF, and texts of the QR codes on its first pages."""

    attached: tuple[str, ...]
    codes: tuple[str, ...]


def take_apart(data: bytes) -> Parts:
    """The parts of a PDF.

    Raises FormatError ``reading.broken_pdf`` (with `reason` ``encrypted`` or ``damaged``) and
    ``reading.too_complex`` (it needs more memory or time than a genuine paper does), RefusedError
    ``reading.busy`` when other PDFs keep this one waiting.
    """
    if not _AT_ONCE.acquire(timeout=_PATIENCE):
        raise RefusedError("reading.busy")
    try:
        answer = _ask(data)
    finally:
        _AT_ONCE.release()
    if "broken" in answer:
        raise FormatError("reading.broken_pdf", reason=answer["broken"])
    return Parts(tuple(answer["attached"]), tuple(answer["codes"]))


def _ask(data: bytes) -> dict[str, list[str]]:
    command = [sys.executable, "-I", "-c", _START, str(_ROOT), str(MEMORY), str(SECONDS)]
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - our own program, the file comes by standard input
            command, input=data, capture_output=True, env=environment, timeout=_PATIENCE, check=True
        )
        answer: dict[str, list[str]] = json.loads(done.stdout)
    except (subprocess.SubprocessError, BrokenPipeError, json.JSONDecodeError) as error:
        # Killed at a limit, out of memory, or the parser fell over: nothing of it is believed.
        raise FormatError("reading.too_complex", seconds=SECONDS) from error
    return answer
