"""Trying a template in a process that may not eat the machine, without network and secrets."""

import json
import os
import subprocess
import sys
from pathlib import Path

from credential.errors import Fault
from credential.model import CredentialType
from issuer.paper.pool import MEMORY, NO_NETWORK, SECONDS

_PATIENCE = 60  # seconds of waiting, for a machine that is busy
_ROOT = Path(__file__).parents[2]
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from issuer.paper.confined import main; main()"
)
_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "TMPDIR")


def tried(template: Path, kind: CredentialType, public_url: str) -> list[Fault]:
    """What is wrong with a template (`issuer.paper.proofs`), none if it may be used."""
    command = [
        sys.executable, "-I", "-c", _START, str(_ROOT), str(template), kind.key, public_url,
        str(SECONDS),
    ]  # fmt: skip
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            command,
            capture_output=True,
            env=environment | NO_NETWORK,
            timeout=_PATIENCE,
            check=True,
        )
        found = json.loads(done.stdout)
    except (subprocess.SubprocessError, json.JSONDecodeError):
        return [Fault("template.slow", params={"seconds": SECONDS})]
    return [Fault(code, params=params) for code, params in found]


def main() -> None:
    """The process: limits first, then the template."""
    import resource  # noqa: PLC0415 — not where there is no such thing

    seconds = int(sys.argv[5])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from dataclasses import replace  # noqa: PLC0415 — within the limits

    from issuer.paper import proofs, samples  # noqa: PLC0415

    template, key, public_url = Path(sys.argv[2]), sys.argv[3], sys.argv[4]
    kind = next(each for each in CredentialType if each.key == key)
    papers = [replace(each, template=template) for each in samples.papers(kind, public_url)]
    sys.stdout.write(json.dumps(proofs.faults(template.parent, papers)))
