"""The embedded chain is one file with one owner; several processes at once must simply work.

`sogoc serve` runs while `sogoc issue` and `sogoc verify` run beside it on the same data folder,
and whoever owns the chain may die at any moment (-9).
"""

import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api import sample
from tests.deployed import Deployment, Running

PUPILS = 30  # of the second sample school, for which the demo issues nothing
FIRST, LAST = "B26/1002/00001", f"B26/1002/{PUPILS:05d}"


@pytest.fixture
def order(deployment: Deployment, tmp_path: Path) -> list[str]:
    """The second school's diplomas, as the arguments of `sogoc issue`."""
    school = sample.schools()[1]
    pupils = [pupil for pupil in sample.pupils() if pupil.school == school.id]
    assert len(pupils) == PUPILS
    sample.write_class_list(tmp_path / "lop12.xlsx", pupils)
    return [
        "issue", str(tmp_path / "lop12.xlsx"), "--school", school.code, "--type", "thpt-diploma",
        "--decision", "77/QĐ-THPT", "--decided-on", "20/06/2026", "--first-serial", "T09000001",
        "--prepared-by", "Văn thư", "--approved-by", "Hiệu trưởng", "--no-pdf",
    ]  # fmt: skip


@pytest.fixture
def site(deployment: Deployment) -> Iterator[tuple[str, Running]]:
    """`sogoc serve`, which owns the chain because it was first."""
    with deployment.served() as (address, running):
        assert asked(address, deployment.issued("B26/1001/00001")[0]) == "VALID"
        yield address, running


def asked(address: str, code: str) -> str:
    """The verdict that the site gives on a look-up code."""
    answer = httpx.post(f"{address}/api/verify", json={"text": code}, timeout=60, trust_env=False)
    return str(answer.json().get("verdict"))


def asked_until(address: str, code: str, verdict: str) -> None:
    """The site may know a block from up to two seconds ago."""
    found = [asked(address, code)]
    while found[-1] != verdict and len(found) < 200:
        found.append(asked(address, code))
    assert found[-1] == verdict


def test_issuing_and_verifying_go_on_beside_a_running_site(
    deployment: Deployment, order: list[str], site: tuple[str, Running]
) -> None:
    address, _ = site
    old, _ = deployment.issued("B26/1001/00002")
    with deployment.start(*order) as issuing:
        verdicts = []
        while issuing.process.poll() is None:
            verdicts.append(asked(address, old))
        assert issuing.ended() == 0, issuing.said
    assert set(verdicts) == {"VALID"}, "who verifies notices nothing of an issue"
    assert deployment.written() == (240 + PUPILS, 3, 240 + PUPILS)
    for register_no in (FIRST, LAST):
        code, _ = deployment.issued(register_no)
        assert deployment.here("verify", code).returncode == 0
        asked_until(address, code, "VALID")


def test_a_revocation_beside_a_running_site_is_seen_by_it(
    deployment: Deployment, site: tuple[str, Running]
) -> None:
    address, _ = site
    code, _ = deployment.issued("B26/1001/00003")
    assert asked(address, code) == "VALID"
    revoked = deployment.here(
        "revoke", code, "--ground", "fraud", "--decision", "9/QĐ", "--on", "01/09/2026",
        "--by", "Văn thư",
    )  # fmt: skip
    assert revoked.returncode == 0, revoked.stderr
    asked_until(address, code, "INVALID")
    assert deployment.here("verify", code).returncode == 1


def test_an_issue_goes_on_when_the_owner_of_the_chain_is_killed(
    deployment: Deployment, order: list[str], site: tuple[str, Running]
) -> None:
    _, owner = site
    with deployment.start(*order) as issuing:
        issuing.until("before signing")
        owner.kill()
        assert issuing.ended() == 0, issuing.said
    code, _ = deployment.issued(LAST)
    assert deployment.here("verify", code).returncode == 0
    with deployment.served() as (address, _):
        assert asked(address, code) == "VALID"
    assert deployment.written() == (240 + PUPILS, 3, 240 + PUPILS)


def test_a_site_goes_on_when_an_issue_that_owned_the_chain_is_killed(
    deployment: Deployment, order: list[str]
) -> None:
    old, _ = deployment.issued("B26/1001/00002")
    with deployment.start(*order) as issuing:
        issuing.until("before signing")  # it has asked the chain, so it owns it
        issuing.send(signal.SIGSTOP)
        with deployment.served() as (address, _):
            issuing.kill()
            asked_until(address, old, "VALID")
            again = deployment.run(*order)  # the same command, through the new owner
            assert again.returncode == 0, again.stderr
            code, _ = deployment.issued(LAST)
            asked_until(address, code, "VALID")
    assert deployment.written() == (240 + PUPILS, 3, 240 + PUPILS)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=lambda how: how.name)
def test_a_site_ends_quietly_and_the_next_one_takes_over(
    how: signal.Signals, deployment: Deployment
) -> None:
    code, _ = deployment.issued("B26/1001/00001")
    with deployment.served() as (address, running):
        assert asked(address, code) == "VALID"
        running.send(how)
        assert running.ended() == 0
        assert "Traceback" not in running.said
        assert not (deployment.data / "chain.sqlite.address").exists(), "it gave the chain up"
    with deployment.served() as (address, _):
        assert asked(address, code) == "VALID"


def test_a_chain_served_by_itself_is_found_by_the_others(
    deployment: Deployment, order: list[str]
) -> None:
    code, _ = deployment.issued("B26/1001/00001")
    with deployment.start("chain", "serve") as first, deployment.start("chain", "serve") as second:
        first.until("Holding")
        second.until("Holding")
        assert deployment.here("verify", code).returncode == 0
        with deployment.start(*order) as issuing:
            issuing.until("before signing")
            first.kill()
            assert issuing.ended() == 0, issuing.said
        second.send(signal.SIGINT)
        assert second.ended() == 0
        assert "Traceback" not in second.said
    assert deployment.here("verify", code).returncode == 0
