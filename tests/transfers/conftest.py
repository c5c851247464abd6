"""Two schools on a real embedded chain, worked by the command line; made once, copied per test.

The first school has issued half-year transfer records and diplomas to its pupils.
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from api import sample, settings
from api.accrediting import accredit
from api.cli import run
from api.demo import sample_file
from api.schoolfile import load
from api.settings import Settings
from api.transfers.office import Office
from api.transfers.parts import office
from api.wiring import System
from credential.model import CredentialType

SENDER, RECEIVER = "79001001", "79001002"
PUPILS = [pupil for pupil in sample.pupils() if pupil.school == 1001][:6]
WHO = PUPILS[0].code
CLERK, OTHER_CLERK = "Nguyễn An", "Phạm Bình"


@dataclass
class Schools:
    """One test's deployment."""

    data: Path

    def sogoc(self, *arguments: str) -> int:
        return run(["--data", str(self.data), "--lang", "en", *arguments])

    def issue(self, kind: str, file: Path, school: str, on: str, *more: str) -> int:
        return self.sogoc(
            "issue", str(file), "--school", school, "--type", kind, "--decision", f"{kind} {on}",
            "--decided-on", on, "--prepared-by", CLERK, "--approved-by", OTHER_CLERK, "--no-pdf",
            *more,
        )  # fmt: skip

    def transfer(self, *arguments: str, by: str = CLERK) -> int:
        return self.sogoc("transfer", *arguments, "--by", by)

    def request(self, pupil: str = WHO, to: str = RECEIVER) -> str:
        """Request a transfer; its name."""
        target = ["--to", to] if to.isdigit() else ["--to-name", to]
        assert self.transfer("request", pupil, "--from", SENDER, *target, "--why", "residence") == 0
        with self.system() as system:
            [held] = [
                each
                for each in office(system).transfers.listed()
                if each.draft.pupil == pupil
                and (each.draft.to_name == to or each.draft.to_school == int(to[-4:], 10))
            ]
        return held.draft.id

    def sealed(self, pupil: str = WHO, to: str = RECEIVER) -> str:
        name = self.request(pupil, to)
        assert self.transfer("seal", name) == 0
        return name

    def file(self, name: str, ending: str = "json") -> Path:
        return self.data / "transfers" / f"{name}.{ending}"

    def system(self) -> System:
        return System(settings.load(self.data))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Schools:
    data = tmp_path_factory.mktemp("transfers")
    with System(Settings(data=data)) as system:
        system.migrate()
        system.deploy()
        load(system.registry_database, sample_file())
        for school in sample.schools():
            accredit(system, school.id, list(CredentialType))
    schools = Schools(data)
    sample.write_score_sheet(data / "half.xlsx", PUPILS, half=True)
    sample.write_class_list(data / "lop12.xlsx", PUPILS)
    assert schools.issue("transfer-record", data / "half.xlsx", SENDER, "10/01/2026") == 0
    first = ("--first-serial", "T01000001")
    assert schools.issue("thpt-diploma", data / "lop12.xlsx", SENDER, "20/06/2026", *first) == 0
    return schools


@pytest.fixture
def schools(made: Schools, tmp_path: Path) -> Schools:
    data = tmp_path / "data"
    shutil.copytree(made.data, data)
    return Schools(data)


@pytest.fixture
def at(schools: Schools) -> Iterator[Office]:
    """The schools' office, in this process."""
    with schools.system() as system:
        yield office(system)


@pytest.fixture
def code(capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    """Finds the parents' code in what was printed."""

    def find() -> str:
        found = re.search(r"once\): ([0-9A-Z ]{24})", capsys.readouterr().out)
        assert found is not None
        return found[1]

    return find
