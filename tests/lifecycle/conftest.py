"""The issuer's deployment of two schools, on which diplomas were issued."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from credential import sdjwt
from credential.model import Credential
from credential.records import IssuedCredential
from issuer.delivery import credential_of, sd_jwt_of
from registry.tables import PUPILS
from tests.issuer.conftest import Desk, desk, template

__all__ = ["desk", "template"]

FIRST = "B26/1001/00001"
CORRECT = {
    "--ground": "civil_status", "--evidence": "Trích lục cải chính hộ tịch số 12/TLCCHT",
    "--decision": "77/QĐ-THPT", "--decided-on": "03/08/2026", "--signed-by": "Lê Hoàng Ví Dụ",
    "--prepared-by": "Văn thư", "--approved-by": "Lê Hoàng Ví Dụ",
}  # fmt: skip
REISSUE = {name: text for name, text in CORRECT.items() if name != "--ground"} | {
    "--evidence": "Biên bản kiểm tra số 3/BB", "--serial": "T01000900"
}  # fmt: skip
REVOKE = {
    "--ground": "ineligible", "--decision": "90/QĐ-THPT", "--on": "02/10/2026", "--by": "Văn thư",
}  # fmt: skip


@dataclass(frozen=True)
class Diploma:
    """One issued diploma, worked by the command line."""

    desk: Desk
    number: str

    def versions(self) -> list[IssuedCredential]:
        with self.desk.system() as system:
            found = system.batches.credential(self.number)
            assert found is not None
            every = system.batches.versions(found.batch.school, found.batch.type, [self.number])
        return sorted(every, key=lambda one: one.line.version)

    def said(self) -> list[Credential]:
        """What each version says, oldest first."""
        return [credential_of(sdjwt.parse(sd_jwt_of(one))) for one in self.versions()]

    def history(self) -> Any:
        with self.desk.system() as system:
            return system.desk.history(self.versions()[-1].line).versions

    def known_as(self, **values: object) -> None:
        """What the registry says of the holder from now on."""
        code = self.versions()[0].staged.pupil
        with self.desk.system() as system, system.registry_database.writing() as connection:
            connection.execute(update(PUPILS).where(PUPILS.c.code == code).values(**values))

    def run(self, command: str, given: dict[str, str], *more: str, **changed: str) -> int:
        options = given | {f"--{name.replace('_', '-')}": text for name, text in changed.items()}
        words = [part for pair in options.items() for part in pair]
        return self.desk.sogoc(*command.split(), self.number, *words, *more)

    def verify(self, version: int) -> int:
        return self.desk.sogoc("verify", self.versions()[version - 1].staged.code)


@pytest.fixture(scope="session")
def issued(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The deployment once a class has its diplomas."""
    data = tmp_path_factory.mktemp("issued") / "data"
    shutil.copytree(template, data)
    assert Desk(data).issue() == 0
    return data


@pytest.fixture
def diploma(issued: Path, tmp_path: Path) -> Diploma:
    """The first of a class's diplomas."""
    shutil.copytree(issued, tmp_path / "data")
    return Diploma(Desk(tmp_path / "data"), FIRST)


def cut_off(monkeypatch: pytest.MonkeyPatch, part: type, write: str, *, happens: bool) -> None:
    """Somebody presses Ctrl+C at the next such write: before it, or once it is durable."""
    original = getattr(part, write)

    def interrupted(self: object, *given: Any, **named: Any) -> Any:
        monkeypatch.setattr(part, write, original)
        if happens:
            original(self, *given, **named)
        raise KeyboardInterrupt

    monkeypatch.setattr(part, write, interrupted)
