"""The same story of a merged school on anvil, and with both databases in PostgreSQL."""

from collections.abc import Callable
from pathlib import Path

import pytest

from api import sample
from api.accrediting import accredit
from api.demo import sample_file
from api.schoolfile import load
from api.settings import FILE
from credential.model import CredentialType
from tests.issuer.conftest import PUPILS, Desk
from tests.issuer.test_on_anvil import anvil_url, fund
from tests.lifecycle.conftest import FIRST, Diploma
from tests.lifecycle.test_succession import tell_it

__all__ = ["anvil_url"]


def founded(desk: Desk, *settings: str) -> None:
    desk.data.mkdir()
    (desk.data / FILE).write_text("\n".join(settings) + "\n")


def issued(desk: Desk) -> Diploma:
    with desk.system() as system:
        load(system.registry_database, sample_file())
        accredit(system, 1001, list(CredentialType))
    pupils = [pupil for pupil in sample.pupils() if pupil.school == 1001][:PUPILS]
    sample.write_class_list(desk.classes, pupils)
    sample.write_score_sheet(desk.scores, pupils)
    assert desk.issue() == 0
    return Diploma(desk, FIRST)


@pytest.mark.anvil
def test_on_anvil(anvil_url: str, tmp_path: Path) -> None:
    desk = Desk(tmp_path / "data")
    founded(desk, f'chain = "{anvil_url}"', "chain_id = 31337")
    assert desk.sogoc("init") == 1, "the accounts have no money yet"
    with desk.system() as system:
        fund(anvil_url, system.keystore.chain_key("owner"), system.keystore.chain_key("relayer"))
    assert desk.sogoc("init") == 0
    tell_it(issued(desk), desk)


@pytest.mark.postgres
def test_on_postgresql(new_postgresql: Callable[[], str], tmp_path: Path) -> None:
    desk = Desk(tmp_path / "data")
    addresses = (("store_url", new_postgresql()), ("registry_url", new_postgresql()))
    founded(desk, *(f'{name} = "{address}"' for name, address in addresses))
    assert desk.sogoc("init") == 0
    tell_it(issued(desk), desk)
