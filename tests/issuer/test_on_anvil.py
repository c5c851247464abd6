"""The same issuing on another chain: anvil, with blocks of its own pace and real finality."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api import sample
from api.accrediting import accredit
from api.demo import sample_file
from api.schoolfile import load
from api.settings import FILE
from chain.provider import close, connect
from chain.wallet import address_of
from credential.chainkeys import ChainKey
from credential.model import CredentialType
from tests.chain.conftest import running_anvil
from tests.chain.world import rpc
from tests.issuer.conftest import PUPILS, Desk

pytestmark = pytest.mark.anvil


@pytest.fixture
def anvil_url() -> Iterator[str]:
    with running_anvil("--block-time", "0.3") as net:
        yield str(net.target)


def fund(url: str, *keys: ChainKey) -> None:
    web3 = connect(url)
    for key in keys:
        rpc(web3, "anvil_setBalance", "0x" + address_of(key).hex(), hex(10**24))
    close(web3)


def test_issue_wait_for_finality_revoke_and_verify(
    anvil_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = Desk(tmp_path / "data")
    desk.data.mkdir()
    (desk.data / FILE).write_text(f'chain = "{anvil_url}"\nchain_id = 31337\n')
    assert desk.sogoc("init") == 1, "the department's account has no money yet"
    assert "Traceback" not in capsys.readouterr().err
    with desk.system() as system:
        fund(anvil_url, system.keystore.chain_key("owner"), system.keystore.chain_key("relayer"))
    assert desk.sogoc("init") == 0
    with desk.system() as system:
        load(system.registry_database, sample_file())
        accredit(system, 1001, list(CredentialType))
    pupils = [pupil for pupil in sample.pupils() if pupil.school == 1001][:PUPILS]
    sample.write_class_list(desk.classes, pupils)

    assert desk.issue() == 0
    with desk.system() as system:
        found = system.batches.credential("B26/1001/00002")
        assert found is not None
        assert found.batch.block is not None
        assert found.batch.block <= system.reader.head().number, "issued only when final"
        code = found.staged.code
    assert desk.sogoc("verify", code) == 0

    revoke = ["--ground", "fraud", "--decision", "5/QĐ", "--on", "01/09/2026", "--by", "A"]
    assert desk.sogoc("revoke", code, *revoke) == 0
    assert desk.sogoc("verify", code) == 1
