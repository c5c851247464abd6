"""A city on either database, whose principal has a token, served by `sogoc serve` itself."""

import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from api.accrediting import accredit
from api.demo import sample_file
from api.desk.policy import Role
from api.schoolfile import load
from api.settings import FILE
from api.settings import load as settings_of
from api.wiring import System
from credential.model import CredentialType
from issuer.devicekeys import DeviceKey
from tests import workbench
from tests.browser_path.walking import OWN, Place
from tests.deployed import Deployment
from tests.devices.conftest import tray
from tests.devices.softhsm import PIN, Tray
from tests.issuer.conftest import template
from tests.workbench import NAMES, SCHOOLS

__all__ = ["template", "tray"]


@pytest.fixture
def founded(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Deployment:
    """Contract, schools and pupils; store and registry on SQLite, or both in PostgreSQL."""
    made = Deployment(tmp_path / "data")
    if backend == "sqlite":
        shutil.copytree(request.getfixturevalue("template"), made.data)
        return made
    new: Callable[[], str] = request.getfixturevalue("new_postgresql")
    made.data.mkdir()
    (made.data / FILE).write_text(f'store_url = "{new()}"\nregistry_url = "{new()}"\n')
    assert made.here("init").returncode == 0
    with System(settings_of(made.data)) as system:
        load(system.registry_database, sample_file())
        accredit(system, SCHOOLS[0], list(CredentialType))
    return made


@pytest.fixture
def place(founded: Deployment, tray: Tray, tmp_path: Path) -> Iterator[Place]:
    """A running site with its registrar, and its principal whose key is in a token."""
    with (founded.data / FILE).open("a") as file:
        file.write(f'token_module = "{tray.module}"\n')
    tray.token(OWN)
    pin = tmp_path / "pin"
    pin.write_text(PIN)
    with System(settings_of(founded.data)) as system:
        people = workbench.Desk(system, FastAPI())
        known = {role: people.person(role) for role in (Role.REGISTRAR, Role.PRINCIPAL)}
        name = NAMES[Role.PRINCIPAL]
        key = DeviceKey(tray.module, OWN, "sogoc", pin_file=str(pin))
        system.persons.take(SCHOOLS[0], name, key)
        made = system.persons.make(SCHOOLS[0], name).public
        system.persons.listed.list(made, SCHOOLS[0], name, "operator")
    pin.unlink()  # from now on she types it
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with founded.start(
        "serve", SOGOC_PORT=str(port), SOGOC_PUBLIC_URL=address, **tray.environment
    ) as running:
        running.until(r"at (http://\S+)/ ")
        yield Place(address, known, running)
