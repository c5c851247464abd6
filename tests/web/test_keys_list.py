"""The list of signing keys that browsers keep, and where pages may send requests."""

import asyncio
import gzip
import threading
from collections.abc import Iterator

import httpx
import orjson
import pytest
from fastapi import FastAPI

from api.site.app import Parts, create_app
from api.site.directory import KeysModel, SigningKeys
from api.site.pages import PAGES, Site
from credential.errors import UnavailableError
from credential.facts import Block, LedgerKey
from credential.keys import b64url
from credential.model import KeyRole
from credential.receipt import OPERATOR
from tests.web.conftest import Call, calling, problem
from tests.web.simulator import HOST, SCHOOL, World, key_from

BLOCK = Block(1204, bytes.fromhex("ab" * 32), 1_780_000_000)
SCHOOLS, LARGEST = 2_387, 400_000  # bytes, compressed
OWN = "connect-src 'self';"


class Keys:
    """Two keys of one school; counts how often it is asked, and may be silent."""

    def __init__(self) -> None:
        self.asked, self.silent, self.hold = 0, False, threading.Event()
        self.hold.set()

    def __call__(self) -> SigningKeys:
        self.asked += 1
        self.hold.wait()
        if self.silent:
            raise UnavailableError("chain")
        keys = [*(listed(SCHOOL, number) for number in (7, 8)), listed(OPERATOR, 9)]
        return SigningKeys(BLOCK, keys, {SCHOOL: "Trường THPT Bình Minh"})


def listed(school: int, number: int) -> LedgerKey:
    public = key_from(number).public
    return LedgerKey(public.kid, school, 5, 0, 0, KeyRole.SIGN, public.raw)


@pytest.fixture
def keys() -> Keys:
    return Keys()


@pytest.fixture
def app(world: World, keys: Keys) -> Iterator[FastAPI]:
    verifier = world.verifier()
    parts = Parts(verifier, world, world.readiness, signing_keys=keys)
    yield create_app(parts, Site(world.deployment, HOST))
    verifier.close()


def test_the_list_names_schools_keys_and_the_block(call: Call, keys: Keys) -> None:
    found = KeysModel.model_validate_json(call("GET", "/api/keys").content)
    assert (found.as_of.block, found.as_of.hash) == (BLOCK.number, BLOCK.hash.hex())
    (school,) = found.schools
    assert (school.id, school.name) == (SCHOOL, "Trường THPT Bình Minh")
    assert [key.key for key in school.keys] == [b64url(key_from(n).public.raw) for n in (7, 8)]
    call("GET", "/api/keys")
    assert keys.asked == 1


def test_the_operators_own_key_is_no_schools(call: Call) -> None:
    """It signs receipts; a document that it signed must not read as a school's."""
    found = KeysModel.model_validate_json(call("GET", f"/api/keys?school={OPERATOR}").content)
    assert found.schools == []


def test_one_school_is_asked_for_alone(call: Call) -> None:
    for school, count in ((SCHOOL, 1), (SCHOOL + 1, 0)):
        found = KeysModel.model_validate_json(call("GET", f"/api/keys?school={school}").content)
        assert len(found.schools) == count
    assert problem(call("GET", "/api/keys?school=x")).status == 422


def test_a_silent_chain_gives_no_list_and_a_later_one_does(call: Call, keys: Keys) -> None:
    keys.silent = True
    assert problem(call("GET", "/api/keys")).status == 503
    keys.silent = False
    assert call("GET", "/api/keys").status_code == 200


def test_all_who_ask_while_the_chain_is_slow_wait_for_one_question(
    app: FastAPI, keys: Keys
) -> None:
    """Else a few requests for the list would take every thread from those who verify."""
    keys.silent, keys.hold = True, threading.Event()

    async def ask_together() -> list[int]:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url=HOST, timeout=None
        ) as client:
            asked = [asyncio.ensure_future(client.get("/api/keys")) for _ in range(40)]
            while not keys.asked:
                await asyncio.sleep(0.01)
            keys.hold.set()
            return [(await each).status_code for each in asked]

    assert set(asyncio.run(ask_together())) == {503}
    assert keys.asked == 1


def test_the_list_of_a_whole_city_stays_small(world: World, keys: Keys) -> None:
    """Keys are random and do not shrink: 2,387 schools with one key each."""
    many = [listed(school, school) for school in range(1, SCHOOLS + 1)]
    names = {school: f"Trường Trung học phổ thông số {school}" for school in range(1, SCHOOLS + 1)}
    verifier = world.verifier()
    parts = Parts(
        verifier, world, world.readiness, signing_keys=lambda: SigningKeys(BLOCK, many, names)
    )
    call = calling(create_app(parts, Site(world.deployment, HOST)))
    plain = call("GET", "/api/keys", headers={"Accept-Encoding": "identity"}).content
    packed = gzip.compress(plain, 6)
    answer = call("GET", "/api/keys", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert orjson.loads(answer.content) == orjson.loads(plain)
    print(f"keys of {SCHOOLS} schools: {len(plain)} bytes, {len(packed)} compressed")  # noqa: T201
    assert len(packed) < LARGEST
    verifier.close()


@pytest.mark.parametrize(
    "path", [*(path for paths in PAGES.values() for path in paths), "/static/check.js", "/api/keys"]
)
def test_only_the_independent_page_may_ask_elsewhere(path: str, call: Call) -> None:
    policies = call("GET", path).headers.get_list("content-security-policy")
    assert len(policies) == 1
    if path == "/independent":
        allowed = "connect-src 'self' https: http://127.0.0.1:* http://localhost:*;"
        assert allowed in policies[0]
        assert policies[0].replace(allowed, OWN) == call("GET", "/").headers[
            "content-security-policy"
        ]  # fmt: skip
    else:
        assert OWN in policies[0]


def test_a_problem_and_a_missing_page_have_the_strict_policy(call: Call) -> None:
    for path in ("/independent/", "/nothing", "/api/evidence/x"):
        assert OWN in call("GET", path).headers["content-security-policy"]
