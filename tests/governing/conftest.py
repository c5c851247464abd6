"""A department that governs a contract of its own, on the embedded chain and on anvil."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from api import sample
from api.cli import run
from api.demo import sample_file
from api.settings import FILE, load
from api.wiring import System
from chain.wallet import address_of, call_of
from credential.chainkeys import SoftwareChainKey
from issuer import keystore
from store.tables import OUTBOX
from tests.chain.conftest import anvil, embedded, net  # noqa: F401 — fixtures
from tests.chain.middleman import Middleman
from tests.chain.world import ANCHOR_KEY, GUARDIAN, OWNER, RELAYER, Net

SCHOOL = sample.schools()[0]
OTHER = sample.schools()[1]
ACCOUNTS = {"owner": OWNER, "relayer": RELAYER, "guardian": GUARDIAN, "next": ANCHOR_KEY}


@dataclass(frozen=True)
class Said:
    """What a command answered: exit code, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, object]:
        found: dict[str, object] = json.loads(self.out)
        return found


@dataclass
class Department:
    """A data folder worked by the command line, its chain, and what stands between them."""

    data: Path
    net: Net
    middleman: Middleman
    capsys: pytest.CaptureFixture[str]

    def sogoc(self, *arguments: str, lang: str = "en") -> Said:
        self.capsys.readouterr()
        code = run(["--data", str(self.data), "--lang", lang, *arguments])
        found = self.capsys.readouterr()
        return Said(code, found.out, found.err)

    def system(self) -> System:
        return System(load(self.data))

    def sent_since(self, standing: tuple[int, tuple[int, ...], list[tuple[str, int]]]) -> list[str]:
        """The data of the transactions that were sent since, account by account."""
        with self.system() as system:
            return [
                f"0x{call_of(each.raw).data.hex()}"
                for key, nonce in zip(ACCOUNTS.values(), standing[1], strict=True)
                for each in system.batches.pending(address_of(key), nonce)
            ]

    def stored(self) -> list[tuple[str, int]]:
        """Purpose and nonce of every transaction of the owner that was ever stored."""
        query = select(OUTBOX.c.purpose, OUTBOX.c.nonce).order_by(OUTBOX.c.nonce)
        with self.system() as system, system.store_database.reading() as connection:
            return [(purpose, nonce) for purpose, nonce in connection.execute(query)]

    def standing(self) -> tuple[int, tuple[int, ...], list[tuple[str, int]]]:
        """All that a dry run must leave alone: blocks, nonces, stored transactions."""
        node = self.net.node
        nonces = tuple(node.nonce(address_of(key)) for key in ACCOUNTS.values())
        return node.block("latest").number, nonces, self.stored()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Databases with the sample schools, accounts with known keys, keys of one school."""
    data = tmp_path_factory.mktemp("department")
    (data / FILE).write_text("")
    with System(load(data)) as system:
        system.migrate()
        (data / "schools.json").write_text(sample_file().model_dump_json())
        for name, key in ACCOUNTS.items():
            _keep(system.keystore, name, key)
        for school in (SCHOOL, OTHER):
            system.make_school_keys(school.id)
    assert run(["--data", str(data), "school", "load", str(data / "schools.json")]) == 0
    return data


def _keep(keys: keystore.Keystore, name: str, key: SoftwareChainKey) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ec, "generate_private_key", lambda curve: key._private)
        keys.make_chain_key(name)


@pytest.fixture
def bare_department(
    template: Path,
    net: Net,  # noqa: F811 — the fixture
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Department]:
    """Nothing on the chain yet."""
    data = tmp_path / "data"
    shutil.copytree(template, data)
    middleman = Middleman(net.web3)
    (data / FILE).write_text(f'chain = "{middleman.url}"\nchain_id = {net.chain_id}\n')
    yield Department(data, net, middleman, capsys)
    middleman.shutdown()
    middleman.server_close()


@pytest.fixture
def department(bare_department: Department) -> Department:
    """A contract with one school, its keys listed, and a guardian."""
    guardian = f"0x{address_of(GUARDIAN).hex()}"
    for command in (
        ["ledger", "deploy"],
        ["school", "accredit", SCHOOL.code],
        ["guardian", "set", guardian],
    ):
        said = bare_department.sogoc(*command)
        assert said.code == 0, said.err
    return bare_department
