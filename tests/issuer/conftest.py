"""A deployment with two accredited sample schools, made once and copied for every test."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select, update

from api import sample, settings
from api.accrediting import accredit
from api.cli import run
from api.demo import sample_file
from api.schoolfile import load
from api.settings import Settings
from api.wiring import System
from credential.model import CredentialType
from registry.tables import AWARDS, SCHOOLS
from store.tables import BATCHES, CREDENTIALS

PUPILS = 6
SCHOOL = "79001001"
Change = Callable[[object], None]


@dataclass
class Desk:
    """One test's deployment, worked by the command line as a registrar does."""

    data: Path

    @property
    def classes(self) -> Path:
        return self.data / "lop12.xlsx"

    @property
    def scores(self) -> Path:
        return self.data / "diem12.xlsx"

    def sogoc(self, *arguments: str) -> int:
        return run(["--data", str(self.data), "--lang", "en", *arguments])

    def issue_arguments(self, *extra: str, file: Path | None = None) -> list[str]:
        given = {
            "--school": SCHOOL, "--type": "thpt-diploma", "--decision": "128/QĐ-THPT",
            "--decided-on": "20/06/2026", "--prepared-by": "Văn thư",
            "--approved-by": "Hiệu trưởng", "--first-serial": "T01000001",
        }  # fmt: skip
        given.update(zip(extra[::2], extra[1::2], strict=True))
        if given["--type"] == "transcript":
            given.pop("--first-serial")
        options = [part for pair in given.items() if pair[1] for part in pair]
        default = self.scores if given["--type"] == "transcript" else self.classes
        return ["issue", str(file or default), "--no-pdf", *options]

    def issue(self, *extra: str, file: Path | None = None) -> int:
        return self.sogoc(*self.issue_arguments(*extra, file=file))

    def written(self) -> tuple[int, int, int]:
        """Lines in the register, batches and credentials in the store."""
        with self.system() as system:
            with system.registry_database.reading() as connection:
                awards = connection.scalar(select(func.count()).select_from(AWARDS))
            with system.store_database.reading() as connection:
                batches = connection.scalar(select(func.count()).select_from(BATCHES))
                credentials = connection.scalar(select(func.count()).select_from(CREDENTIALS))
        return awards or 0, batches or 0, credentials or 0

    def become(self, kind: str) -> None:
        """Make the school one of another level, which has other classes."""
        with self.system() as system, system.registry_database.writing() as connection:
            connection.execute(update(SCHOOLS).where(SCHOOLS.c.code == SCHOOL).values(kind=kind))

    def system(self) -> System:
        """The deployment's parts, as its settings file says."""
        return System(settings.load(self.data))

    def codes(self) -> list[str]:
        """Look-up codes of all that was issued."""
        query = select(CREDENTIALS.c.code).order_by(CREDENTIALS.c.batch, CREDENTIALS.c.position)
        with self.system() as system, system.store_database.reading() as connection:
            return list(connection.scalars(query))

    def edited(self, change: Callable[..., None]) -> Path:
        """The class list after `change(sheet)`; row 5 holds the first pupil."""
        book = load_workbook(self.classes)
        change(book.worksheets[0])
        path = self.data / "edited.xlsx"
        book.save(path)
        return path


def deploy(data: Path) -> None:
    """Contract, two accredited schools and their pupils, and files of one class."""
    with System(Settings(data=data)) as system:
        system.migrate()
        system.deploy()
        load(system.registry_database, sample_file())
        for school in sample.schools():
            accredit(system, school.id, list(CredentialType))
    pupils = [pupil for pupil in sample.pupils() if pupil.school == 1001][:PUPILS]
    sample.write_class_list(data / "lop12.xlsx", pupils)
    sample.write_score_sheet(data / "diem12.xlsx", pupils)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("deployment")
    deploy(data)
    return data


@pytest.fixture
def desk(template: Path, tmp_path: Path) -> Desk:
    data = tmp_path / "data"
    shutil.copytree(template, data)
    return Desk(data)
