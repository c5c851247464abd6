"""`sogoc` as real processes over what `sogoc demo` made, once for all workers."""

import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path
from unittest.mock import patch

import pytest
from sqlalchemy import func, select

from api import cli
from api.settings import Settings
from api.wiring import System
from credential import sdjwt
from credential.model import Credential
from issuer.delivery import credential_of, sd_jwt_of
from registry.tables import AWARDS
from store.tables import BATCHES, CREDENTIALS

SOGOC = Path(sys.executable).with_name("sogoc")
PATIENCE = 90.0  # seconds for a process to say something, on a machine that is busy
_POLL = 0.02  # seconds


class Running:
    """A process that was started, and what it has printed so far."""

    def __init__(self, command: list[str], environment: dict[str, str], log: Path) -> None:
        self._log = log
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                command, env=environment, stdout=out, stderr=subprocess.STDOUT
            )

    @property
    def said(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def until(self, pattern: str) -> re.Match[str]:
        """Wait until it has printed something that matches."""
        deadline = time.monotonic() + PATIENCE
        while (found := re.search(pattern, self.said)) is None:
            assert self.process.poll() is None, f"it ended: {self.said}"
            assert time.monotonic() < deadline, f"it never said {pattern}: {self.said}"
            time.sleep(_POLL)
        return found

    def send(self, what: signal.Signals) -> None:
        self.process.send_signal(what)

    def ended(self) -> int:
        """Wait for its end; its exit code."""
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        """End it for sure (-9), as a power failure would."""
        if self.process.poll() is None:
            self.send(signal.SIGCONT)
            self.process.kill()
        self.process.wait(PATIENCE)


@dataclass
class Deployment:
    """A data folder that `sogoc` is run on, and what is written in it."""

    data: Path

    def command(self, *arguments: str) -> list[str]:
        return [str(SOGOC), "--data", str(self.data), "--lang", "en", *arguments]

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments), env=environment(**more), timeout=5 * PATIENCE,
            capture_output=True, text=True, encoding="utf-8", check=False,
        )  # fmt: skip

    def here(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """The same in this process, two seconds sooner; for tests of what a command does."""
        out, err = (TextIOWrapper(BytesIO(), encoding="utf-8") for _ in range(2))
        command = self.command(*arguments)
        with (
            patch.dict(os.environ, environment(**more), clear=True),
            redirect_stdout(out), redirect_stderr(err),
        ):  # fmt: skip
            code = cli.run(command[1:])
        return subprocess.CompletedProcess(command, code, *map(_read, (out, err)))

    @contextmanager
    def start(self, *arguments: str, **more: str) -> Iterator[Running]:
        """A process that runs meanwhile and is gone afterwards."""
        log = self.data / f"{'-'.join(arguments[:2]).replace('/', '_')[-40:]}-{time.time_ns()}.log"
        running = Running(self.command(*arguments), environment(**more), log)
        try:
            yield running
        finally:
            running.kill()

    @contextmanager
    def served(self, **more: str) -> Iterator[tuple[str, Running]]:
        """`sogoc serve` on a free port: its address and its process."""
        with self.start("serve", SOGOC_PORT="0", **more) as running:
            yield running.until(r"at (http://\S+)/ ")[1], running

    def system(self) -> System:
        return System(Settings(data=self.data))

    def written(self) -> tuple[int, int, int]:
        """Lines in the register, batches and credentials in the store."""
        with self.system() as system:
            with system.registry_database.reading() as connection:
                awards = connection.scalar(select(func.count()).select_from(AWARDS))
            with system.store_database.reading() as connection:
                batches = connection.scalar(select(func.count()).select_from(BATCHES))
                credentials = connection.scalar(select(func.count()).select_from(CREDENTIALS))
        return awards or 0, batches or 0, credentials or 0

    def paper(self, register_no: str) -> Path:
        kind = "thpt-diploma" if register_no.startswith("B") else "transcript"
        return self.data / "papers" / kind / f"{register_no.replace('/', '-')}.pdf"

    def issued(self, register_no: str) -> tuple[str, Credential]:
        """A credential's look-up code and what it says."""
        with self.system() as system:
            found = system.batches.credential(register_no)
        assert found is not None
        return found.staged.code, credential_of(sdjwt.parse(sd_jwt_of(found)))


def _read(stream: TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


def environment(**more: str) -> dict[str, str]:
    """This process's environment without settings of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SOGOC_")}
    return {**kept, **more}


@dataclass
class FirstRun:
    """What the first `sogoc demo` printed, and the deployment it made."""

    done: subprocess.CompletedProcess[str]
    deployment: Deployment


@pytest.fixture(scope="session")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> FirstRun:
    """Made by the worker that asks first; each has a copy, for two cannot own one chain."""
    folder = tmp_path_factory.mktemp("e2e")
    alone = "PYTEST_XDIST_WORKER" not in os.environ
    made = folder if alone else tmp_path_factory.getbasetemp().parent / "shared"
    made.mkdir(exist_ok=True)
    said = made / "said.json"
    with (made / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            done = Deployment(made / "demo").run("demo")
            said.write_text(json.dumps([done.returncode, done.stdout, done.stderr]))
    if not alone:
        shutil.copytree(made / "demo", folder / "demo")
    code, *streams = json.loads(said.read_text())
    return FirstRun(
        subprocess.CompletedProcess("demo", code, *streams), Deployment(folder / "demo")
    )


@pytest.fixture(scope="session")
def demo(first_run: FirstRun) -> Deployment:
    """The demo's deployment, to be read only."""
    assert first_run.done.returncode == 0, first_run.done.stderr
    return first_run.deployment


@pytest.fixture
def deployment(demo: Deployment, tmp_path: Path) -> Deployment:
    """A copy of the demo's deployment, to be changed."""
    data = tmp_path / "demo"
    shutil.copytree(demo.data, data, ignore=shutil.ignore_patterns("*.log"))
    return Deployment(data)


@pytest.fixture
def chain(deployment: Deployment) -> Iterator[Running]:
    """The embedded chain in a process of its own, so that it can stop while the site runs on."""
    with deployment.start("chain", "serve") as running:
        running.until("Holding")
        while not (deployment.data / "chain.sqlite.address").exists():
            assert running.process.poll() is None, running.said
        yield running
