"""The confined process: takes one file apart under limits on memory and time, and ends.

Its parsers are native code, and a few kilobytes of PDF or PNG can ask for gigabytes or hours.
Reads the file from standard input, writes one JSON object: ``{"attached": [text…], "codes":
[text…]}`` or ``{"fault": code, "params": {…}}``. `confined` starts and watches it.
"""

import json
import os
import resource
import sys

from credential.errors import FormatError
from verifier.reading import codes, pages

_NICENESS = 5  # other requests come first


def main() -> None:
    """Take apart standard input; `argv` ends in kind, bytes of memory, seconds of computing."""
    kind, memory, seconds = sys.argv[-3], int(sys.argv[-2]), int(sys.argv[-1])
    os.nice(_NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        answer: dict[str, object] = _parts(sys.stdin.buffer.read(), kind)
    except FormatError as error:
        answer = {"fault": error.code, "params": error.params}
    json.dump(answer, sys.stdout)


def _parts(data: bytes, kind: str) -> dict[str, object]:
    if kind == "image":
        return {"attached": [], "codes": codes.codes(codes.grey(data))}
    attached, found = pages.take_apart(data)
    return {"attached": attached, "codes": found}
