"""Without a network: what the list of keys and kept bundles settle, and what they leave open."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from api.site.directory import SigningKeys, presented
from credential import bundle
from credential.facts import Block, LedgerKey
from credential.model import Deployment, KeyRole
from tests.deployed import Deployment as Demo
from tests.e2e.test_evidence import DIPLOMA, Made, made
from tests.independent.conftest import Scripts
from tests.web.simulator import SCHOOL, World, key_from

BLOCK = Block(1204, bytes.fromhex("ab" * 32), 1_780_000_000)


def listed(world: World, **more: Any) -> dict[str, Any]:
    """The list as `/api/keys` gives it, with the school's key."""
    public = world.key.public
    members = {"valid_from": 5, "valid_until": 0, "compromised_since": 0, "school": SCHOOL} | more
    key = LedgerKey(public.kid, roles=KeyRole.SIGN, public_key=public.raw, **members)
    found = SigningKeys(BLOCK, [key], {SCHOOL: "Trường THPT Bình Minh"})
    shown: dict[str, Any] = json.loads(json.dumps(presented(found, world.deployment)))
    return shown


def kept(scripts: Scripts, world: World, text: str, list_: Any, **more: Any) -> Any:
    known = {"chain_id": world.deployment.chain_id, "contract": world.deployment.contract.hex()}
    return scripts("kept", text=text, list=list_, trust={**known, "code_hash": "00" * 32}, **more)


class Impostor:
    """Signs with a key of its own and says that it is the school's."""

    def __init__(self, real: Any) -> None:
        self.public, self._own = real.public, key_from(66)

    def sign(self, data: bytes) -> bytes:
        return self._own.sign(data)


def genuine(world: World) -> str:
    return world.issued[0].link


Case = tuple[Callable[[World], str], Callable[[World], Any], str, str, str]
CASES: dict[str, Case] = {
    "a genuine code": (genuine, listed, "UNDETERMINED", "offline", "signature.time_unknown"),
    "its file": (
        lambda it: it.issued[0].sd_jwt, listed,
        "UNDETERMINED", "offline", "signature.time_unknown",
    ),
    "a forged signature": (
        lambda it: it.issue(it.issued[0].credential, it.issued[0].place, Impostor(it.key)).link,
        listed, "INVALID", "forged", "signature.wrong",
    ),
    "a key that the list has not": (
        lambda it: it.issue(it.issued[0].credential, it.issued[0].place, key_from(9)).link,
        listed, "UNDETERMINED", "offline_unsettled", "signature.not_listed",
    ),
    "a key of another school": (
        genuine, lambda it: listed(it, school=SCHOOL + 1),
        "UNDETERMINED", "offline_unsettled", "signature.not_listed",
    ),
    "a key that was lost": (
        genuine, lambda it: listed(it, compromised_since=77),
        "UNDETERMINED", "offline_unsettled", "signature.key_lost",
    ),
    "a key that has ended since": (
        genuine, lambda it: listed(it, valid_until=99),
        "UNDETERMINED", "offline", "signature.time_unknown",
    ),
    "no list": (genuine, lambda _: None, "UNDETERMINED", "unprepared", "signature.no_list"),
    "another deployment's list": (
        genuine, lambda it: listed(it) | {"deployment": {"chain_id": 1, "contract": "0x00"}},
        "UNDETERMINED", "unprepared", "signature.no_list",
    ),
    "another deployment's code": (
        lambda it: World(Deployment(1, bytes(20))).issued[0].link, listed,
        "INVALID", "foreign", "step.not_run",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_list_settles_no_more_than_the_signature(case: str, scripts: Scripts) -> None:
    text, list_, verdict, reason, code = CASES[case]
    world = World()
    found = kept(scripts, world, text(world), list_(world))
    assert (found["verdict"], found["reason"]) == (verdict, reason)
    (report,) = found["reports"]
    codes = {check["step"]: (check["outcome"], check["code"]) for check in report["checks"]}
    assert codes[2][1] == code
    if reason != "foreign":
        assert codes[6] == ("unknown", "status.offline")
        assert [step for step in (3, 4, 5, 7) if codes[step][0] != "unknown"] == []


@pytest.fixture(scope="module")
def diploma(demo: Demo) -> Made:
    return made(demo, DIPLOMA)


def test_a_kept_bundle_settles_all_but_what_came_since(diploma: Made, scripts: Scripts) -> None:
    trust = diploma.trust
    known = {
        "chain_id": trust.deployment.chain_id,
        "contract": trust.deployment.contract.hex(),
        "code_hash": trust.code_hash.hex(),
    }
    bundles = [{"data": bundle.encode(diploma.bundle).hex(), "hash": diploma.block_hash.hex()}]
    for text in diploma.bundle.texts:
        found = scripts("kept", text=text, list=None, trust=known, bundles=bundles)
        assert (found["verdict"], found["reason"]) == ("UNDETERMINED", "offline_bundle")
        outcomes = [check["outcome"] for check in found["reports"][0]["checks"]]
        assert outcomes == [*["passed"] * 6, "unknown", "passed"]
    other = [{**bundles[0], "hash": "00" * 32}]
    found = scripts("kept", text=diploma.bundle.texts[0], list=None, trust=known, bundles=other)
    assert (found["verdict"], found["reason"]) == ("UNDETERMINED", "chain")
