"""Taking a file apart in a process that may not eat the machine: who watches `worker`."""

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from credential.errors import FormatError, RefusedError

MEMORY = 1_500_000_000  # bytes of address space, of which Python and the libraries take 300 MB
SECONDS = {"pdf": 10, "image": 3}  # of computing; a five-page scan takes 2, a 50 MP photo 1
_PATIENCE = 30  # seconds of waiting, for a machine that is busy
_AT_ONCE = threading.BoundedSemaphore(2)
_ROOT = Path(__file__).parents[2]
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from verifier.reading.worker import main; main()"
)
_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH")  # no secrets for a parser of hostile files

Kind = Literal["pdf", "image"]


@dataclass(frozen=True, slots=True)
class Parts:
    """Texts attached to a file, and texts of the QR codes on it or on its first pages."""

    attached: tuple[str, ...]
    codes: tuple[str, ...]


def take_apart(data: bytes, kind: Kind) -> Parts:
    """The parts of a PDF or an image.

    Raises what `pages.take_apart` or `codes.grey` raises; FormatError ``reading.too_complex``
    (seconds: it needs more memory or time than a genuine paper does), RefusedError
    ``reading.busy`` when other files keep this one waiting.
    """
    if not _AT_ONCE.acquire(timeout=_PATIENCE):
        raise RefusedError("reading.busy")
    try:
        answer = _ask(data, kind)
    finally:
        _AT_ONCE.release()
    if "fault" in answer:
        raise FormatError(answer["fault"], **answer["params"])
    return Parts(tuple(answer["attached"]), tuple(answer["codes"]))


def _ask(data: bytes, kind: Kind) -> dict[str, Any]:
    limits = (str(MEMORY), str(SECONDS[kind]))
    command = [sys.executable, "-I", "-c", _START, str(_ROOT), kind, *limits]
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - our own program, the file comes by standard input
            command, input=data, capture_output=True, env=environment, timeout=_PATIENCE, check=True
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, BrokenPipeError, json.JSONDecodeError) as error:
        # Killed at a limit, out of memory, or the parser fell over: nothing of it is believed.
        raise FormatError("reading.too_complex", seconds=SECONDS[kind]) from error
    return answer
