"""Verifying through several endpoints, as settings name them, over HTTP."""

import time

import pytest

from tests.deployed import Deployment, Running

DEAD = "http://127.0.0.1:1"
GENUINE = "B26/1001/00001"


def verified(demo: Deployment, chain: str, *options: str, **more: str) -> tuple[int, str]:
    code = demo.issued(GENUINE)[0]
    done = demo.here("--lang", "en", "verify", code, *options, SOGOC_CHAIN=chain, **more)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def address(deployment: Deployment, chain: Running) -> str:
    return (deployment.data / "chain.sqlite.address").read_text()


def test_with_one_of_three_dead_two_agree(deployment: Deployment, address: str) -> None:
    status, said = verified(deployment, f"{DEAD} {address} {address}")
    assert status == 0, said
    assert "At least 2 of 3 endpoints named the same block" in said


def test_with_two_of_three_dead_nothing_is_known(deployment: Deployment, address: str) -> None:
    status, said = verified(deployment, f"{DEAD} {address} {DEAD}")
    assert status == 2, said
    assert "the blockchain did not answer" in said
    assert "The blockchain did not answer." in said


def test_a_chain_that_stands_still_is_named(deployment: Deployment, address: str) -> None:
    time.sleep(1.1)
    status, said = verified(deployment, address, SOGOC_CHAIN_STALE_AFTER="1")
    assert status == 2, said
    assert "The blockchain's endpoint stands still" in said


def test_a_single_endpoint_is_named_as_believed_unless_it_must_prove(
    deployment: Deployment, address: str
) -> None:
    status, said = verified(deployment, address)
    assert status == 0, said
    assert "one endpoint, which was believed" in said
    status, said = verified(deployment, address, "--strict")
    assert status == 0, said
    assert "all else was proven from it" in said


def test_more_agreement_than_there_are_endpoints_is_a_wrong_setting(
    deployment: Deployment, address: str
) -> None:
    status, said = verified(deployment, address, SOGOC_CHAIN_QUORUM="2")
    assert status == 64, said
    assert "2 chain endpoints must agree, but the settings name 1" in said
