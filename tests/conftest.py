"""What tests everywhere may ask for: databases (`tests.databases`), a browser (`tests.browsing`),
what the demo made (`tests.deployed`), processes (`tests.forking`).

Each test that asks for a database runs on SQLite and on PostgreSQL.
"""

import os
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from issuer import keystore

pytest_plugins = [
    "tests.browsing",
    "tests.databases",
    "tests.deployed",
    "tests.forking",
    "tests.workbench",
]

_MEMORY = Path("/dev/shm")
_ROOM = 4 * 2**30  # bytes
_WEIGHTS = Path(__file__).with_name("weights.toml")
_UNKNOWN = 10.0  # seconds of a module that was not weighed yet


settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")  # how long an example takes says more of the machine than of us


def pytest_configure() -> None:
    """What tests write lies in memory where there is room, for a disk keeps four workers waiting.

    The full run of the faults writes more than that, and to a disk.
    """
    if os.environ.get("FAULTS") == "all" or not _MEMORY.is_dir():
        return
    if shutil.disk_usage(_MEMORY).free > _ROOM:
        os.environ["TMPDIR"] = str(_MEMORY)
        tempfile.tempdir = None  # it is to be looked up again


@pytest.fixture(scope="session", autouse=True)
def quick_keys() -> Iterator[int]:
    """Key files are encrypted with one round, not with as many as the product (which it gives).

    They are public and opened thousands of times; subprocesses make theirs as the product does.
    """
    rounds = keystore._ROUNDS
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keystore, "_ROUNDS", 1)
        yield rounds


class _ByModule(LoadScopeScheduling):
    """Tests of one module stay in one worker, which makes what they share once.

    The longest modules start first, so that all workers end at about the same time.
    xdist's groups do nothing with this pytest (3.8.0 with 9.2.0), and say so nowhere.
    """

    def __init__(self, config: pytest.Config, log: Any) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False  # it would put first what has the most tests

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _ByModule:
    return _ByModule(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Under xdist the longest module first; see `scripts/weigh_tests.py`."""
    if hasattr(config, "workerinput"):
        weights = tomllib.loads(_WEIGHTS.read_text())
        items.sort(key=lambda item: -weights.get(item.nodeid.partition("::")[0], _UNKNOWN))
