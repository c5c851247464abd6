"""Tokens, and a deployment all of whose keys are in one."""

from pathlib import Path

import pytest

from api import sample
from api.accrediting import accredit
from api.cli import run
from api.demo import sample_file
from api.schoolfile import load
from api.settings import FILE
from api.settings import load as load_settings
from api.wiring import System
from credential.model import CredentialType
from tests.devices.softhsm import PIN, Tray, require_softhsm
from tests.issuer.conftest import PUPILS, Desk

TOKEN = "THPT Mẫu 1001"


@pytest.fixture
def tray(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tray:
    """No token is plugged in yet."""
    require_softhsm()
    made = Tray(tmp_path / "tray")
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    made.look()
    return made


@pytest.fixture
def sealed(tray: Tray, tmp_path: Path) -> Desk:
    """A deployment whose school has all its keys in a token, and whose own accounts do too."""
    data = tmp_path / "data"
    data.mkdir()
    tray.token(TOKEN)
    (tmp_path / "pin").write_text(PIN + "\n")
    (data / FILE).write_text(
        f'token_module = "{tray.module}"\ntoken_pin_file = "{tmp_path / "pin"}"\n'
    )
    desk = Desk(data)
    with System(load_settings(data)) as system:
        system.migrate()
        load(system.registry_database, sample_file())
    school = sample.schools()[0]
    assert run(["--data", str(data), "key", "account", "owner", "--token", TOKEN]) == 0
    assert run(["--data", str(data), "key", "account", "relayer", "--token", TOKEN]) == 0
    assert run(["--data", str(data), "key", "make", school.code, "--token", TOKEN]) == 0
    with System(load_settings(data)) as system:
        system.deploy()
        accredit(system, school.id, list(CredentialType))
    pupils = [pupil for pupil in sample.pupils() if pupil.school == school.id][:PUPILS]
    sample.write_class_list(desk.classes, pupils)
    sample.write_score_sheet(desk.scores, pupils)
    assert not list((data / "keys").glob("*.p12")), "no key is in a file"
    return desk
